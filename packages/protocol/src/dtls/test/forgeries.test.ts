import { monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { nodeDtlsCrypto } from '../crypto/node-dtls-crypto.ts';
import { serializeFragment } from '../handshake/handshake-message.ts';
import { alertDescription, alertLevel, contentType } from '../parameters.ts';
import { parseRecords, serializeRecord } from '../record/record.ts';
import { RecordLayer } from '../record/record-layer.ts';
import { type Carry, datagramsOf, drain, establish, pair, run, type Side } from './pair.ts';
import { plainRecord, splitRecords, wholeMessage } from './tampering.ts';

const sides: readonly Side[] = ['client', 'server'];
const clock = monotonicMs(5_000);
const closeNotify = Uint8Array.of(alertLevel.warning, alertDescription.closeNotify);
const fatal = Uint8Array.of(alertLevel.fatal, alertDescription.handshakeFailure);

/** Sealed with keys that are not those of the association. */
function wronglyKeyed(to: Side): RecordLayer {
  const records = new RecordLayer(nodeDtlsCrypto);
  const key = new Uint8Array(16).fill(1);
  const iv = new Uint8Array(4);
  const keys = { clientKey: key, serverKey: key, clientIv: iv, serverIv: iv };
  records.installKeys(keys, to === 'client' ? 'server' : 'client');
  return records;
}

/** The association is as it was, said nothing, and still talks. */
function expectUnmoved(side: Side, both: ReturnType<typeof establish>): void {
  const { [side]: target, [side === 'client' ? 'server' : 'client']: peer } = both;
  expect(drain(target)).toEqual([]);
  expect(target.state).toBe('established');
  peer.sendData(Uint8Array.of(1, 2, 3));
  for (const bytes of datagramsOf(drain(peer))) target.handleDatagram(bytes, clock);
  expect(drain(target)).toEqual([{ type: 'data', bytes: Uint8Array.of(1, 2, 3) }]);
}

describe.each(sides)('an established %s', (side) => {
  it.each([
    ['close_notify', closeNotify],
    ['fatal alert', fatal],
  ])('ignores a plaintext %s', (_, alert) => {
    const both = establish();
    both[side].handleDatagram(plainRecord(contentType.alert, alert), clock);
    expect(both[side].counters()['unexpected-epoch']).toBe(1);
    expectUnmoved(side, both);
  });

  it.each([
    ['close_notify', closeNotify],
    ['fatal alert', fatal],
  ])('ignores a %s under other keys, whatever its sequence number', (_, alert) => {
    const both = establish();
    const forger = wronglyKeyed(side);
    for (let i = 0; i < 100; i++) both[side].handleDatagram(forger.seal(contentType.alert, 1, alert), clock);
    const counters = both[side].counters();
    expect(counters['authentication-failed'] + counters.replayed).toBe(100);
    expect(counters['authentication-failed']).toBeGreaterThan(90);
    expectUnmoved(side, both);
  });

  it('does not let a forged sequence number push real records out of the window', () => {
    const both = establish();
    const fragment = new Uint8Array(40);
    for (const sequence of [2 ** 48 - 1, 2 ** 32, 1_000]) {
      const header = { type: contentType.applicationData, version: 0xfefd, epoch: 1, sequence };
      both[side].handleDatagram(serializeRecord({ ...header, fragment }), clock);
    }
    expect(both[side].counters()['authentication-failed']).toBe(3);
    expectUnmoved(side, both);
  });

  it.each([
    ['empty', 0],
    ['shorter than nonce and tag', 23],
    ['nonce and tag alone', 24],
  ])('ignores an %s record of epoch 1', (_, length) => {
    const both = establish();
    const header = { type: contentType.alert, version: 0xfefd, epoch: 1, sequence: 77 };
    both[side].handleDatagram(serializeRecord({ ...header, fragment: new Uint8Array(length) }), clock);
    expect(both[side].counters()['authentication-failed']).toBe(1);
    expectUnmoved(side, both);
  });

  it.each([0, 2, 65_535])('ignores every content type in epoch %i', (epoch) => {
    const both = establish();
    for (const type of Object.values(contentType)) {
      const header = { type, version: 0xfefd, epoch, sequence: 50 };
      both[side].handleDatagram(serializeRecord({ ...header, fragment: new Uint8Array(64) }), clock);
    }
    expect(both[side].counters()['unexpected-epoch']).toBe(4);
    expectUnmoved(side, both);
  });

  it('ignores the hellos and flights of its own handshake and of another', () => {
    const both = establish();
    const other = establish();
    const isPlain = (bytes: Uint8Array): boolean => bytes[4] === 0;
    const flights = [both, other].flatMap(({ outcome }) => [...outcome.client.datagrams, ...outcome.server.datagrams]);
    for (const bytes of flights.flatMap(splitRecords).filter(isPlain)) both[side].handleDatagram(bytes, clock);
    expectUnmoved(side, both);
  });

  it('hands a replayed record out once', () => {
    const both = establish();
    const peer = side === 'client' ? both.server : both.client;
    peer.sendData(Uint8Array.of(5));
    const [datagram] = datagramsOf(drain(peer));
    for (let i = 0; i < 3; i++) both[side].handleDatagram(datagram, clock);
    expect(drain(both[side])).toEqual([{ type: 'data', bytes: Uint8Array.of(5) }]);
    expect(both[side].counters().replayed).toBe(2);
  });
});

describe('during the handshake', () => {
  const alerts = [closeNotify, fatal, Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(9, 9, 9)];

  it('forged alerts change nothing', () => {
    const forged = alerts.map((alert) => plainRecord(contentType.alert, alert));
    const both = pair();
    const outcome = run(both, (datagrams) => datagrams.flatMap((bytes) => [...forged, bytes, ...forged]));
    expect(outcome.client.srtp?.localKey).toEqual(outcome.server.srtp?.remoteKey);
    expect(outcome.client.closed).toBeUndefined();
    expect(outcome.clock).toBe(0);
    expect(both.client.counters()['unauthenticated-alert']).toBeGreaterThan(0);
    expect(both.client.counters()['malformed-alert']).toBeGreaterThan(0);
  });

  it('alerts under other keys change nothing, even before there are keys', () => {
    const carry: Carry = (datagrams, from) => {
      const forger = wronglyKeyed(from === 'client' ? 'server' : 'client');
      return datagrams.flatMap((bytes) => [forger.seal(contentType.alert, 1, fatal), bytes]);
    };
    const both = pair();
    const outcome = run(both, carry);
    expect(outcome.client.srtp?.localKey).toEqual(outcome.server.srtp?.remoteKey);
    expect(both.server.counters()['authentication-failed']).toBeGreaterThan(0);
  });

  it('a garbage Finished that does not authenticate changes nothing', () => {
    const garbage = serializeRecord({
      type: contentType.handshake,
      version: 0xfefd,
      epoch: 1,
      sequence: 0,
      fragment: new Uint8Array(48).fill(3),
    });
    const outcome = run(pair(), (datagrams) => datagrams.flatMap((bytes) => [garbage, bytes]));
    expect(outcome.client.srtp?.localKey).toEqual(outcome.server.srtp?.remoteKey);
  });

  it('records of epoch 1 that wait for keys are no more than 8, and the handshake goes on', () => {
    const both = pair();
    const junk = Array.from({ length: 50 }, (_, sequence) =>
      serializeRecord({ type: 23, version: 0xfefd, epoch: 1, sequence, fragment: new Uint8Array(1_000) }),
    );
    for (const bytes of junk) both.server.handleDatagram(bytes, monotonicMs(0));
    expect(both.server.bytesHeld).toBe(8_000);
    expect(both.server.counters()['early-record-dropped']).toBe(42);
    const outcome = run(both);
    expect(outcome.server.srtp?.localKey).toEqual(outcome.client.srtp?.remoteKey);
    expect(both.server.bytesHeld).toBe(0);
  });

  it('application data before Finished is not handed out', () => {
    const data = plainRecord(contentType.applicationData, Uint8Array.of(1, 2, 3));
    const outcome = run(pair(), (datagrams) => datagrams.flatMap((bytes) => [data, bytes]));
    expect([outcome.client.data, outcome.server.data]).toEqual([[], []]);
    expect(outcome.client.srtp?.localKey).toEqual(outcome.server.srtp?.remoteKey);
  });

  it.each([
    ['client', [0, 1, 15, 16, 20, 99]],
    ['server', [0, 2, 3, 12, 13, 14, 20, 99]],
  ] as const)('forged messages that the %s never expects are dropped, and its handshake goes on', (side, types) => {
    const body = new Uint8Array(40).fill(2);
    for (const type of types) {
      const both = pair();
      let sequence = 0;
      const outcome = run(both, (datagrams, from) => {
        if (from === side) return datagrams;
        return datagrams.flatMap(splitRecords).flatMap((bytes) => {
          sequence = wholeMessage(parseRecords(bytes).records[0])?.sequence ?? sequence + 1;
          const message = { type, sequence, body };
          return [plainRecord(contentType.handshake, serializeFragment(message, 0, body.length)), bytes];
        });
      });
      expect(outcome.client.srtp?.localKey).toEqual(outcome.server.srtp?.remoteKey);
      expect([type, outcome.client.closed, outcome.server.closed]).toEqual([type, undefined, undefined]);
      expect(outcome.clock).toBe(0);
      expect(both[side].counters()['unexpected-message']).toBeGreaterThan(2);
    }
  });

  it('a message that comes in the place of the expected one ends the handshake by its timeout only', () => {
    const body = new Uint8Array(40);
    const forged = plainRecord(contentType.handshake, serializeFragment({ type: 14, sequence: 0, body }, 0, 40));
    const both = pair();
    const outcome = run(both, (datagrams, from) => (from === 'server' ? datagrams.map(() => forged) : datagrams));
    expect(outcome.client.closed).toBe('handshake-timeout');
    expect(both.client.counters()['unexpected-message']).toBeGreaterThan(5);
    expect(both.client.bytesHeld).toBe(0);
  });

  it.each(sides)('closing the %s sends nothing and ends it', (side) => {
    const both = pair();
    both[side].start(monotonicMs(0));
    drain(both[side]);
    both[side].close();
    expect(drain(both[side])).toEqual([{ type: 'closed', reason: 'closed' }]);
    both[side].handleDatagram(plainRecord(contentType.handshake, new Uint8Array(12)), monotonicMs(1));
    expect(drain(both[side])).toEqual([]);
  });
});
