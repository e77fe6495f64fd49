import { sendFlag } from '@rivero/core';
import { srtpStreamsMax } from '@rivero/protocol/srtp';
import { describe, expect, it } from 'vitest';
import { collectRows, openSession, openStream, peerAddress, receiverReport, send } from './exchange.ts';
import { type Implementation, implementations } from './implementations.ts';
import { RemotePeer } from './remote-peer.ts';

describe.each(implementations)('the $name datapath and indexes that were used before', ({ open }: Implementation) => {
  it('seals nothing else under a used index, however it is asked: by a first sending, and by one more', () => {
    const under = open();
    const { session } = openSession(under);
    const stream = openStream(under, session, new Uint8Array(0), 4);
    send(under, [{ stream, sequence: 1 }]);
    for (const flags of [0, sendFlag.marker, sendFlag.resend | sendFlag.marker])
      send(under, [{ stream, sequence: 1, flags }]);
    send(under, [{ stream, sequence: 1, flags: sendFlag.resend, timestamp: 9 }]);
    expect(under.sent).toHaveLength(1);
    expect(under.datapath.counters()).toMatchObject({ 'send-index-reused': 2, 'send-resend-differs': 2 });
  });

  it('refuses an index that another open stream of the same SSRC and session has used', () => {
    const under = open();
    const { session } = openSession(under);
    const [first, second] = [openStream(under, session), openStream(under, session)];
    send(under, [{ stream: first, sequence: 1 }]);
    under.datapath.closeStream(first);
    for (const sequence of [1, 2]) send(under, [{ stream: second, sequence }]);
    expect(under.sent).toHaveLength(2);
    expect(under.datapath.counters()['send-index-reused']).toBe(1);
  });

  it('refuses it also after many more sessions and streams were opened', () => {
    const under = open();
    const { session } = openSession(under);
    const stream = openStream(under, session);
    send(under, [{ stream, sequence: 1 }]);
    for (let i = 0; i < 40; i++) {
      const other = openSession(under).session;
      for (let ssrc = 0; ssrc < 4; ssrc++) openStream(under, other, undefined, 0, ssrc);
      for (let ssrc = 0; ssrc < 4; ssrc++)
        send(under, [{ stream: openStream(under, session, undefined, 0, i * 4 + ssrc), sequence: 1 }]);
    }
    const before = under.sent.length;
    for (const sequence of [1, 2, 2]) send(under, [{ stream, sequence }]);
    expect(under.sent).toHaveLength(before + 1);
    expect(under.datapath.counters()['send-index-reused']).toBe(2);
  });

  it('refuses every index of an SSRC whose last stream is closed, and gives as many others their turn', () => {
    const under = open();
    const { session } = openSession(under);
    for (let ssrc = 0; ssrc <= srtpStreamsMax; ssrc++) {
      const stream = openStream(under, session, undefined, 0, ssrc);
      send(under, [{ stream, sequence: 1 }]);
      under.datapath.closeStream(stream);
    }
    expect(under.sent).toHaveLength(srtpStreamsMax + 1);
    for (const sequence of [1, 70_000])
      send(under, [{ stream: openStream(under, session, undefined, 0, 0), sequence }]);
    expect(under.sent).toHaveLength(srtpStreamsMax + 1);
    expect(under.datapath.counters()).toMatchObject({ 'send-index-reused': 2, 'send-too-many-streams': 0 });
  });

  it('refuses an index that is older than those it remembers, used or not', () => {
    const under = open();
    const { session } = openSession(under);
    const stream = openStream(under, session);
    for (const sequence of [1, 70_000, 1, 2, 69_999]) send(under, [{ stream, sequence }]);
    expect(under.sent).toHaveLength(3);
    expect(under.datapath.counters()['send-index-reused']).toBe(2);
  });

  it('seals RTP up to the index 2^48 - 1, and no index of that SSRC after it', () => {
    const under = open();
    const { session } = openSession(under);
    const stream = openStream(under, session, new Uint8Array(0), 4);
    const last = 2 ** 48 - 1;
    for (const sequence of [last - 1, last]) send(under, [{ stream, sequence }]);
    // Their rollover counters have 33 bits: a row has room for 32.
    for (const sequence of [last + 1, last + 2, 2 * last + 1]) send(under, [{ stream, sequence }]);
    send(under, [{ stream, sequence: last }]);
    send(under, [{ stream: openStream(under, session), sequence: last + 1 }]);
    expect(under.sent).toHaveLength(2);
    send(under, [{ stream, sequence: last, flags: sendFlag.resend }]);
    expect(under.sent[2]?.bytes).toEqual(under.sent[1]?.bytes);
    expect(under.datapath.counters()).toMatchObject({ 'send-index-reused': 5, resent: 1 });
    send(under, [{ stream: openStream(under, session, undefined, 0, 9), sequence: 0 }]);
    expect(under.sent).toHaveLength(4);
  });

  it('opens RTCP up to the index 2^31 - 1, and none of its indexes again', () => {
    const under = open();
    const { keys } = openSession(under);
    const rows = collectRows(under);
    const last = new RemotePeer(peerAddress, keys.theirs, 2 ** 31 - 2);
    const wrapped = new RemotePeer(peerAddress, keys.theirs);
    const packets = [last, last, wrapped, wrapped].map((peer) => peer.sealRtcp(receiverReport));
    for (const packet of [...packets, packets[1]]) under.receive(packet.slice(), peerAddress);
    under.deliver();
    expect(rows).toHaveLength(2);
    expect(under.datapath.counters()['receive-replayed']).toBe(3);
  });

  it('seals nothing for a congested path, so that its index is not spent', () => {
    const under = open();
    const { session, peer } = openSession(under);
    const stream = openStream(under, session);
    under.setCongested(['media']);
    send(under, [{ stream, sequence: 7 }]);
    under.setCongested([]);
    send(under, [{ stream, sequence: 7 }]);
    expect(under.datapath.counters()).toMatchObject({ 'send-congested': 1, 'send-index-reused': 0 });
    expect(peer.openRtp(under.sent[0].bytes).header.sequence).toBe(7);
  });
});
