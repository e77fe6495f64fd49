import { BrokenInvariant, monotonicMs, packetSlotSize, receivedKind, type SessionHandle } from '@rivero/core';
import type { SrtpProfile } from '@rivero/protocol/srtp';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PortProtection, type PortRemote, sourceSilenceMax } from '../src/index.ts';
import { collectRows, openPath, openStream, payload, receiverReport, send, stun } from './exchange.ts';
import { type Implementation, implementations, keyPair, type OpenDatapath } from './implementations.ts';
import { RemotePeer } from './remote-peer.ts';

const remote: PortRemote = {
  rtp: { ip: '203.0.113.5', port: 5_004 },
  rtcp: { ip: '203.0.113.5', port: 5_005 },
  rtcpMux: false,
};
const stranger = { ip: '198.51.100.9', port: 9_999 };
const rtpFrom = { ip: '203.0.113.5', port: 5_004 };
const rtcpFrom = { ip: '203.0.113.5', port: 5_005 };
const at = (ms: number) => monotonicMs(10_000 + ms);
const start = at(0);

/** RTP in the clear. */
function plainRtp(sequence: number, ssrc = 7): Uint8Array {
  const packet = new Uint8Array(12 + payload.length);
  packet.set([0x80, 96, sequence >> 8, sequence & 0xff]);
  new DataView(packet.buffer).setUint32(8, ssrc);
  packet.set(payload, 12);
  return packet;
}

function openPorts(
  under: OpenDatapath,
  protection: PortProtection = { type: 'none' },
  to: PortRemote = remote,
): SessionHandle {
  const session = under.datapath.openPortSession({ ports: under.ports, protection, remote: to });
  if (session === undefined) throw new Error('no session');
  return session;
}

/** Another one each time, because an index is sealed once. */
let ssrc = 1;

/** Sends one RTP packet and one RTCP compound; answers from which port to where each went. */
function destinations(under: OpenDatapath, session: SessionHandle): readonly string[] {
  under.sent.length = 0;
  ssrc += 1;
  send(under, [{ stream: openStream(under, session, undefined, 0, ssrc), sequence: 1 }]);
  under.datapath.sendRtcp(session, receiverReport);
  return under.sent.map(({ from, to }) => `${from} ${to.ip}:${to.port}`);
}

const srtpProfilesOfSdes: readonly SrtpProfile[] = [
  'AES128_CM_HMAC_SHA1_80',
  'AES128_CM_HMAC_SHA1_32',
  'AES256_CM_HMAC_SHA1_80',
  'AES256_CM_HMAC_SHA1_32',
];

describe.each(implementations)('a session of the $name datapath on ports of its own', ({ open }: Implementation) => {
  it('in the clear sends nothing that is longer than a slot', () => {
    const under = open();
    const stream = openStream(under, openPorts(under));
    const elements = new Uint8Array(131);
    send(under, [
      { stream, sequence: 1, elements, payloadLength: packetSlotSize - 16 - 132 },
      { stream, sequence: 2, elements, payloadLength: packetSlotSize - 16 - 132 + 1 },
    ]);
    expect(under.sent.map(({ bytes }) => bytes.length)).toEqual([packetSlotSize]);
    expect(under.datapath.counters()).toMatchObject({ sent: 1, 'send-too-long': 1 });
  });

  it('takes plain RTP and RTCP when it was asked to, and sends them', () => {
    const under = open();
    const session = openPorts(under);
    const rows = collectRows(under);
    under.receiveAtOwnPort('rtp', plainRtp(1), rtpFrom, start);
    under.receiveAtOwnPort('rtcp', receiverReport, rtcpFrom, start);
    under.deliver();
    expect(rows.map(({ kind }) => kind)).toEqual([receivedKind.rtp, receivedKind.rtcp]);
    expect(rows.every((row) => row.session === session)).toBe(true);
    expect(rows[0].bytes).toEqual(plainRtp(1));
    expect(rows[1].bytes).toEqual(receiverReport);
    const stream = openStream(under, session);
    send(under, [{ stream, sequence: 1 }]);
    under.datapath.sendRtcp(session, receiverReport);
    expect(under.sent.map(({ from, to }) => [from, to.port])).toEqual([
      ['rtp', 5_004],
      ['rtcp', 5_005],
    ]);
    expect(under.sent[0].bytes.subarray(12)).toEqual(payload);
    expect(under.sent[1].bytes).toEqual(receiverReport);
  });

  it.each(srtpProfilesOfSdes)('takes and sends SRTP and SRTCP (%s)', (profile) => {
    const under = open();
    const keys = keyPair(profile);
    const session = openPorts(under, { type: 'srtp', keys: keys.ours });
    const peer = new RemotePeer(rtpFrom, keys.theirs);
    const rows = collectRows(under);
    under.receiveAtOwnPort('rtp', peer.sealRtp({ sequence: 3 }, payload), rtpFrom, start);
    under.receiveAtOwnPort('rtcp', peer.sealRtcp(receiverReport), rtcpFrom, start);
    under.receiveAtOwnPort('rtp', plainRtp(4), rtpFrom, start);
    under.deliver();
    expect(rows.map(({ kind }) => kind)).toEqual([receivedKind.rtp, receivedKind.rtcp]);
    expect(rows[0].bytes.subarray(12)).toEqual(payload);
    expect(under.datapath.counters()['receive-authentication-failed']).toBe(1);
    send(under, [{ stream: openStream(under, session), sequence: 1 }]);
    under.datapath.sendRtcp(session, receiverReport);
    expect(peer.openRtp(under.sent[0].bytes).payload).toEqual(payload);
    expect(peer.openRtcp(under.sent[1].bytes)).toEqual(receiverReport);
  });

  it('sends RTCP the way of RTP with rtcp-mux, and takes it there', () => {
    const under = open();
    const session = openPorts(under, { type: 'none' }, { ...remote, rtcpMux: true });
    const rows = collectRows(under);
    under.receiveAtOwnPort('rtp', receiverReport, rtpFrom, start);
    under.deliver();
    expect(rows.map(({ kind }) => kind)).toEqual([receivedKind.rtcp]);
    expect(destinations(under, session)).toEqual(['rtp 203.0.113.5:5004', 'rtp 203.0.113.5:5004']);
  });

  it.each([
    ['is not named', undefined],
    ['is a placeholder', { ip: '203.0.113.5', port: 9 }],
    ['is unspecified', { ip: '0.0.0.0', port: 5_004 }],
    ['is multicast', { ip: '224.1.2.3', port: 5_004 }],
    ['is of the other family', { ip: '2001:db8::5', port: 5_004 }],
  ])('sends nothing to an address that %s, but to who is heard', (_name, rtp) => {
    const under = open();
    const session = openPorts(under, { type: 'none' }, { rtp, rtcp: undefined, rtcpMux: false });
    expect(destinations(under, session)).toEqual([]);
    expect(under.datapath.counters()['send-no-path']).toBe(2);
    under.receiveAtOwnPort('rtp', plainRtp(1), stranger, start);
    under.receiveAtOwnPort('rtcp', receiverReport, { ...stranger, port: 10_000 }, start);
    expect(destinations(under, session)).toEqual(['rtp 198.51.100.9:9999', 'rtcp 198.51.100.9:10000']);
  });

  it('sends to a source behind a NAT, and on the named port to one that only sends from another', () => {
    const under = open();
    const [rtp, rtcp] = [
      { ip: '10.0.0.5', port: 5_004 },
      { ip: '10.0.0.5', port: 5_005 },
    ];
    const session = openPorts(under, { type: 'none' }, { ...remote, rtp, rtcp });
    under.receiveAtOwnPort('rtp', plainRtp(1), { ...rtp, port: 61_000 }, start);
    expect(destinations(under, session)).toEqual(['rtp 10.0.0.5:5004', 'rtcp 10.0.0.5:5005']);
    const later = at(sourceSilenceMax);
    under.receiveAtOwnPort('rtp', plainRtp(2), stranger, later);
    under.receiveAtOwnPort('rtcp', receiverReport, stranger, later);
    expect(destinations(under, session)).toEqual(['rtp 198.51.100.9:9999', 'rtcp 198.51.100.9:9999']);
    under.datapath.setPortRemote(session, { ...remote, rtp: { ip: '203.0.113.6', port: 6_000 } });
    expect(destinations(under, session)).toEqual(['rtp 203.0.113.6:6000', 'rtcp 203.0.113.5:5005']);
  });

  it('in the clear sends to a named global address whoever is heard, and follows with keys', () => {
    const under = open();
    const plain = openPorts(under);
    under.receiveAtOwnPort('rtp', plainRtp(1), stranger, start);
    expect(destinations(under, plain)).toEqual(['rtp 203.0.113.5:5004', 'rtcp 203.0.113.5:5005']);
    const keys = keyPair('AES128_CM_HMAC_SHA1_80');
    const sealed = openPorts(under, { type: 'srtp', keys: keys.ours });
    const peer = new RemotePeer(stranger, keys.theirs);
    under.receiveAtOwnPort('rtp', peer.sealRtp({ sequence: 1 }, payload), stranger, start);
    expect(destinations(under, sealed)[0]).toBe('rtp 198.51.100.9:9999');
  });

  it('in the clear takes RTCP of the named global address and of whoever sends the RTP, and of nobody else', () => {
    const under = open();
    openPorts(under);
    under.receiveAtOwnPort('rtcp', receiverReport, stranger, start);
    expect(under.datapath.counters()['receive-other-source']).toBe(1);
    const rows = collectRows(under);
    under.receiveAtOwnPort('rtcp', receiverReport, { ...rtcpFrom, port: 61_001 }, start);
    under.receiveAtOwnPort('rtp', plainRtp(1), stranger, start);
    under.receiveAtOwnPort('rtcp', receiverReport, { ...stranger, port: 10_000 }, at(sourceSilenceMax));
    under.receiveAtOwnPort('rtcp', receiverReport, { ...stranger, ip: '198.51.100.10' }, at(2 * sourceSilenceMax));
    under.deliver();
    expect(rows).toHaveLength(3);
    expect(under.datapath.counters()['receive-other-source']).toBe(2);
  });

  it('lets nobody take over a living source, and no forged packet become one', () => {
    const under = open();
    const keys = keyPair('AES128_CM_HMAC_SHA1_80');
    const session = openPorts(under, { type: 'srtp', keys: keys.ours });
    const peer = new RemotePeer(rtpFrom, keys.theirs);
    const rows = collectRows(under);
    under.receiveAtOwnPort('rtp', plainRtp(1), stranger, start);
    expect(destinations(under, session)[0]).toBe('rtp 203.0.113.5:5004');
    under.receiveAtOwnPort('rtp', peer.sealRtp({ sequence: 1 }, payload), rtpFrom, start);
    const replayed = peer.sealRtp({ sequence: 2 }, payload);
    under.receiveAtOwnPort('rtp', replayed, stranger, at(sourceSilenceMax - 1));
    under.receiveAtOwnPort('rtp', replayed, rtpFrom, at(sourceSilenceMax - 1));
    under.deliver();
    expect(rows).toHaveLength(2);
    expect(destinations(under, session)[0]).toBe('rtp 203.0.113.5:5004');
    expect(under.datapath.counters()).toMatchObject({
      'receive-authentication-failed': 1,
      'receive-other-source': 1,
    });
  });

  it('drops and counts what is neither RTP nor RTCP, RTP at the RTCP port, and what came for nobody', () => {
    const under = open();
    const rows = collectRows(under);
    under.receiveAtOwnPort('rtp', plainRtp(1), rtpFrom, start);
    const session = openPorts(under);
    under.receiveAtOwnPort('rtp', stun, rtpFrom, start);
    under.receiveAtOwnPort('rtp', Uint8Array.from([22, 254, 253, 0]), rtpFrom, start);
    under.receiveAtOwnPort('rtcp', plainRtp(1), rtcpFrom, start);
    under.receiveAtOwnPort('rtp', new Uint8Array(0), rtpFrom, start);
    under.receiveAtOwnPort('rtp', plainRtp(1), { ...rtpFrom, port: 0 }, start);
    under.receiveAtOwnPort('rtp', new Uint8Array(3_000).fill(0x80), rtpFrom, start);
    for (let length = 1; length < 12; length++) {
      under.receiveAtOwnPort('rtp', plainRtp(1).subarray(0, length), rtpFrom, start);
    }
    under.datapath.closeSession(session);
    under.receiveAtOwnPort('rtp', plainRtp(1), rtpFrom, start);
    under.deliver();
    expect(rows).toEqual([]);
    expect(under.sizes().sessions).toBe(0);
    expect(under.datapath.counters()).toMatchObject({
      'receive-unbound-path': 2,
      'receive-unknown-kind': 3,
      'receive-empty': 1,
      'receive-from-port-0': 1,
      'receive-too-long': 1,
      'receive-truncated': 11,
    });
  });

  it('survives random packets from anywhere, and keeps no slot of them', () => {
    const under = open();
    openPorts(under);
    const free = under.datapath.pool.freeCount;
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.boolean(),
        fc.constantFrom('rtp', 'rtcp'),
        fc.nat({ max: 65_535 }),
        (bytes, looksRight, name, port) => {
          if (looksRight && bytes.length > 0) bytes[0] = 0x80;
          under.receiveAtOwnPort(name, bytes, { ...stranger, port }, start);
          under.deliver();
          expect(under.datapath.pool.freeCount).toBe(free);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('leaves its ports to the next session, and is reached by no shared path', () => {
    const under = open();
    const first = openPorts(under);
    const second = openPorts(under);
    under.datapath.closeSession(first);
    const rows = collectRows(under);
    under.receiveAtOwnPort('rtp', plainRtp(1), rtpFrom, start);
    under.deliver();
    expect(rows.map((row) => row.session)).toEqual([second]);
    const path = openPath(under);
    expect(() => under.datapath.bindPath(path, second)).toThrow(BrokenInvariant);
    under.receive(plainRtp(2), { ip: '203.0.113.5', port: 5_000 });
    under.deliver();
    expect(under.datapath.counters()['receive-unbound-path']).toBe(1);
  });

  it('takes packets under another remote key from when it is told, and goes on with its own', () => {
    const under = open();
    const profile = 'AES256_CM_HMAC_SHA1_32';
    const [before, after] = [keyPair(profile), keyPair(profile, 50)];
    const session = openPorts(under, { type: 'srtp', keys: before.ours });
    const rows = collectRows(under);
    const { remoteKey: key, remoteSalt: salt } = after.ours;
    under.datapath.setRemoteKey(session, { profile, key, salt });
    under.receiveAtOwnPort('rtp', new RemotePeer(rtpFrom, before.theirs).sealRtp({}, payload), rtpFrom, start);
    under.receiveAtOwnPort('rtp', new RemotePeer(rtpFrom, after.theirs).sealRtp({}, payload), rtpFrom, start);
    under.deliver();
    expect(rows).toHaveLength(1);
    under.datapath.sendRtcp(session, receiverReport);
    expect(new RemotePeer(rtpFrom, before.theirs).openRtcp(under.sent[0].bytes)).toEqual(receiverReport);
    const plain = openPorts(under);
    expect(() => under.datapath.setRemoteKey(plain, { profile, key, salt })).toThrow(BrokenInvariant);
  });

  it('tells once when a key is nearly used up, in either direction', () => {
    const under = open();
    const keys = keyPair('AES128_CM_HMAC_SHA1_80');
    const session = openPorts(under, { type: 'srtp', keys: { ...keys.ours, remoteLifetime: 32 } });
    const peer = new RemotePeer(rtpFrom, keys.theirs);
    for (let sequence = 1; sequence <= 32; sequence++) {
      expect(under.datapath.pollKeyLimit()).toBe(sequence === 29 ? session : undefined);
      under.receiveAtOwnPort('rtp', peer.sealRtp({ sequence }, payload), rtpFrom, start);
    }
    under.receiveAtOwnPort('rtp', peer.sealRtp({ sequence: 33 }, payload), rtpFrom, start);
    expect(under.datapath.pollKeyLimit()).toBeUndefined();
    expect(under.datapath.counters()['receive-index-exhausted']).toBe(1);
  });
});
