import { packetSlotSize, receivedKind, sendFlag } from '@rivero/core';
import { emptyExtensionElement, findExtensionElement } from '@rivero/protocol/rtp';
import type { SrtpProfile } from '@rivero/protocol/srtp';
import { describe, expect, it } from 'vitest';
import { unboundPathsMax } from '../src/index.ts';
import {
  collectRows,
  openPath,
  openSession,
  openStream,
  payload,
  peerAddress,
  receiverReport,
  send,
  stun,
} from './exchange.ts';
import { type Implementation, implementations, keyPair } from './implementations.ts';
import { RemotePeer } from './remote-peer.ts';

describe.each(implementations)('the $name datapath receives', ({ open }: Implementation) => {
  it.each<SrtpProfile>(['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'])(
    'RTP and RTCP of a bound path, opened (%s)',
    (profile) => {
      const under = open();
      const { path, session, peer } = openSession(under, profile);
      const rows = collectRows(under);
      under.receive(peer.sealRtp({ marker: true, sequence: 5 }, payload), peerAddress);
      under.receive(peer.sealRtcp(receiverReport), peerAddress);
      under.deliver();
      expect(rows.map(({ kind }) => kind)).toEqual([receivedKind.rtp, receivedKind.rtcp]);
      expect(rows.every((row) => row.path === path && row.session === session)).toBe(true);
      expect(rows[0].bytes.subarray(12)).toEqual(payload);
      expect(rows[1].bytes).toEqual(receiverReport);
    },
  );

  it('STUN and DTLS as they are, by one path for one address and another for another', () => {
    const under = open();
    const rows = collectRows(under);
    const dtls = Uint8Array.from([22, 254, 253, 0]);
    under.receive(stun, peerAddress);
    under.receive(dtls, peerAddress);
    under.receive(stun, { ...peerAddress, port: 5_001 });
    under.deliver();
    expect(rows.map(({ kind }) => kind)).toEqual(Array.from({ length: 3 }, () => receivedKind.datagram));
    expect(rows[1].bytes).toEqual(dtls);
    expect(rows[1].path).toBe(rows[0].path);
    expect(rows[2].path).not.toBe(rows[0].path);
    expect(under.datapath.paths.remote(rows[2].path)).toEqual({ ...peerAddress, port: 5_001 });
  });

  it('nothing that it cannot believe, and counts why', () => {
    const under = open();
    const { peer } = openSession(under);
    const rows = collectRows(under);
    const sealed = peer.sealRtp({ sequence: 1 }, payload);
    const forged = peer.sealRtp({ sequence: 2 }, payload);
    forged[20] ^= 1;
    under.receive(sealed, peerAddress);
    under.receive(sealed, peerAddress);
    under.receive(forged, peerAddress);
    under.receive(sealed, { ...peerAddress, port: 6_000 });
    under.receive(stun, { ...peerAddress, port: 7_000 });
    under.receive(sealed, { ...peerAddress, port: 7_000 });
    under.receive(sealed.subarray(0, 13), peerAddress);
    under.receive(Uint8Array.from([100, 0]), peerAddress);
    under.receive(new Uint8Array(0), peerAddress);
    under.receive(stun, { ...peerAddress, port: 0 });
    under.receive(new Uint8Array(packetSlotSize + 1), peerAddress);
    under.deliver();
    expect(rows.map(({ kind }) => kind)).toEqual([receivedKind.rtp, receivedKind.datagram]);
    expect(under.datapath.counters()).toMatchObject({
      'receive-unknown-path': 1,
      'receive-replayed': 1,
      'receive-authentication-failed': 1,
      'receive-unbound-path': 1,
      'receive-truncated': 1,
      'receive-unknown-kind': 1,
      'receive-empty': 1,
      'receive-from-port-0': 1,
      'receive-too-long': 1,
    });
    expect(under.datapath.pool.freeCount).toBe(under.datapath.pool.slotsMax);
  });

  it('drops packets when every slot is in use, and goes on when one is free', () => {
    const under = open(2);
    const { peer } = openSession(under);
    const kept: number[] = [];
    under.datapath.onBatch((batch) => {
      for (let row = 0; row < batch.count; row++) {
        under.datapath.pool.retain(batch.slot[row]);
        kept.push(batch.slot[row]);
      }
    });
    for (let sequence = 1; sequence <= 3; sequence++) {
      under.receive(peer.sealRtp({ sequence }, payload), peerAddress);
      under.deliver();
    }
    expect(kept).toHaveLength(2);
    expect(under.datapath.counters()['receive-pool-empty']).toBe(1);
    under.datapath.pool.release(kept[0]);
    under.receive(peer.sealRtp({ sequence: 4 }, payload), peerAddress);
    under.deliver();
    expect(kept).toHaveLength(3);
  });

  it('forgets the oldest strangers, and no bound path, when too many come', () => {
    const under = open();
    const { path } = openSession(under);
    const rows = collectRows(under);
    for (let i = 0; i <= unboundPathsMax; i++) {
      under.receive(stun, { ip: `10.${i >> 16}.${(i >> 8) & 0xff}.${i & 0xff}`, port: 1_000 });
      under.deliver();
    }
    expect(under.sizes().paths).toBe(unboundPathsMax + 1);
    expect(under.datapath.paths.remote(path)).toEqual(peerAddress);
    expect(under.datapath.paths.remote(rows[0].path)).toBeUndefined();
  });

  it('opens a path for STUN only, and for no other first byte', () => {
    const under = open();
    const rows = collectRows(under);
    for (let first = 0; first < 256; first++)
      under.receive(Uint8Array.of(first, 0), { ...peerAddress, port: 1_000 + first });
    under.deliver();
    expect(rows.map(({ bytes }) => bytes[0])).toEqual([0, 1, 2, 3]);
    expect(under.sizes().paths).toBe(4);
    expect(under.datapath.counters()['receive-unknown-path']).toBe(252);
  });

  it('keeps pinned paths when too many strangers come, and unpinned ones no longer', () => {
    const under = open();
    const [kept, dropped] = [1, 2].map((port) => openPath(under, { ip: peerAddress.ip, port }));
    for (const path of [kept, dropped]) under.datapath.paths.pin(path);
    under.datapath.paths.unpin(dropped);
    const flood = (first: number): void => {
      for (let i = 0; i < unboundPathsMax; i++) {
        under.receive(stun, { ip: `10.${first}.${(i >> 8) & 0xff}.${i & 0xff}`, port: 1_000 });
        under.deliver();
      }
    };
    flood(0);
    expect(under.datapath.paths.remote(dropped)).toBeUndefined();
    const session = under.datapath.openSession(keyPair('AEAD_AES_128_GCM').ours, kept);
    if (session === undefined) throw new Error('no session');
    under.datapath.bindPath(kept, session);
    under.datapath.closeSession(session);
    flood(1);
    expect(under.datapath.paths.remote(kept)).toBeDefined();
    under.datapath.paths.unpin(kept);
    expect(under.sizes().paths).toBeLessThanOrEqual(unboundPathsMax + 1);
    flood(2);
    expect(under.datapath.paths.remote(kept)).toBeUndefined();
    expect(under.sizes().paths).toBe(unboundPathsMax);
  });

  it('frees the slots of a batch whose handler throws', () => {
    const under = open();
    under.datapath.onBatch(() => {
      throw new Error('a bug');
    });
    under.receive(stun, peerAddress);
    expect(() => under.deliver()).toThrow('a bug');
    expect(under.datapath.pool.freeCount).toBe(under.datapath.pool.slotsMax);
  });

  it('opens no path for a check that it has no room for', () => {
    const under = open(1);
    under.receive(new Uint8Array(packetSlotSize + 1), peerAddress);
    under.receive(stun, peerAddress);
    under.receive(stun, { ...peerAddress, port: 1_000 });
    expect(under.sizes().paths).toBe(1);
    expect(under.datapath.counters()).toMatchObject({ 'receive-too-long': 1, 'receive-pool-empty': 1, received: 3 });
  });

  it('frees the slots of packets that come within the handler', () => {
    const under = open();
    const path = openPath(under);
    let isFirst = true;
    under.datapath.onBatch(() => {
      if (isFirst) under.datapath.receiveOnPath(path, stun);
      isFirst = false;
    });
    under.receive(stun, peerAddress);
    under.deliver();
    expect(under.datapath.pool.freeCount).toBe(under.datapath.pool.slotsMax);
  });

  it('media from a path that moved to another session with the other session’s keys only', () => {
    const under = open();
    const first = openSession(under);
    const keys = keyPair('AEAD_AES_128_GCM', 90);
    const session = under.datapath.openSession(keys.ours, first.path);
    if (session === undefined) throw new Error('no session');
    under.datapath.bindPath(first.path, session);
    const rows = collectRows(under);
    under.receive(first.peer.sealRtp({ sequence: 1 }, payload), peerAddress);
    under.receive(new RemotePeer(peerAddress, keys.theirs).sealRtp({ sequence: 1 }, payload), peerAddress);
    under.deliver();
    expect(rows.map((row) => row.session)).toEqual([session]);
    under.datapath.unbindPath(first.path, first.session);
    under.receive(new RemotePeer(peerAddress, keys.theirs).sealRtp({ sequence: 2 }, payload), peerAddress);
    under.deliver();
    expect(rows).toHaveLength(2);
    under.datapath.unbindPath(first.path, session);
    under.receive(stun, peerAddress);
    under.receive(first.peer.sealRtp({ sequence: 2 }, payload), peerAddress);
    under.deliver();
    expect(rows).toHaveLength(3);
    expect(rows[2].kind).toBe(receivedKind.datagram);
  });
});

describe.each(implementations)('the $name datapath sends', ({ open }: Implementation) => {
  it.each<SrtpProfile>(['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'])(
    'rows as sealed RTP with header and extensions rewritten (%s)',
    (profile) => {
      const under = open();
      const { session, peer } = openSession(under, profile);
      const stream = openStream(under, session, Uint8Array.from([0x40, 0x61]));
      const batch = send(under, [
        { stream, sequence: 65_535, flags: sendFlag.marker, elements: Uint8Array.from([0x20, 0x7f]) },
        { stream, sequence: 65_536 },
      ]);
      expect(batch.count).toBe(0);
      expect(batch.extensionUsed).toBe(0);
      expect(under.sent.map(({ to }) => to)).toEqual([peerAddress, peerAddress]);
      const [first, second] = under.sent.map(({ bytes }) => peer.openRtp(bytes));
      expect(first.header).toMatchObject({
        ssrc: 0xcafe,
        sequence: 65_535,
        timestamp: 0xfedcba98,
        payloadType: 111,
        marker: true,
      });
      expect(second.header).toMatchObject({ sequence: 0, marker: false });
      expect(first.payload).toEqual(payload);
      const element = emptyExtensionElement();
      expect(findExtensionElement(first.bytes, first.header, 4, element)).toBe(true);
      expect(first.bytes[element.offset]).toBe(0x61);
      expect(findExtensionElement(first.bytes, first.header, 2, element)).toBe(true);
      expect(first.bytes[element.offset]).toBe(0x7f);
      expect(findExtensionElement(second.bytes, second.header, 2, element)).toBe(false);
    },
  );

  it('a marker that the flags say, and none of a payload type that has more than 7 bits', () => {
    const under = open();
    const { session, peer } = openSession(under);
    const stream = openStream(under, session);
    for (const payloadType of [127, 128, 255]) send(under, [{ stream, sequence: payloadType, payloadType }]);
    const headers = under.sent.map(({ bytes }) => peer.openRtp(bytes).header);
    expect(headers.map(({ payloadType, marker }) => [payloadType, marker])).toEqual([
      [127, false],
      [0, false],
      [127, false],
    ]);
  });

  it('RTX with the original sequence number before the payload (RFC 4588 section 4)', () => {
    const under = open();
    const { session, peer } = openSession(under);
    const stream = openStream(under, session);
    send(under, [{ stream, sequence: 9, flags: sendFlag.rtx, originalSequence: 0xabcd }]);
    const { payload: wrapped } = peer.openRtp(under.sent[0].bytes);
    expect(wrapped.subarray(0, 2)).toEqual(Uint8Array.from([0xab, 0xcd]));
    expect(wrapped.subarray(2)).toEqual(payload);
  });

  it('to the new path after the session moved, which only the session does', () => {
    const under = open();
    const { session } = openSession(under);
    const stream = openStream(under, session);
    const moved = { ip: '198.51.100.9', port: 7_000 };
    under.datapath.setSessionPath(session, openPath(under, moved));
    send(under, [{ stream, sequence: 1 }]);
    under.datapath.sendRtcp(session, receiverReport);
    expect(under.sent.map(({ to }) => to)).toEqual([moved, moved]);
  });

  it('nothing while the session has no path, and goes on when it has one', () => {
    const under = open();
    const { path, session } = openSession(under);
    const stream = openStream(under, session);
    under.datapath.setSessionPath(session, undefined);
    send(under, [{ stream, sequence: 1 }]);
    under.datapath.sendRtcp(session, receiverReport);
    expect(under.sent).toEqual([]);
    expect(under.datapath.counters()['send-no-path']).toBe(2);
    under.datapath.setSessionPath(session, path);
    send(under, [{ stream, sequence: 2 }]);
    expect(under.sent).toHaveLength(1);
  });

  it('never writes over a packet that the socket still holds, however many come behind it', () => {
    const under = open();
    const { path, session, peer } = openSession(under);
    const stream = openStream(under, session);
    under.setHolding(true);
    send(under, [{ stream, sequence: 0 }]);
    under.datapath.sendRtcp(session, receiverReport);
    under.datapath.sendDatagram(path, stun);
    under.setHolding(false);
    for (let sequence = 1; sequence <= 1_500; sequence++) send(under, [{ stream, sequence }]);
    const [rtp, rtcp, datagram] = under.sent.map(({ bytes }) => new Uint8Array(bytes));
    expect(peer.openRtp(rtp).header.sequence).toBe(0);
    expect(peer.openRtcp(rtcp)).toEqual(receiverReport);
    expect(datagram).toEqual(stun);
  });

  it('STUN, DTLS and RTCP while media is dropped, until there is no room for them either', () => {
    const under = open();
    const { path, session } = openSession(under);
    under.setCongested(['media']);
    under.datapath.sendDatagram(path, stun);
    under.datapath.sendRtcp(session, receiverReport);
    expect(under.sent).toHaveLength(2);
    under.setCongested(['media', 'control']);
    under.datapath.sendDatagram(path, stun);
    under.datapath.sendRtcp(session, receiverReport);
    expect(under.sent).toHaveLength(2);
    expect(under.datapath.counters()['send-congested']).toBe(2);
  });

  it('RTCP sealed, datagrams as they are', () => {
    const under = open();
    const { path, session, peer } = openSession(under);
    under.datapath.sendRtcp(session, receiverReport);
    under.datapath.sendDatagram(path, stun);
    expect(peer.openRtcp(under.sent[0].bytes)).toEqual(receiverReport);
    expect(under.sent[1].bytes).toEqual(stun);
  });

  it('nothing for what is closed, too long, or congested, and counts why', () => {
    const under = open();
    const { path, session } = openSession(under);
    const stream = openStream(under, session);
    send(under, [{ stream, sequence: 1, payloadLength: packetSlotSize }]);
    under.datapath.sendDatagram(path, new Uint8Array(packetSlotSize + 1));
    under.datapath.sendRtcp(session, new Uint8Array(packetSlotSize));
    under.setCongested(['media']);
    send(under, [{ stream, sequence: 2 }]);
    under.setCongested([]);
    under.datapath.closeStream(stream);
    send(under, [{ stream, sequence: 3 }]);
    const last = openStream(under, session);
    under.datapath.paths.close(path);
    send(under, [{ stream: last, sequence: 4 }]);
    under.datapath.sendDatagram(path, stun);
    under.datapath.closeSession(session);
    send(under, [{ stream: last, sequence: 5 }]);
    under.datapath.sendRtcp(session, receiverReport);
    expect(under.sent).toEqual([]);
    expect(under.datapath.counters()).toMatchObject({
      'send-too-long': 3,
      'send-congested': 1,
      'send-stale-stream': 2,
      'send-no-path': 2,
      'send-stale-session': 1,
    });
    expect(
      under.datapath.openStream({ session, ssrc: 1, extensionElements: new Uint8Array(0), resendMax: 0 }),
    ).toBeUndefined();
    expect(under.sizes()).toEqual({ paths: 0, sessions: 0, streams: 0 });
  });
});
