/** What the sources under one folder may import besides files of their own. */
export interface ImportRow {
  /** Files whose path starts so; the first row that fits counts. */
  readonly place: string;
  /** Our own packages; they must stand further up in the table. */
  readonly packages: readonly string[];
  readonly libraries?: readonly string[];
  /** Folders beside its own that it may reach into. */
  readonly folders?: readonly string[];
  /** Modules of Node, or `any`. None: the code is pure, or runs in browsers. */
  readonly node?: 'any' | readonly string[];
}

/** What every test may import besides what the code beside it may. */
export const testRow = {
  packages: ['@rivero/testkit'],
  libraries: ['vitest', 'fast-check', 'socket.io-client'],
} as const;

const protocols = ['@rivero/protocol'] as const;
const mediaPackages = [
  '@rivero/core',
  ...protocols,
  '@rivero/datapath',
  '@rivero/transport',
  '@rivero/router',
  '@rivero/engine',
] as const;

/** The import table of docs/architecture.md: from the wire up, a row names only what stands above it. */
export const importTable: readonly ImportRow[] = [
  { place: 'packages/core/', packages: [] },
  { place: 'packages/protocol/src/dtls/', packages: ['@rivero/core'], node: ['node:crypto'] },
  { place: 'packages/protocol/src/srtp/', packages: ['@rivero/core'], node: ['node:crypto'] },
  { place: 'packages/protocol/src/stun/', packages: ['@rivero/core'], node: ['node:crypto'] },
  { place: 'packages/protocol/src/turn/', packages: ['@rivero/core'], node: ['node:crypto', 'node:net'] },
  { place: 'packages/protocol/', packages: ['@rivero/core'], libraries: ['sdp-transform'] },
  { place: 'packages/datapath/', packages: ['@rivero/core', ...protocols], node: 'any' },
  { place: 'packages/transport/', packages: ['@rivero/core', ...protocols, '@rivero/datapath'], node: 'any' },
  { place: 'packages/router/', packages: ['@rivero/core', ...protocols] },
  {
    place: 'packages/engine/',
    packages: mediaPackages.slice(0, -1),
    libraries: ['ipaddr.js'],
    node: 'any',
  },
  { place: 'packages/api/', packages: ['@rivero/core'], libraries: ['zod'] },
  {
    place: 'packages/platform/',
    packages: ['@rivero/core', '@rivero/api', '@rivero/engine'],
    libraries: ['socket.io', 'ws'],
    node: 'any',
  },
  { place: 'packages/kurento/', packages: ['@rivero/core', '@rivero/engine'], libraries: ['ws'], node: 'any' },
  {
    place: 'packages/runtime/',
    packages: ['@rivero/core'],
    libraries: ['fastify', '@fastify/static', 'pino', 'prom-client'],
    node: 'any',
  },
  {
    place: 'packages/turn/',
    packages: ['@rivero/core', ...protocols, '@rivero/datapath', '@rivero/runtime'],
    node: 'any',
  },
  { place: 'packages/sdk/', packages: ['@rivero/core', '@rivero/api'], libraries: ['socket.io-client'] },
  { place: 'packages/testkit/', packages: mediaPackages, node: 'any' },
  {
    place: 'apps/rivero/',
    packages: [
      '@rivero/core',
      '@rivero/engine',
      '@rivero/kurento',
      '@rivero/platform',
      '@rivero/runtime',
      '@rivero/turn',
    ],
    node: 'any',
  },
  // The configurations of its builds, and what they share.
  { place: 'apps/web/vite', packages: [], libraries: ['vite', '@vitejs/plugin-vue'], node: 'any' },
  { place: 'apps/web/icons/', packages: [], libraries: ['playwright-core'], node: 'any' },
  {
    place: 'apps/web/',
    packages: ['@rivero/sdk'],
    libraries: ['vue', 'vue-i18n', 'vue-router', 'reka-ui', '@lucide/vue'],
  },
  {
    place: 'e2e/',
    packages: [],
    libraries: ['vitest', 'playwright-core', 'puppeteer-core', 'axe-core', 'kurento-client', 'kurento-client-6', 'ws'],
    folders: ['examples/kurento/'],
    node: 'any',
  },
  {
    place: 'bench/',
    packages: [...mediaPackages, '@rivero/testkit', '@rivero/runtime', '@rivero/turn'],
    libraries: ['playwright-core', 'ws'],
    folders: ['e2e/harness/'],
    node: 'any',
  },
  { place: 'examples/', packages: [], libraries: ['vite', 'ws'], node: 'any' },
  { place: 'tools/screenshots/', packages: [], folders: ['e2e/harness/'], node: 'any' },
  {
    place: 'tools/',
    packages: ['@rivero/kurento', '@rivero/platform', '@rivero/runtime', '@rivero/turn'],
    libraries: ['vitest'],
    node: 'any',
  },
  // They run before anything is installed.
  { place: 'scripts/vue-types.mjs', packages: [], libraries: ['vue-tsc'], node: 'any' },
  { place: 'scripts/', packages: [], node: 'any' },
  { place: 'vitest.config.ts', packages: [], libraries: ['vitest'] },
];
