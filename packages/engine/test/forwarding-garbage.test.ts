import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatapath } from '@rivero/datapath';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('forwarding-garbage.ts', import.meta.url));

/** Nothing is collected before that much is used up. */
const heapFlags = ['--min-semi-space-size=128', '--max-semi-space-size=128'];

/**
 * In each worker for each hundred thousand packets, wake-ups (by another worker with a message), reports, feedback and checks
 * of all peers included. One number that is not a small integer, for each row that is sent, would be 1,600,000; an object for
 * each packet that comes, 500,000 and more.
 */
const garbageMax = 500_000;

const isNative = openDatapath('auto').type === 'native';

it.runIf(isNative).each([1, 2])(
  'forwarding 100,000 packets leaves less than 500 kB of garbage in each of %i media workers',
  { timeout: 60_000 },
  async (workers) => {
    const { stdout } = await promisify(execFile)(process.execPath, [...heapFlags, program, String(workers)]);
    const rounds = stdout
      .trim()
      .split('\n')
      .map((line): { readonly forwarded: number; readonly garbageBytes: number } => JSON.parse(line));
    for (const { forwarded, garbageBytes } of rounds) {
      expect(forwarded).toBeGreaterThan(100_000);
      // Nothing was collected.
      expect(garbageBytes).toBeGreaterThan(0);
    }
    // A round in which others had the processor took longer: more timers ran in it, and more wake-ups brought less each.
    const garbage = rounds.map(({ forwarded, garbageBytes }) => (garbageBytes / forwarded) * 100_000);
    expect(Math.min(...garbage)).toBeLessThan(garbageMax * workers);
  },
);
