import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { PathHandle, TransportAddress } from '@rivero/core';
import { afterEach, describe, expect, it } from 'vitest';
import { connectedSocketsMax } from './connected-sockets.ts';
import { openUdpSockets, TwinDatapath } from './index.ts';

const dtls = Uint8Array.from([22, 254, 253, 0]);
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function open(): Promise<TwinDatapath> {
  const datapath = new TwinDatapath({ slotsMax: 64 });
  const sockets = await openUdpSockets(datapath, ['127.0.0.1'], 0);
  closers.push(() => sockets.close());
  return datapath;
}

async function openPeer(): Promise<{ peer: Socket; address: TransportAddress }> {
  const peer = createSocket('udp4');
  peer.bind(0, '127.0.0.1');
  await once(peer, 'listening');
  closers.push(() => peer.close());
  return { peer, address: { ip: '127.0.0.1', port: peer.address().port } };
}

function received(datapath: TwinDatapath): PathHandle[] {
  const paths: PathHandle[] = [];
  datapath.onBatch((batch) => {
    for (let row = 0; row < batch.count; row++) paths.push(batch.path[row] as PathHandle);
  });
  return paths;
}

describe('connected sockets', () => {
  it('carry datagrams both ways, each from a port of its own', async () => {
    const datapath = await open();
    const { peer, address } = await openPeer();
    const from: number[] = [];
    peer.on('message', (bytes, remote) => {
      from.push(remote.port);
      peer.send(bytes, remote.port, remote.address);
    });
    const paths = received(datapath);
    const opened = [datapath.paths.openConnected(address), datapath.paths.openConnected(address)];
    const locals = opened.map((path) => path !== undefined && datapath.paths.ends(path)?.local.port);
    for (const path of opened) if (path !== undefined) datapath.sendDatagram(path, dtls);
    await expect.poll(() => new Set(paths), { interval: 5 }).toEqual(new Set(opened));
    expect(new Set(from)).toEqual(new Set(locals));
    expect(new Set(locals).size).toBe(2);
  });

  it('tell both ends of their path', async () => {
    const datapath = await open();
    const { address } = await openPeer();
    const path = datapath.paths.openConnected(address);
    expect(path !== undefined && datapath.paths.ends(path)).toEqual({
      local: { ip: '127.0.0.1', port: expect.any(Number) },
      remote: address,
      protocol: 'udp',
    });
  });

  it('receive nothing from anybody else', async () => {
    const datapath = await open();
    const { address } = await openPeer();
    const stranger = await openPeer();
    const path = datapath.paths.openConnected(address);
    const shared = datapath.paths.openDatagram(stranger.address);
    if (path === undefined || shared === undefined) throw new Error('no path');
    const paths = received(datapath);
    for (const to of [path, shared]) {
      const { port } = datapath.paths.ends(to)?.local ?? { port: 0 };
      stranger.peer.send(dtls, port, '127.0.0.1');
    }
    await expect.poll(() => paths.length, { interval: 5 }).toBe(1);
    expect(paths).toEqual([shared]);
  });

  it('close with their path, and do nothing afterwards', async () => {
    const datapath = await open();
    const { address } = await openPeer();
    const path = datapath.paths.openConnected(address);
    if (path === undefined) throw new Error('no path');
    datapath.paths.close(path);
    datapath.paths.close(path);
    datapath.sendDatagram(path, dtls);
    expect(datapath.counters()['send-no-path']).toBe(1);
    expect(datapath.sizes().paths).toBe(0);
  });

  it('live on when nobody listens at the other end', async () => {
    const datapath = await open();
    const { peer, address } = await openPeer();
    const path = datapath.paths.openConnected(address);
    if (path === undefined) throw new Error('no path');
    closers.pop();
    peer.close();
    await once(peer, 'close');
    for (let i = 0; i < 3; i++) {
      datapath.sendDatagram(path, dtls);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(datapath.counters().sent).toBe(3);
  });

  it(`are ${connectedSocketsMax} at most, and there is room again when one closes`, async () => {
    const datapath = await open();
    const { address } = await openPeer();
    const paths = Array.from({ length: connectedSocketsMax }, () => datapath.paths.openConnected(address));
    expect(paths).not.toContain(undefined);
    expect(datapath.paths.openConnected(address)).toBeUndefined();
    datapath.paths.close(paths[0] ?? (0 as PathHandle));
    expect(datapath.paths.openConnected(address)).toBeDefined();
  });

  it.each(['name.local', '224.0.0.1', 'fe80::1', '::1', '203.0.113.1'])('are not opened to %s', async (ip) => {
    expect((await open()).paths.openConnected({ ip, port: 9 })).toBeUndefined();
  });

  it('exist no more once the sockets of the worker are closed', async () => {
    const datapath = new TwinDatapath({ slotsMax: 4 });
    const sockets = await openUdpSockets(datapath, ['127.0.0.1'], 0);
    const { address } = await openPeer();
    const path = datapath.paths.openConnected(address);
    if (path === undefined) throw new Error('no path');
    await sockets.close();
    datapath.sendDatagram(path, dtls);
    datapath.paths.close(path);
    expect(datapath.paths.openConnected(address)).toBeUndefined();
  });
});
