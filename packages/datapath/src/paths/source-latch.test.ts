import { monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { sameHostSilenceMax, SourceLatch, sourceSilenceMax } from './source-latch.ts';

const named = { ip: '192.0.2.7', port: 5_004 };
const at = (ms: number) => monotonicMs(1_000 + ms);

describe('the source of a port', () => {
  it('is whoever is heard first, and stays while it is alive', () => {
    const latch = new SourceLatch();
    expect(latch.isAdmitted('198.51.100.1', 7, at(0))).toBe(true);
    expect(latch.hear('198.51.100.1', 7, at(0))).toBe(true);
    expect(latch.hear('198.51.100.1', 7, at(4_000))).toBe(false);
    expect(latch.isAdmitted('198.51.100.2', 7, at(4_000))).toBe(false);
    expect(latch.isAdmitted('198.51.100.2', 8, at(4_000 + sourceSilenceMax - 1))).toBe(false);
    expect(latch.isAdmitted('198.51.100.2', 8, at(4_000 + sourceSilenceMax))).toBe(true);
    expect(latch.destination()).toEqual({ ip: '198.51.100.1', port: 7 });
  });

  it('may come from another port of the same host after a second, as when its program was started again', () => {
    const latch = new SourceLatch();
    latch.hear('198.51.100.1', 7, at(0));
    expect(latch.isAdmitted('198.51.100.1', 8, at(sameHostSilenceMax - 1))).toBe(false);
    expect(latch.isAdmitted('198.51.100.1', 8, at(sameHostSilenceMax))).toBe(true);
    expect(latch.isAdmitted('198.51.100.2', 8, at(sameHostSilenceMax))).toBe(false);
    expect(latch.hear('198.51.100.1', 8, at(sameHostSilenceMax))).toBe(true);
    expect(latch.destination()).toEqual({ ip: '198.51.100.1', port: 8 });
  });

  it('is not believed before a packet of it was genuine', () => {
    const latch = new SourceLatch();
    expect(latch.isAdmitted('198.51.100.1', 7, at(0))).toBe(true);
    expect(latch.isAdmitted('198.51.100.2', 7, at(0))).toBe(true);
    expect(latch.destination()).toBeUndefined();
  });

  it('of the named address takes the place of a living stranger at once, and is displaced by none', () => {
    const latch = new SourceLatch();
    latch.setNamed(named);
    latch.hear('198.51.100.1', 7, at(0));
    expect(latch.destination()).toEqual({ ip: '198.51.100.1', port: 7 });
    expect(latch.isAdmitted(named.ip, 61_000, at(1))).toBe(true);
    expect(latch.hear(named.ip, 61_000, at(1))).toBe(true);
    expect(latch.isAdmitted('198.51.100.1', 7, at(2))).toBe(false);
    expect(latch.isAdmitted(named.ip, 61_001, at(2))).toBe(false);
  });

  it('of the named address is answered on the named port, whatever it sends from', () => {
    const latch = new SourceLatch();
    latch.setNamed(named);
    expect(latch.destination()).toEqual(named);
    latch.hear(named.ip, 61_000, at(0));
    expect(latch.destination()).toEqual(named);
  });

  it('of a fixed destination changes nothing of where packets go', () => {
    const latch = new SourceLatch();
    latch.setNamed(named, true);
    expect(latch.hear('198.51.100.1', 7, at(0))).toBe(true);
    expect(latch.destination()).toEqual(named);
    expect(['198.51.100.1', named.ip, '198.51.100.2'].map((ip) => latch.knows(ip))).toEqual([true, true, false]);
  });

  it('is forgotten with another named address', () => {
    const latch = new SourceLatch();
    latch.hear('198.51.100.1', 7, at(0));
    latch.setNamed(named);
    expect(latch.destination()).toEqual(named);
    expect(latch.isAdmitted('198.51.100.2', 7, at(1))).toBe(true);
  });
});
