import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatapath } from '@rivero/datapath';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('forwarding-garbage.ts', import.meta.url));

/** Nothing is collected before that much is used up. */
const heapFlags = ['--min-semi-space-size=128', '--max-semi-space-size=128'];

/**
 * For each hundred thousand packets, wake-ups, reports, feedback and checks of all peers included. One number that is not a
 * small integer, for each row that is sent, would be 1,600,000; an object for each packet that comes, 500,000 and more.
 */
const garbageMax = 500_000;

const isNative = openDatapath('auto').type === 'native';

it.runIf(isNative).each([1, 2])(
  'forwarding 100,000 packets in %i media workers leaves less than 500 kB of garbage',
  { timeout: 60_000 },
  async (workers) => {
    const { stdout } = await promisify(execFile)(process.execPath, [...heapFlags, program, String(workers)]);
    const told: { readonly forwarded: number; readonly garbageBytes: number } = JSON.parse(stdout);
    const { forwarded, garbageBytes } = told;
    expect(forwarded).toBeGreaterThan(100_000);
    expect((garbageBytes / forwarded) * 100_000).toBeLessThan(garbageMax);
    // Nothing was collected.
    expect(garbageBytes).toBeGreaterThan(0);
  },
);
