import { type MonotonicMs, monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { handshakeTimeout } from '../dtls-association.ts';
import { retransmissionTimeoutFirst } from '../handshake/flight.ts';
import type { DtlsAssociation } from '../index.ts';
import { datagramsOf, drain, pair, type Pair } from './pair.ts';

const repetitions = [200, 600, 1_400, 3_000, 6_200, 9_400, 12_600, 15_800, 19_000, 22_200, 25_400, 28_600];

/** Turns the clock from deadline to deadline; answers when something was sent, and how it ended. */
function leaveAlone(association: DtlsAssociation): { readonly sentAt: readonly number[]; readonly end: unknown } {
  const sentAt: number[] = [];
  for (;;) {
    const clock = association.deadline();
    if (!Number.isFinite(clock)) throw new Error('it would wait for ever');
    association.handleTimeout(clock);
    const outputs = drain(association);
    if (datagramsOf(outputs).length > 0) sentAt.push(clock);
    const closed = outputs.find(({ type }) => type === 'closed');
    if (closed !== undefined) return { sentAt, end: { ...closed, at: clock } };
  }
}

const start = monotonicMs(0);

function give(to: DtlsAssociation, from: DtlsAssociation, now: MonotonicMs = start): void {
  for (const bytes of datagramsOf(drain(from))) to.handleDatagram(bytes, now);
}

/** A pair after the first flight of the server, which the client has, was sent. */
function afterServerFlight(): Pair {
  const both = pair();
  both.client.start(start);
  give(both.server, both.client);
  return both;
}

describe('retransmission', () => {
  it('of a ClientHello comes after 200 ms, doubling up to 3200 ms, and ends after 30 s', () => {
    const { client } = pair();
    client.start(start);
    expect(datagramsOf(drain(client))).toHaveLength(1);
    expect(leaveAlone(client)).toEqual({
      sentAt: repetitions,
      end: { type: 'closed', reason: 'handshake-timeout', at: handshakeTimeout },
    });
    expect(client.deadline()).toBe(Number.POSITIVE_INFINITY);
    client.handleTimeout(monotonicMs(40_000));
    expect(drain(client)).toEqual([]);
  });

  it('of the flight of the server has the same times', () => {
    const { server } = afterServerFlight();
    drain(server);
    expect(leaveAlone(server).sentAt).toEqual(repetitions);
  });

  it('of the last flight of the client has the same times', () => {
    const { client, server } = afterServerFlight();
    give(client, server);
    drain(client);
    expect(leaveAlone(client).sentAt).toEqual(repetitions);
  });

  it('of the last flight of the server is not its own: an established association has no deadline', () => {
    const { client, server } = afterServerFlight();
    give(client, server);
    give(server, client);
    expect(server.state).toBe('established');
    expect(server.deadline()).toBe(Number.POSITIVE_INFINITY);
  });

  it('starts anew with 200 ms for each flight', () => {
    const { client, server } = pair();
    client.start(start);
    drain(client);
    for (const at of repetitions.slice(0, 4)) client.handleTimeout(monotonicMs(at));
    give(server, client, monotonicMs(3_000));
    give(client, server, monotonicMs(3_000));
    expect(datagramsOf(drain(client)).length).toBeGreaterThan(0);
    expect(client.deadline()).toBe(3_000 + retransmissionTimeoutFirst);
  });

  it('does not happen before its time', () => {
    const { client } = pair();
    client.start(start);
    drain(client);
    client.handleTimeout(monotonicMs(199));
    expect(drain(client)).toEqual([]);
    client.handleTimeout(monotonicMs(200));
    expect(drain(client)).toHaveLength(1);
  });

  it('has new record sequence numbers and the same messages (RFC 6347 4.2.4)', () => {
    const { client } = pair();
    client.start(start);
    const [first] = datagramsOf(drain(client));
    client.handleTimeout(monotonicMs(200));
    const [second] = datagramsOf(drain(client));
    expect([first[10], second[10]]).toEqual([0, 1]);
    expect(second.subarray(13)).toEqual(first.subarray(13));
  });

  it('of a server that never heard a client is nothing; it ends 30 s after its start', () => {
    const { server } = pair();
    expect(server.deadline()).toBe(Number.POSITIVE_INFINITY);
    server.start(start);
    expect(leaveAlone(server)).toEqual({
      sentAt: [],
      end: { type: 'closed', reason: 'handshake-timeout', at: handshakeTimeout },
    });
  });
});

describe('a repeated flight of the peer', () => {
  it('is answered with ours at once, but not within 50 ms of the last time', () => {
    const { client, server } = pair();
    client.start(start);
    const [hello] = datagramsOf(drain(client));
    const answers = (at: number): number => {
      server.handleDatagram(hello, monotonicMs(at));
      return datagramsOf(drain(server)).length;
    };
    const flight = answers(0);
    expect(flight).toBeGreaterThan(0);
    expect([answers(0), answers(49), answers(50), answers(99), answers(100)]).toEqual([0, 0, flight, 0, flight]);
  });

  it('is answered 16 times at most, so a forger with an old ClientHello gets little', () => {
    const { client, server } = pair();
    client.start(start);
    const [hello] = datagramsOf(drain(client));
    let answered = 0;
    for (let at = 0; at < 20_000; at += 60) {
      server.handleDatagram(hello, monotonicMs(at));
      if (datagramsOf(drain(server)).length > 0) answered += 1;
    }
    expect(answered).toBe(17);
  });
});
