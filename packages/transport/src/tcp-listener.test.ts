import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type PathHandle, receivedKind } from '@rivero/core';
import { type Traffic, TwinDatapath } from '@rivero/datapath';
import { frame } from '@rivero/protocol/ice';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectionsOfOneMax, controlWaitingMax, mediaWaitingMax, TcpListener } from './tcp-listener.ts';

const stun = Uint8Array.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
const closers: (() => unknown)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const close of closers.splice(0)) await close();
});

async function openListener(port = 0, isValidated = () => true) {
  const datapath = new TwinDatapath({ slotsMax: 16 });
  const received: { readonly path: PathHandle; readonly bytes: Uint8Array }[] = [];
  const closed: PathHandle[] = [];
  datapath.onBatch((batch) => {
    for (let row = 0; row < batch.count; row++) {
      expect(batch.kind[row]).toBe(receivedKind.datagram);
      const offset = batch.offset[row];
      const path = batch.path[row] as PathHandle;
      received.push({ path, bytes: datapath.pool.bytes.slice(offset, offset + batch.length[row]) });
      datapath.sendDatagram(path, stun);
    }
  });
  const listener = new TcpListener({
    datapath,
    addresses: ['127.0.0.1'],
    port,
    onClosed: (path) => closed.push(path),
    isValidated,
    onReceived: () => datapath.deliver(),
  });
  const bound = await listener.open();
  closers.push(() => listener.close());
  return { datapath, listener, port: bound, received, closed };
}

async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  closers.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

describe('TcpListener', () => {
  it('carries framed packets both ways, however the stream is cut (RFC 4571)', async () => {
    const { port, received } = await openListener();
    const socket = await connectTo(port);
    const answer = once(socket, 'data');
    const framed = frame(stun);
    socket.write(framed.subarray(0, 1));
    await new Promise((resolve) => setImmediate(resolve));
    socket.write(framed.subarray(1));
    const [bytes] = await answer;
    expect(Uint8Array.from(bytes)).toEqual(Uint8Array.from(framed));
    expect(received.map((packet) => packet.bytes)).toEqual([stun]);
  });

  it('tells when a connection closed, and its path is gone', async () => {
    const { port, received, closed, datapath } = await openListener();
    const socket = await connectTo(port);
    socket.write(frame(stun));
    await once(socket, 'data');
    socket.end();
    await expect.poll(() => closed).toEqual([received[0].path]);
    expect(datapath.sizes().paths).toBe(0);
  });

  it('has no room for media when 256 KiB wait, and none for STUN, DTLS and RTCP when 512 KiB do', async () => {
    const { port, datapath } = await openListener();
    const openStream = vi.spyOn(datapath.paths, 'openStream');
    const socket = await connectTo(port);
    socket.pause();
    await expect.poll(() => openStream.mock.calls.length).toBe(1);
    const [[stream]] = openStream.mock.calls;
    const packet = new Uint8Array(1_200);
    const fill = (traffic: Traffic): number => {
      let length = 0;
      for (; !stream.isCongested(traffic); length += packet.length + 2) stream.write(packet);
      return length;
    };
    expect(fill('media')).toBeGreaterThan(mediaWaitingMax);
    const more = fill('control');
    expect(Math.abs(more - (controlWaitingMax - mediaWaitingMax))).toBeLessThan(2 * packet.length);
  });

  it('closes a connection whose frame is longer than any packet', async () => {
    const { port, listener } = await openListener();
    const socket = await connectTo(port);
    socket.write(Uint8Array.from([0xff, 0xff, 1]));
    await once(socket, 'close');
    expect(listener.counters.get('frame-too-long')).toBe(1);
  });

  it(`refuses more than ${connectionsOfOneMax} connections of one address`, async () => {
    const { port, listener } = await openListener();
    const sockets = await Promise.all(Array.from({ length: connectionsOfOneMax + 1 }, () => connectTo(port)));
    await expect.poll(() => listener.counters.get('refused-too-many-of-one')).toBe(1);
    expect(sockets.length - 1).toBe(listener.counters.get('accepted'));
  });

  it('closes a connection by which no valid check came for 10 s', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const { port, listener } = await openListener(0, () => false);
    const socket = await connectTo(port);
    socket.write(frame(stun));
    await once(socket, 'data');
    vi.advanceTimersByTime(9_999);
    expect(listener.counters.get('never-validated')).toBe(0);
    vi.advanceTimersByTime(1);
    await once(socket, 'close');
    expect(listener.counters.get('never-validated')).toBe(1);
  });

  it('closes a connection within seconds when its path is forgotten or its session closes', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    let isValidated = true;
    const { port, listener } = await openListener(0, () => isValidated);
    const socket = await connectTo(port);
    socket.write(frame(stun));
    await once(socket, 'data');
    vi.advanceTimersByTime(3_600_000);
    expect(listener.counters.snapshot()).toMatchObject({ 'never-validated': 0, 'no-longer-validated': 0 });
    isValidated = false;
    vi.advanceTimersByTime(2_500);
    await once(socket, 'close');
    expect(listener.counters.snapshot()).toMatchObject({ 'never-validated': 0, 'no-longer-validated': 1 });
  });

  it('leaves no timer behind when it closes', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { listener } = await openListener();
    expect(vi.getTimerCount()).toBe(1);
    await listener.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says which setting to change when the port is taken', async () => {
    const { port } = await openListener();
    await expect(openListener(port)).rejects.toMatchObject({
      code: 'media-port-taken',
      message: expect.stringContaining('RIVERO_MEDIA_PORT'),
    });
  });
});
