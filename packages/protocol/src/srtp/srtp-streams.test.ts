import { describe, expect, it } from 'vitest';
import { rtpWindowBlocks, srtpRetiredMax, SrtpStreams, srtpStreamsMax } from './srtp-streams.ts';

describe('SrtpStreams', () => {
  it(`retires ${srtpRetiredMax} SSRCs and keeps the windows of further ones`, () => {
    const streams = new SrtpStreams(rtpWindowBlocks);
    for (let ssrc = 0; ssrc < srtpRetiredMax; ssrc++) {
      streams.open(ssrc);
      streams.retire(ssrc);
    }
    expect(streams.get(0)).toBeUndefined();
    expect([0, srtpRetiredMax - 1, srtpRetiredMax].map((ssrc) => streams.isRetired(ssrc))).toEqual([true, true, false]);
    const beyond = 0xffffffff;
    const window = streams.open(beyond);
    streams.retire(beyond);
    expect(streams.isRetired(beyond)).toBe(false);
    expect(streams.get(beyond)).toBe(window);
  });

  it('is full with as many windows, and no more when one is retired', () => {
    const streams = new SrtpStreams(rtpWindowBlocks);
    for (let ssrc = 0; ssrc < srtpStreamsMax; ssrc++) streams.open(ssrc);
    expect(streams.isFull).toBe(true);
    streams.retire(7);
    expect(streams.isFull).toBe(false);
  });

  it('retires nothing that was never opened', () => {
    const streams = new SrtpStreams(rtpWindowBlocks);
    streams.retire(1);
    expect(streams.isRetired(1)).toBe(false);
  });
});
