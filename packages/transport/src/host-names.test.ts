import { monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { hostNameFreshness, HostNames, hostNamesMax } from './host-names.ts';

/** Names, and which of them were looked up. */
function scene(): { readonly names: HostNames; readonly lookedUp: string[] } {
  const lookedUp: string[] = [];
  const names = new HostNames(async (host) => {
    lookedUp.push(host);
    return host === 'nowhere' ? undefined : '192.0.2.1';
  });
  return { names, lookedUp };
}

describe('host names', () => {
  it('are looked up once for all who ask within 10 s, also those without an address', async () => {
    const { names, lookedUp } = scene();
    for (const at of [0, 1, hostNameFreshness - 1]) {
      expect(await names.resolve('stun', monotonicMs(at))).toBe('192.0.2.1');
      expect(await names.resolve('nowhere', monotonicMs(at))).toBeUndefined();
    }
    expect(lookedUp).toEqual(['stun', 'nowhere']);
    await names.resolve('stun', monotonicMs(hostNameFreshness));
    expect(lookedUp).toHaveLength(3);
  });

  it(`are kept for ${hostNamesMax}; the oldest is looked up anew`, async () => {
    const { names, lookedUp } = scene();
    for (let i = 0; i <= hostNamesMax; i++) await names.resolve(`host${i}`, monotonicMs(0));
    await names.resolve('host1', monotonicMs(0));
    expect(lookedUp).toHaveLength(hostNamesMax + 1);
    await names.resolve('host0', monotonicMs(0));
    expect(lookedUp).toHaveLength(hostNamesMax + 2);
  });
});
