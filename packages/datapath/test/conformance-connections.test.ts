import { receivedKind } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { collectRows, openStream, payload, peerAddress, receiverReport, send } from './exchange.ts';
import { type Implementation, implementations, keyPair } from './implementations.ts';
import { RemotePeer } from './remote-peer.ts';

describe.each(implementations)('the $name datapath over connections', ({ open }: Implementation) => {
  it('carries sessions both ways and drops media, and no RTCP, when one is congested', () => {
    const under = open();
    const written: Uint8Array[] = [];
    let isCongested = false;
    const local = { ip: '192.0.2.1', port: 40_000 };
    const path = under.datapath.paths.openStream({
      local,
      remote: peerAddress,
      write: (packet) => void written.push(new Uint8Array(packet)),
      isCongested: (traffic) => isCongested && traffic === 'media',
    });
    if (path === undefined) throw new Error('no path');
    expect(under.datapath.paths.ends(path)).toEqual({ local, remote: peerAddress, protocol: 'tcp' });
    const keys = keyPair('AEAD_AES_128_GCM');
    const session = under.datapath.openSession(keys.ours, path);
    if (session === undefined) throw new Error('no session');
    under.datapath.bindPath(path, session);
    const peer = new RemotePeer(peerAddress, keys.theirs);
    const rows = collectRows(under);
    under.datapath.receiveOnPath(path, peer.sealRtp({ sequence: 1 }, payload));
    under.deliver();
    expect(rows[0]).toMatchObject({ kind: receivedKind.rtp, session, path });
    const stream = openStream(under, session);
    send(under, [{ stream, sequence: 1 }]);
    isCongested = true;
    send(under, [{ stream, sequence: 2 }]);
    under.datapath.sendRtcp(session, receiverReport);
    expect(peer.openRtcp(Uint8Array.from(written.splice(1)[0]))).toEqual(receiverReport);
    expect(written.map((bytes) => peer.openRtp(Uint8Array.from(bytes)).header.sequence)).toEqual([1]);
    under.datapath.paths.close(path);
    under.datapath.receiveOnPath(path, peer.sealRtp({ sequence: 2 }, payload));
    under.deliver();
    expect(rows).toHaveLength(1);
  });
});
