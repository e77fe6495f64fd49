import path from 'node:path';
import { defineConfig } from 'vite';
import { precompress } from './vite/precompress.ts';

/** Makes the SDK one module, for pages without a build; the server serves it as `/sdk.js`. */
export default defineConfig({
  root: path.join(import.meta.dirname, '../../packages/sdk'),
  plugins: [precompress()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: true,
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'sdk.js' },
    // Nobody bundles it again: the annotations that Vite keeps in a library for that are of no use.
    rolldownOptions: { output: { minify: true } },
  },
});
