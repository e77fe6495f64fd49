import { describe, expect, it } from 'vitest';
import { numberTexts, pathOf } from './connection-numbers.ts';

const connection = {
  bitrateSent: 0,
  bitrateReceived: 0,
  protocol: 'udp',
  localCandidate: 'host',
  remoteCandidate: 'relay',
  roundTripMs: 1,
  availableOutgoingBitrate: undefined,
} as const;

describe('numbers of a connection', () => {
  it('are written with units, shortly', () => {
    const { bitrate, percent, milliseconds, plain } = numberTexts('en');
    expect([bitrate(0), bitrate(64_400), bitrate(1_260_000)]).toEqual(['0 kbit/s', '64 kbit/s', '1.3 Mbit/s']);
    expect([percent(0), percent(0.0123)]).toEqual(['0%', '1.2%']);
    expect([milliseconds(12.4), plain(29.97)]).toEqual(['12 ms', '30']);
  });

  it('that the browser does not say are left out', () => {
    const { bitrate, percent } = numberTexts('zh-CN');
    expect([bitrate(undefined), percent(Number.NaN)]).toEqual([undefined, undefined]);
    expect(pathOf({ ...connection, protocol: undefined })).toBe(undefined);
    expect(pathOf({ ...connection, localCandidate: undefined, remoteCandidate: undefined })).toBe('UDP');
  });

  it('say how packets go', () => {
    expect(pathOf(connection)).toBe('UDP, host – relay');
  });
});
