import { packetSlotSize, sendFlag, type SessionHandle } from '@rivero/core';
import { type SrtpProfile, srtpProfiles } from '@rivero/protocol/srtp';
import { describe, expect, it } from 'vitest';
import { openSession, openStream, payload, type RowToSend, send } from './exchange.ts';
import { type Implementation, implementations, keyPair, type OpenDatapath } from './implementations.ts';

const { marker, resend, rtx } = sendFlag;
const profiles = Object.keys(srtpProfiles) as SrtpProfile[];
const noElements = new Uint8Array(0);

type Row = Omit<RowToSend, 'stream'>;

/** With everything that a row can say. */
const first: Row = {
  sequence: 1,
  flags: marker | rtx,
  originalSequence: 7,
  elements: Uint8Array.of(0x20, 0x7f),
  payload: payload.slice(0, 50),
};

/** Rows for the same index that say anything else. */
const changes: readonly { readonly name: string; readonly row: Partial<Row> }[] = [
  { name: 'another byte of payload', row: { payload: first.payload?.with(49, 0xff) ?? payload } },
  { name: 'a shorter payload', row: { payloadLength: 49 } },
  { name: 'a longer payload', row: { payloadLength: 51 } },
  { name: 'no payload', row: { payloadLength: 0 } },
  { name: 'no marker', row: { flags: rtx } },
  { name: 'another timestamp', row: { timestamp: 0xfedcba99 } },
  { name: 'another payload type', row: { payloadType: 112 } },
  { name: 'another original sequence number', row: { originalSequence: 8 } },
  { name: 'no original sequence number', row: { flags: marker } },
  { name: 'another extension value', row: { elements: Uint8Array.of(0x20, 0x7e) } },
  { name: 'no extension', row: { elements: noElements } },
  {
    name: 'another division into header and payload',
    row: { elements: Uint8Array.of(0x20, 0x7f, 0, 0, 0), payloadLength: 46 },
  },
];

function again(row: Row): Row {
  return { ...row, flags: (row.flags ?? 0) | resend };
}

/** A session in the clear on ports of its own. */
function openPlainSession(under: OpenDatapath): SessionHandle {
  const remote = { rtp: { ip: '203.0.113.5', port: 5_004 }, rtcp: undefined, rtcpMux: true };
  const session = under.datapath.openPortSession({ ports: under.ports, protection: { type: 'none' }, remote });
  if (session === undefined) throw new Error('no session');
  return session;
}

describe.each(implementations)('the $name datapath sends again', ({ open }: Implementation) => {
  it.each(profiles)('the very packet that was sent, as often as it is asked (%s)', (profile) => {
    const under = open();
    const { session, peer } = openSession(under, profile);
    const stream = openStream(under, session, Uint8Array.of(0x40, 0x61), 4);
    for (const row of [first, again(first), again(first)]) send(under, [{ stream, ...row }]);
    const [bytes, ...others] = under.sent.map((sent) => Buffer.from(sent.bytes));
    expect(others).toEqual([bytes, bytes]);
    expect(new Uint8Array(peer.openRtp(bytes).payload.subarray(2))).toEqual(first.payload);
    expect(under.datapath.counters()).toMatchObject({ sent: 3, resent: 2, 'bytes-sent': 3 * bytes.length });
    expect(under.datapath.sessionTraffic(session)?.bytesSent).toBe(3 * bytes.length);
  });

  it.each(profiles)('nothing else under its index: %s', (profile) => {
    const under = open();
    const stream = openStream(under, openSession(under, profile).session, noElements, 4);
    send(under, [{ stream, ...first }]);
    for (const { row } of changes) send(under, [{ stream, ...again({ ...first, ...row }) }]);
    expect(under.sent).toHaveLength(1);
    expect(under.datapath.counters()).toMatchObject({ resent: 0, 'send-resend-differs': changes.length });
    send(under, [{ stream, ...again(first) }]);
    expect(under.sent[1].bytes).toEqual(under.sent[0].bytes);
  });

  it.each(changes)('nothing with $name, among rows that it does send', ({ row }) => {
    const under = open();
    const { session, peer } = openSession(under);
    const stream = openStream(under, session, noElements, 4);
    const rows = [first, again({ ...first, ...row }), { sequence: 2 }, again(first)];
    send(
      under,
      rows.map((each) => ({ stream, ...each })),
    );
    const [one, next, same] = under.sent.map(({ bytes }) => Buffer.from(bytes));
    expect(under.sent).toHaveLength(3);
    expect(same).toEqual(one);
    expect([one, next].map((bytes) => peer.openRtp(bytes).header.sequence)).toEqual([1, 2]);
  });

  it('nothing that only its short tag could not tell from what was sent (AES128_CM_HMAC_SHA1_32)', () => {
    const under = open();
    const { session } = openSession(under, 'AES128_CM_HMAC_SHA1_32');
    const stream = openStream(under, session, noElements, 1);
    send(under, [{ stream, sequence: 1 }]);
    const others = Array.from({ length: 512 }, (_, i) => payload.with(0, i).with(1, 255 - (i >> 8)));
    for (const other of others) send(under, [{ stream, sequence: 1, flags: resend, payload: other }]);
    expect(under.datapath.counters()).toMatchObject({ sent: 1, resent: 0, 'send-resend-differs': others.length });
  });

  it('nothing that was never sent, nor what is older than the last few', () => {
    const under = open();
    const { session } = openSession(under);
    const stream = openStream(under, session, noElements, 2);
    send(under, [{ stream, sequence: 1, flags: resend }]);
    send(
      under,
      [1, 2, 3].map((sequence) => ({ stream, sequence })),
    );
    send(
      under,
      [1, 2, 3, 4, 65_538].map((sequence) => ({ stream, sequence, flags: resend })),
    );
    expect(under.sent.map(({ bytes }) => bytes[3])).toEqual([1, 2, 3, 2, 3]);
    expect(under.datapath.counters()).toMatchObject({ resent: 2, 'send-nothing-to-resend': 4 });
  });

  it('the newer of two packets of which the older came later', () => {
    const under = open();
    const stream = openStream(under, openSession(under).session, noElements, 2);
    for (const sequence of [4, 5, 3]) send(under, [{ stream, sequence }]);
    for (const sequence of [3, 4, 5]) send(under, [{ stream, sequence, flags: resend }]);
    expect(under.sent.map(({ bytes }) => bytes[3])).toEqual([4, 5, 3, 4, 5]);
    expect(under.datapath.counters()).toMatchObject({ resent: 2, 'send-nothing-to-resend': 1 });
  });

  it('nothing by a stream that keeps no tags', () => {
    const under = open();
    const stream = openStream(under, openSession(under).session);
    send(under, [{ stream, sequence: 1 }]);
    send(under, [{ stream, sequence: 1, flags: resend }]);
    expect(under.datapath.counters()).toMatchObject({ sent: 1, resent: 0, 'send-nothing-to-resend': 1 });
  });

  it('nothing that another stream sent, of this SSRC or another', () => {
    const under = open();
    const { session } = openSession(under);
    const sender = openStream(under, session, noElements, 4);
    const others = [0xcafe, 0xbeef].map((ssrc) => openStream(under, session, noElements, 4, ssrc));
    send(under, [{ stream: sender, sequence: 1 }]);
    for (const stream of others) send(under, [{ stream, sequence: 1, flags: resend }]);
    expect(under.datapath.counters()).toMatchObject({ sent: 1, 'send-nothing-to-resend': 2 });
  });

  it('nothing by a closed stream, nor by one that takes its place', () => {
    const under = open();
    const { session } = openSession(under);
    const closed = openStream(under, session, noElements, 4);
    send(under, [{ stream: closed, sequence: 1 }]);
    under.datapath.closeStream(closed);
    const next = openStream(under, session, noElements, 4);
    for (const stream of [closed, next]) send(under, [{ stream, sequence: 1, flags: resend }]);
    expect(under.datapath.counters()).toMatchObject({ sent: 1, 'send-stale-stream': 1, 'send-nothing-to-resend': 1 });
  });

  it('nothing of a session whose keys are others by now, and the same when only the peer’s changed', () => {
    const under = open();
    const { path, session } = openSession(under);
    const stream = openStream(under, session, noElements, 4);
    send(under, [{ stream, sequence: 1 }]);
    const profile = 'AEAD_AES_128_GCM';
    const { ours } = keyPair(profile, 90);
    under.datapath.setRemoteKey(session, { profile, key: ours.remoteKey, salt: ours.remoteSalt });
    send(under, [{ stream, sequence: 1, flags: resend }]);
    expect(under.sent[1].bytes).toEqual(under.sent[0].bytes);
    const after = under.datapath.openSession(ours, path);
    under.datapath.closeSession(session);
    if (after === undefined) throw new Error('no session');
    for (const each of [stream, openStream(under, after, noElements, 4)])
      send(under, [{ stream: each, sequence: 1, flags: resend }]);
    expect(under.datapath.counters()).toMatchObject({ sent: 2, 'send-stale-stream': 1, 'send-nothing-to-resend': 1 });
  });

  it('without using its index or another one, whether it is the same or refused', () => {
    const under = open();
    const stream = openStream(under, openSession(under).session, noElements, 8);
    send(under, [{ stream, sequence: 5 }]);
    for (const sequence of [5, 6]) send(under, [{ stream, sequence, flags: resend }]);
    send(under, [{ stream, sequence: 5, flags: resend, timestamp: 1 }]);
    for (const sequence of [5, 6, 4]) send(under, [{ stream, sequence }]);
    expect(under.sent.map(({ bytes }) => bytes[3])).toEqual([5, 5, 6, 4]);
    expect(under.datapath.counters()['send-index-reused']).toBe(1);
  });

  it('what an index older than the window has sent, which that alone would refuse', () => {
    const under = open();
    const stream = openStream(under, openSession(under).session, noElements, 4_096);
    for (let sequence = 0; sequence < 3_000; sequence++) send(under, [{ stream, sequence }]);
    send(under, [{ stream, sequence: 0, flags: resend }]);
    expect(under.sent[3_000].bytes).toEqual(under.sent[0].bytes);
    send(under, [{ stream, sequence: 0, flags: resend, timestamp: 1 }]);
    send(under, [{ stream, sequence: 0 }]);
    expect(under.datapath.counters()).toMatchObject({
      resent: 1,
      'send-resend-differs': 1,
      'send-index-reused': 1,
    });
  });

  it('nothing that is too long for a slot, nor to a congested path', () => {
    const under = open();
    const stream = openStream(under, openSession(under).session, noElements, 4);
    send(under, [{ stream, sequence: 1 }]);
    send(under, [{ stream, sequence: 1, flags: resend, payloadLength: packetSlotSize }]);
    send(under, [{ stream, sequence: 1, flags: resend, payloadLength: 1_910, elements: new Uint8Array(120) }]);
    under.setCongested(['media']);
    send(under, [{ stream, sequence: 1, flags: resend }]);
    expect(under.datapath.counters()).toMatchObject({ sent: 1, 'send-too-long': 2, 'send-congested': 1 });
  });

  it('in the clear whatever is as long as what was sent, because no packet there gives another one away', () => {
    const under = open();
    const stream = openStream(under, openPlainSession(under), noElements, 1);
    send(under, [{ stream, ...first }]);
    send(under, [{ stream, ...again(first) }]);
    expect(under.sent[1].bytes).toEqual(under.sent[0].bytes);
    send(under, [{ stream, ...again({ ...first, timestamp: 1 }) }]);
    send(under, [{ stream, ...again({ ...first, payloadLength: 49 }) }]);
    send(under, [{ stream, ...again({ ...first, sequence: 2 }) }]);
    expect(under.datapath.counters()).toMatchObject({
      resent: 2,
      'send-resend-differs': 1,
      'send-nothing-to-resend': 1,
    });
  });
});
