import { describe, expect, it } from 'vitest';
import { IndexWindow } from './index-window.ts';
import { estimatePacketIndex, packetIndex, rtpIndexMax } from './packet-index.ts';

describe('the estimated packet index (RFC 3711 section 3.3.1, appendix A)', () => {
  it.each([
    ['the first packet is in cycle 0', -1, 0xfffe, 0xfffe],
    ['the next one', 5, 6, 6],
    ['a late one', 500, 400, 400],
    ['over the wrap', 0xfffe, 1, 0x10001],
    ['late over the wrap', 0x10002, 0xfff0, 0xfff0],
    ['in the highest cycle', packetIndex(0xffffffff, 10), 11, packetIndex(0xffffffff, 11)],
    ['beyond the highest cycle, where no index is', rtpIndexMax, 0, rtpIndexMax + 1],
    ['late in the second cycle over the wrap', packetIndex(7, 3), 0xffff, packetIndex(6, 0xffff)],
    ['half a circle ahead, last in the lower half', 0x10000, 0x8000, 0x18000],
    ['half a circle ahead, last in the upper half', 0x18000, 0, 0x10000],
    ['before the first cycle', 3, 0xfffd, -3],
  ])('%s', (_name, highest, sequence, expected) => {
    expect(estimatePacketIndex(highest, sequence)).toBe(expected);
  });
});

describe('IndexWindow', () => {
  it('takes every index once, in any order within the window', () => {
    const window = new IndexWindow(8);
    const order = [100, 3, 99, 250, 120, 101, 4];
    for (const index of order) {
      expect(window.isNew(index)).toBe(true);
      window.add(index);
      expect(window.isNew(index)).toBe(false);
    }
    expect(window.highest).toBe(250);
    expect(window.isNew(5)).toBe(true);
  });

  it('refuses what is older than the window', () => {
    const window = new IndexWindow(8);
    window.add(1000);
    expect(window.isNew(1000 - 7 * 32)).toBe(true);
    expect(window.isNew(1000 - 8 * 32)).toBe(false);
    expect(window.isNew(0)).toBe(false);
  });

  it('forgets what a jump goes over, not what it lands near', () => {
    const window = new IndexWindow(8);
    for (let index = 0; index < 256; index++) window.add(index);
    window.add(300);
    for (let index = 256; index < 300; index++) expect(window.isNew(index)).toBe(true);
    for (let index = 64; index < 256; index++) expect(window.isNew(index)).toBe(false);
    window.add(2 ** 40);
    expect(window.isNew(2 ** 40 - 1)).toBe(true);
    expect(window.isNew(300)).toBe(false);
  });

  it('takes the last indices of RTP once', () => {
    const window = new IndexWindow(8);
    for (const index of [rtpIndexMax - 1, rtpIndexMax]) {
      expect(window.isNew(index)).toBe(true);
      window.add(index);
      expect(window.isNew(index)).toBe(false);
    }
    expect(window.isNew(rtpIndexMax - 2)).toBe(true);
    for (const index of [0, 1, 0xffff]) expect(window.isNew(index)).toBe(false);
  });

  it('agrees with a plain set on random walks', () => {
    const window = new IndexWindow(4);
    const seen = new Set<number>();
    let highest = -1;
    let state = 12345;
    const random = (limit: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    for (let step = 0; step < 20_000; step++) {
      const index = Math.max(0, highest + 20 - random(150) + (random(100) === 0 ? 300 : 0));
      const isOld = Math.floor(highest / 32) - Math.floor(index / 32) >= 4;
      expect(window.isNew(index)).toBe(!isOld && !seen.has(index));
      if (!window.isNew(index)) continue;
      window.add(index);
      seen.add(index);
      highest = Math.max(highest, index);
    }
  });
});
