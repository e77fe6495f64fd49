import { type MonotonicMs, monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { handshakeHeaderLength, serializeFragment } from '../handshake/handshake-message.ts';
import type { DtlsRecord } from '../record/record.ts';
import { type Carry, certificate, datagramsOf, drain, pair, run, seededNumbers, type Side } from './pair.ts';
import { changeRecords, splitRecords, wholeMessage } from './tampering.ts';

/** Small datagrams and large certificates: many records a flight. */
const mtu = 160;
const options = { mtu, certificate: certificate('rsa') };

function expectHandshake(carry: Carry, settings: Parameters<typeof pair>[0] = options): ReturnType<typeof run> {
  const both = pair(settings, settings);
  const outcome = run(both, carry);
  expect([outcome.client.closed, outcome.server.closed]).toEqual([undefined, undefined]);
  expect(outcome.client.srtp?.localKey).toBeDefined();
  expect(outcome.client.srtp?.localKey).toEqual(outcome.server.srtp?.remoteKey);
  expect(outcome.client.srtp?.remoteSalt).toEqual(outcome.server.srtp?.localSalt);
  expect(both.client.bytesHeld + both.server.bytesHeld).toBe(0);
  return outcome;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

describe('a handshake', () => {
  it('takes its records in reversed order without waiting', () => {
    const outcome = expectHandshake((datagrams) => datagrams.flatMap(splitRecords).toReversed());
    expect(outcome.clock).toBe(0);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('takes its records in any order, seed %i', (seed) => {
    const random = seededNumbers(seed);
    const outcome = expectHandshake((datagrams) => shuffled(datagrams.flatMap(splitRecords), random));
    expect(outcome.clock).toBe(0);
  });

  it('takes every datagram three times, and does not answer each', () => {
    const once = expectHandshake((datagrams) => datagrams);
    const outcome = expectHandshake((datagrams) => datagrams.flatMap((bytes) => [bytes, bytes, bytes]));
    expect(outcome.client.datagrams.length).toBe(once.client.datagrams.length);
    expect(outcome.server.datagrams.length).toBe(once.server.datagrams.length);
  });

  it('takes a flight that was withheld with its repetitions and then came at once', () => {
    const withheld: Record<Side, Uint8Array[]> = { client: [], server: [] };
    const released: Record<Side, MonotonicMs> = { client: monotonicMs(0), server: monotonicMs(0) };
    const carry: Carry = (datagrams, from, now) => {
      withheld[from].push(...datagrams);
      if (now < released[from] + 1_500) return [];
      released[from] = now;
      return withheld[from].splice(0);
    };
    expectHandshake(carry);
  });

  it.each([
    [40, 0],
    [40, 15],
    [1, 0],
    [300, 299],
  ])('takes fragments of %i bytes that overlap by %i', (length, overlap) => {
    const recut = (record: DtlsRecord): DtlsRecord[] => {
      const message = wholeMessage(record);
      if (message === undefined) return [record];
      const records: DtlsRecord[] = [];
      for (let offset = 0; offset === 0 || offset + overlap < message.body.length; offset += length - overlap) {
        const fragment = serializeFragment(message, offset, Math.min(length, message.body.length - offset));
        records.push({ ...record, fragment });
      }
      return records;
    };
    const carry: Carry = (datagrams) =>
      datagrams.flatMap((datagram) => splitRecords(changeRecords(datagram, recut)).toReversed());
    expectHandshake(carry, { mtu: 1_200 });
  });

  it('takes several messages in one record', () => {
    const carry: Carry = (datagrams) =>
      datagrams.map((datagram) => {
        const plain: Uint8Array[] = [];
        const rest = changeRecords(datagram, (record) => {
          if (wholeMessage(record) === undefined) return [record];
          plain.push(record.fragment);
          return [];
        });
        const [template] = splitRecords(datagram);
        const joined = changeRecords(template, (record) => [{ ...record, fragment: Buffer.concat(plain) }]);
        return plain.length === 0 ? rest : new Uint8Array(Buffer.concat([joined, rest]));
      });
    expectHandshake(carry, { mtu: 1_200 });
  });

  it('is not stopped by empty fragments, and cut-off ones', () => {
    const broken = (record: DtlsRecord): DtlsRecord[] => {
      const message = wholeMessage(record);
      if (message === undefined) return [record];
      const empty = serializeFragment(message, 0, 0);
      return [
        { ...record, fragment: empty },
        { ...record, fragment: record.fragment.subarray(0, handshakeHeaderLength - 1) },
        { ...record, fragment: record.fragment.subarray(0, -1) },
        record,
      ].filter(({ fragment }) => fragment.length > 0);
    };
    expectHandshake((datagrams) => datagrams.map((datagram) => changeRecords(datagram, broken)), { mtu: 1_200 });
  });
});

describe('a handshake over a path that loses', () => {
  const seeds = Array.from({ length: 100 }, (_, seed) => seed);

  it('a fifth of the datagrams comes to the same keys, with 100 seeds', () => {
    let slowest = 0;
    for (const seed of seeds) {
      const random = seededNumbers(seed);
      const { clock } = expectHandshake((datagrams) => datagrams.filter(() => random() >= 0.2), {});
      slowest = Math.max(slowest, clock);
    }
    expect(slowest).toBeLessThan(15_000);
  });

  it('a fifth of many small datagrams, doubles and shuffles them comes to the same keys, with 100 seeds', () => {
    for (const seed of seeds) {
      const random = seededNumbers(1_000 + seed);
      expectHandshake((datagrams) =>
        shuffled(
          datagrams.flatMap((bytes) => (random() < 0.2 ? [] : random() < 0.2 ? [bytes, bytes] : [bytes])),
          random,
        ),
      );
    }
  });

  it.each(['client', 'server'] as const)('the first three transmissions of the last flight of the %s', (side) => {
    let lost = 0;
    // The last flights are the ones with a Finished, the only records of epoch 1.
    const isLast = (bytes: Uint8Array): boolean => splitRecords(bytes).some((record) => record[4] === 1);
    const carry: Carry = (datagrams, from) => {
      if (from !== side || lost === 3 || !datagrams.some(isLast)) return datagrams;
      lost += 1;
      return [];
    };
    expectHandshake(carry, {});
    expect(lost).toBe(3);
  });
});

describe('after the handshake', () => {
  it('a server repeats its Finished for a client that repeats, and a client does not answer that', () => {
    const both = pair();
    const { client, server } = run(both);
    const fromClient = client.datagrams.at(-1) ?? new Uint8Array(0);
    const fromServer = server.datagrams.at(-1) ?? new Uint8Array(0);
    // The same record twice is a replay and says nothing; a repeated message is in a new record.
    both.server.handleDatagram(fromClient, monotonicMs(1_000));
    both.client.handleDatagram(fromServer, monotonicMs(1_000));
    expect([...drain(both.server), ...drain(both.client)]).toEqual([]);
  });

  it('nobody sends anything, even when the last Finished came late and twice', () => {
    const both = pair();
    let clock = monotonicMs(0);
    both.client.start(clock);
    const step = (from: Side): Uint8Array[] => datagramsOf(drain(both[from]));
    const give = (to: Side, datagrams: readonly Uint8Array[]): void => {
      for (const bytes of datagrams) both[to].handleDatagram(bytes, clock);
    };
    give('server', step('client'));
    give('client', step('server'));
    const last = step('client');
    give('server', last);
    const finished = step('server');
    clock = both.client.deadline();
    both.client.handleTimeout(clock);
    give('server', step('client'));
    const again = step('server');
    expect(again).toHaveLength(1);
    give('client', finished);
    expect(both.client.state).toBe('established');
    drain(both.client);
    clock = monotonicMs(clock + 400);
    give('client', again);
    expect(both.client.counters()['message-repeated']).toBe(1);
    expect(step('client')).toEqual([]);
  });
});
