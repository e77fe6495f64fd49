import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** They measure what a machine of their own would do, or take all of one. */
const alone = [
  'e2e/cascade.test.ts',
  'e2e/crowd.test.ts',
  'e2e/kurento-robust.test.ts',
  'e2e/kurento-still-picture.test.ts',
  'e2e/limits.test.ts',
];

/** Files at a time: a file waits for browsers and clocks more than it computes. */
const workers = Math.max(2, availableParallelism() - 1);

export default defineConfig({
  test: {
    setupFiles: ['e2e/harness/keep-browsers.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['e2e/**/*.test.ts'],
          exclude: alone,
          maxWorkers: workers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: alone, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
