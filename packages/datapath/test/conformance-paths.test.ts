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
import { type Implementation, implementations } from './implementations.ts';

describe.each(implementations)('the $name datapath opens paths itself', ({ open }: Implementation) => {
  it('and finds by them what the address answers', () => {
    const under = open();
    const path = under.datapath.paths.openDatagram(peerAddress);
    if (path === undefined) throw new Error('no path');
    under.datapath.sendDatagram(path, stun);
    expect(under.sent).toEqual([{ bytes: stun, to: peerAddress }]);
    const rows = collectRows(under);
    under.receive(stun, peerAddress);
    under.deliver();
    expect(rows.map((row) => row.path)).toEqual([path]);
    const local = { ip: '192.0.2.1', port: 40_000 };
    expect(under.datapath.paths.ends(path)).toEqual({ local, remote: peerAddress, protocol: 'udp' });
  });

  it('and answers the one that is there, whoever spoke first', () => {
    const under = open();
    expect(under.datapath.paths.openDatagram(peerAddress)).toBe(openPath(under));
    expect(under.sizes().paths).toBe(1);
  });

  it.each(['127.0.0.1', '2001:db8::1', 'fe80::1', '224.0.0.1', 'name.local'])('and none to %s', (ip) => {
    const under = open();
    expect(under.datapath.paths.openDatagram({ ip, port: 5_000 })).toBeUndefined();
    expect(under.sizes().paths).toBe(0);
  });

  it('and forgets the oldest that nobody pinned, when there are too many', () => {
    const under = open();
    for (let i = 0; i <= unboundPathsMax; i++)
      under.datapath.paths.openDatagram({ ip: `203.0.${i >> 8}.${i & 0xff || 1}`, port: 1_000 + i });
    expect(under.sizes().paths).toBe(unboundPathsMax);
  });
});

describe.each(implementations)('the $name datapath counts the bytes of each session', ({ open }: Implementation) => {
  it('as they were on the wire, and only what was authentic', () => {
    const under = open();
    const { session, peer, path } = openSession(under);
    const rtp = peer.sealRtp({ sequence: 1 }, payload);
    const rtcp = peer.sealRtcp(receiverReport);
    const [rtpLength, rtcpLength] = [rtp.length, rtcp.length];
    for (const bytes of [rtp, rtcp, rtp, stun]) under.receive(bytes.slice(), peerAddress);
    under.deliver();
    const received = rtpLength + rtcpLength;
    expect(under.datapath.sessionTraffic(session)).toEqual({ bytesSent: 0, bytesReceived: received });

    const stream = openStream(under, session, new Uint8Array(0), 1);
    send(under, [{ stream, sequence: 1 }]);
    under.datapath.sendRtcp(session, receiverReport);
    under.datapath.sendDatagram(path, stun);
    const bytesSent = under.sent[0].bytes.length + under.sent[1].bytes.length;
    expect(under.datapath.sessionTraffic(session)).toEqual({ bytesSent, bytesReceived: received });
  });

  it('and knows none of a closed one', () => {
    const under = open();
    const { session } = openSession(under);
    under.datapath.closeSession(session);
    expect(under.datapath.sessionTraffic(session)).toBeUndefined();
  });
});
