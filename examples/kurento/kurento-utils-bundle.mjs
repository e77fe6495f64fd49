import { createRequire } from 'node:module';
import { build } from 'vite';

const require = createRequire(import.meta.url);

/** kurento-utils is a CommonJS package: browsers take it as one script, which this returns. */
export async function bundleKurentoUtils() {
  const [{ output }] = await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    define: { global: 'globalThis' },
    resolve: { alias: { events: require.resolve('events/events.js') } },
    build: {
      write: false,
      minify: false,
      lib: {
        entry: require.resolve('kurento-utils'),
        name: 'kurentoUtils',
        formats: ['iife'],
        fileName: 'kurento-utils',
      },
    },
  });
  // It assigns to a global that it does not declare.
  return `var getScreenConstraints;\n${output[0].code}`;
}
