import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, type EffectScope } from 'vue';
import type { IceConnection, IceListener } from './ice-connection.ts';
import { readIceUrl } from '../help/ice-url.ts';
import type { IceServerChoice } from './probe.ts';
import { type Gathering, patienceMs, useGathering } from './use-gathering.ts';

const host = 'candidate:1 1 udp 2122063615 192.0.2.2 54780 typ host';

class FakeConnection implements IceConnection {
  readonly configuration: RTCConfiguration;
  readonly listener: IceListener;
  isClosed = false;

  constructor(configuration: RTCConfiguration, listener: IceListener) {
    this.configuration = configuration;
    this.listener = listener;
  }

  start(): Promise<void> {
    return startOf();
  }

  close(): void {
    this.isClosed = true;
  }
}

let startOf: () => Promise<void>;
let scope: EffectScope;
let gathering: Gathering;
let connections: FakeConnection[];
let refusal: Error | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  connections = [];
  refusal = undefined;
  startOf = () => Promise.resolve();
  scope = effectScope();
  gathering =
    scope.run(() =>
      useGathering(
        (configuration, listener) => {
          if (refusal !== undefined) throw refusal;
          const connection = new FakeConnection(configuration, listener);
          connections.push(connection);
          return connection;
        },
        () => Date.now(),
      ),
    ) ?? expect.fail();
});

afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

function choice(text: string): IceServerChoice {
  const reading = readIceUrl(text);
  if (reading.type === 'wrong') throw new Error(reading.problem);
  return { url: reading.url, username: 'ann', credential: 'secret' };
}

function connection(index: number): FakeConnection {
  return connections[index] ?? expect.fail(`no connection ${index}`);
}

const both = [choice('stun:a.example'), choice('turn:a.example?transport=tcp')];

describe('gathering', () => {
  it('asks each server by a connection of its own, STUN without credentials', () => {
    gathering.start(both, false);
    gathering.start(both.slice(1), true);
    expect(connections.map(({ configuration }) => configuration)).toEqual([
      { iceServers: [{ urls: 'stun:a.example' }], iceTransportPolicy: 'all' },
      {
        iceServers: [{ urls: 'turn:a.example?transport=tcp', username: 'ann', credential: 'secret' }],
        iceTransportPolicy: 'all',
      },
      {
        iceServers: [{ urls: 'turn:a.example?transport=tcp', username: 'ann', credential: 'secret' }],
        iceTransportPolicy: 'relay',
      },
    ]);
  });

  it('tells what comes with its time, and is done when all are', () => {
    gathering.start(both, false);
    expect(gathering.isRunning.value).toBe(true);
    vi.advanceTimersByTime(20);
    connection(1).listener.handleCandidate({ candidate: host });
    connection(1).listener.handleCandidate({ candidate: '' });
    vi.advanceTimersByTime(5);
    connection(0).listener.handleError({ errorCode: 701, errorText: 'x', url: '', port: null });
    connection(1).listener.handleComplete();
    expect(gathering.isRunning.value).toBe(true);
    vi.advanceTimersByTime(600);
    expect(gathering.elapsedMs.value).toBe(500);
    connection(0).listener.handleComplete();
    expect(gathering.isRunning.value).toBe(false);
    expect(gathering.elapsedMs.value).toBe(625);
    vi.advanceTimersByTime(2 * patienceMs);
    expect(gathering.elapsedMs.value).toBe(625);
    expect(gathering.probes.value).toMatchObject([
      {
        candidates: [],
        errors: [{ atMs: 25, code: 701, text: 'x', url: 'stun:a.example', port: undefined }],
        end: { type: 'complete', atMs: 625 },
      },
      { candidates: [{ atMs: 20, candidate: { port: 54_780 } }], errors: [], end: { type: 'complete', atMs: 25 } },
    ]);
    expect(connections.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it(`ends after ${patienceMs / 1000} s whatever the browser still waits for`, () => {
    gathering.start(both, false);
    connection(0).listener.handleComplete();
    vi.advanceTimersByTime(patienceMs - 1);
    expect(gathering.isRunning.value).toBe(true);
    vi.advanceTimersByTime(1);
    expect(gathering.isRunning.value).toBe(false);
    expect(gathering.probes.value.map(({ end }) => end?.type)).toEqual(['complete', 'expired']);
    expect(connection(1).isClosed).toBe(true);
  });

  it('is stopped by a press, by the next start and with the page', () => {
    gathering.start(both, false);
    gathering.stop();
    connection(0).listener.handleCandidate({ candidate: host });
    connection(0).listener.handleComplete();
    expect(gathering.isRunning.value).toBe(false);
    expect(gathering.probes.value[0]?.candidates).toEqual([]);
    expect(gathering.probes.value.map(({ end }) => end?.type)).toEqual(['stopped', 'stopped']);
    gathering.start(both, false);
    gathering.start(both, false);
    expect(gathering.probes.value.map(({ end }) => end)).toEqual([undefined, undefined]);
    scope.stop();
    expect(connections).toHaveLength(6);
    expect(connections.every(({ isClosed }) => isClosed)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says when the browser does not take an address', async () => {
    refusal = new Error('stuns scheme is not supported');
    gathering.start(both, false);
    expect(gathering.isRunning.value).toBe(false);
    expect(gathering.probes.value.map(({ end }) => end)).toMatchObject([
      { type: 'refused', message: 'stuns scheme is not supported' },
      { type: 'refused' },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says when the browser opens nothing', async () => {
    startOf = () => Promise.reject(new Error('closed'));
    gathering.start(both.slice(0, 1), false);
    await vi.waitFor(() => expect(gathering.isRunning.value).toBe(false));
    expect(gathering.probes.value[0]?.end).toMatchObject({ type: 'refused', message: 'closed' });
  });

  it('of no servers is done at once', () => {
    gathering.start([], false);
    expect(gathering.isRunning.value).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});
