import { describe, expect, it } from 'vitest';
import { codecName, numberTexts, pathOf } from './connection-numbers.ts';

const words = {
  direct: 'direct',
  relayed: 'relayed',
  by: (path: string, protocol: string): string => `${path} by ${protocol}`,
};

const connection = {
  bitrateSent: 0,
  bitrateReceived: 0,
  protocol: 'udp',
  path: 'relay',
  relayProtocol: 'tls',
  localCandidate: 'relay',
  remoteCandidate: 'host',
  roundTripMs: 1,
  availableOutgoingBitrate: undefined,
} as const;

describe('numbers of a connection', () => {
  it('are written with units, shortly', () => {
    const { bitrate, percent, milliseconds, frameRate } = numberTexts('en');
    expect([bitrate(0), bitrate(64_400), bitrate(1_260_000)]).toEqual(['0 kbit/s', '64 kbit/s', '1.3 Mbit/s']);
    expect([percent(0), percent(0.0123)]).toEqual(['0%', '1.2%']);
    expect([milliseconds(12.4), frameRate(29.97)]).toEqual(['12 ms', '30 fps']);
    expect([codecName('opus'), codecName('VP8'), codecName(undefined)]).toEqual(['Opus', 'VP8', undefined]);
  });

  it('that the browser does not say are left out', () => {
    const { bitrate, percent } = numberTexts('zh-CN');
    expect([bitrate(undefined), percent(Number.NaN)]).toEqual([undefined, undefined]);
    expect(pathOf({ ...connection, path: undefined, protocol: undefined }, words)).toBe(undefined);
    expect(pathOf({ ...connection, path: undefined }, words)).toBe('UDP');
    expect(pathOf({ ...connection, relayProtocol: undefined }, words)).toBe('relayed');
  });

  it('say how packets go', () => {
    expect(pathOf(connection, words)).toBe('relayed by TLS');
    expect(pathOf({ ...connection, path: 'direct', relayProtocol: undefined }, words)).toBe('direct by UDP');
  });
});
