import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { packetSlotSize, type PathHandle, receivedKind, SendBatch, type SessionHandle } from '@rivero/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type DatapathChoice, openDatapath, openUdpSockets, type SocketDatapath } from '../src/index.ts';
import { receiverReport, stun } from './exchange.ts';
import { keyPair } from './implementations.ts';

/** Packets of one burst: what the kernel segments at once. */
const burst = 64;

interface Received {
  readonly kind: number;
  readonly path: PathHandle;
  readonly bytes: Buffer;
}

/** A datapath on a socket of its own, and all that it received. */
interface Peer {
  readonly datapath: SocketDatapath;
  readonly address: { readonly ip: string; readonly port: number };
  readonly received: Received[];
  close(): Promise<void>;
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function openPeer(choice: DatapathChoice, ip = '127.0.0.1', port = 0): Promise<Peer> {
  const { datapath } = openDatapath(choice, { slotsMax: 1024 });
  const sockets = await openUdpSockets(datapath, [ip], port);
  const received: Received[] = [];
  datapath.onBatch((batch) => {
    for (let row = 0; row < batch.count; row++) {
      const [offset, length] = [batch.offset[row], batch.length[row]];
      const bytes = Buffer.from(datapath.pool.bytes.subarray(offset, offset + length));
      received.push({ kind: batch.kind[row], path: batch.path[row] as PathHandle, bytes });
    }
  });
  closers.push(() => sockets.close());
  return { datapath, address: sockets.ports[0].local, received, close: () => sockets.close() };
}

async function openSocket(ip = '127.0.0.1'): Promise<Socket> {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  socket.bind(0, ip);
  await once(socket, 'listening');
  closers.push(() => socket.close());
  return socket;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Opens paths by a check, and a session on each side; answers the session of the sender. */
async function connect(from: Peer, to: Peer): Promise<SessionHandle> {
  const keys = keyPair('AEAD_AES_128_GCM');
  const path = from.datapath.paths.openDatagram(to.address);
  const session = from.datapath.openSession(keys.ours, path);
  if (path === undefined || session === undefined) throw new Error('no session');
  from.datapath.bindPath(path, session);
  const count = to.received.length;
  from.datapath.sendDatagram(path, stun);
  await until(() => to.received.length > count);
  const back = to.received[count].path;
  const other = to.datapath.openSession(keys.theirs, back);
  if (other === undefined) throw new Error('no session');
  to.datapath.bindPath(back, other);
  return session;
}

/** One batch to the sessions in turn, a payload of each of the lengths to each, with other bytes in each packet. */
function sendBurst({ datapath }: Peer, sessions: readonly SessionHandle[], lengths: readonly number[]): Buffer[] {
  const streams = sessions.map((session) =>
    datapath.openStream({ session, ssrc: 7, extensionElements: new Uint8Array(0), resendMax: 0 }),
  );
  const batch = new SendBatch(lengths.length * sessions.length);
  const payloads: Buffer[] = [];
  const slots: number[] = [];
  for (const [i, length] of lengths.entries()) {
    const slot = datapath.pool.take();
    slots.push(slot);
    const payload = Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 7 + i * 31) & 0xff));
    datapath.pool.bytes.set(payload, slot * packetSlotSize);
    payloads.push(payload);
    for (const stream of streams) {
      const row = batch.count++;
      batch.stream[row] = stream ?? 0;
      batch.payloadOffset[row] = slot * packetSlotSize;
      batch.payloadLength[row] = length;
      batch.sequence[row] = i;
    }
  }
  datapath.send(batch);
  for (const slot of slots) datapath.pool.release(slot);
  return payloads;
}

function payloadsOf(peer: Peer): Buffer[] {
  return peer.received.filter(({ kind }) => kind === receivedKind.rtp).map(({ bytes }) => bytes.subarray(12));
}

const lengthsOfBursts: [name: string, lengths: readonly number[]][] = [
  ['of one length', Array.from({ length: burst }, () => 1_100)],
  ['of one length but for a shorter last one', Array.from({ length: burst }, (_, i) => (i === burst - 1 ? 3 : 1_100))],
  ['that grow', Array.from({ length: burst }, (_, i) => 100 + i)],
  ['that shrink', Array.from({ length: burst }, (_, i) => 1_100 - i)],
  ['of all lengths', Array.from({ length: burst }, (_, i) => (i * 421) % 1_900)],
  ['more than are segmented at once', Array.from({ length: 2 * burst }, () => 1_000)],
];

const hasIpv6 = await openPeer('twin', '::1').then(
  () => true,
  () => false,
);

describe.runIf(openDatapath('auto').type === 'native')('over sockets, a native datapath', () => {
  describe.each<[from: DatapathChoice, to: DatapathChoice, ip: string]>([
    ['native', 'native', '127.0.0.1'],
    ['native', 'twin', '127.0.0.1'],
    ['twin', 'native', '127.0.0.1'],
    ...(hasIpv6 ? [['native', 'native', '::1'] as [DatapathChoice, DatapathChoice, string]] : []),
  ])('%s to %s by %s', (fromChoice, toChoice, ip) => {
    it.each(lengthsOfBursts)('exchanges bursts %s, whole and in order', async (_name, lengths) => {
      const [from, to] = [await openPeer(fromChoice, ip), await openPeer(toChoice, ip)];
      const session = await connect(from, to);
      const payloads = sendBurst(from, [session], lengths);
      await until(() => payloadsOf(to).length === lengths.length);
      expect(payloadsOf(to)).toEqual(payloads);
      expect(from.datapath.counters()).toMatchObject({ sent: lengths.length + 1, 'send-failed': 0 });
      expect(to.datapath.counters()).toMatchObject({
        received: lengths.length + 1,
        'receive-authentication-failed': 0,
      });
    });
  });

  it('gives each of three receivers its packets in order, whichever turn they come in', async () => {
    const from = await openPeer('native');
    const to = [await openPeer('native'), await openPeer('twin'), await openPeer('native')];
    const sessions: SessionHandle[] = [];
    for (const peer of to) sessions.push(await connect(from, peer));
    const lengths = Array.from({ length: burst }, (_, i) => (i % 8 === 7 ? 300 : 1_100));
    const payloads = sendBurst(from, sessions, lengths);
    for (const peer of to) {
      await until(() => payloadsOf(peer).length === burst);
      expect(payloadsOf(peer)).toEqual(payloads);
    }
  });

  it('sends RTCP that the other side opens', async () => {
    const [from, to] = [await openPeer('native'), await openPeer('native')];
    const session = await connect(from, to);
    from.datapath.sendRtcp(session, receiverReport);
    await until(() => to.received.length === 2);
    expect(to.received[1]).toMatchObject({ kind: receivedKind.rtcp, bytes: Buffer.from(receiverReport) });
  });

  it('opens a path to a stranger who sends STUN, answers by it, and drops whatever else strangers send', async () => {
    const peer = await openPeer('native');
    const socket = await openSocket();
    for (const first of [20, 63, 128, 191, 255]) socket.send(Uint8Array.of(first, 0), peer.address.port, '127.0.0.1');
    socket.send(stun, peer.address.port, '127.0.0.1');
    await until(() => peer.received.length > 0);
    expect(peer.received.map(({ kind, bytes }) => [kind, bytes])).toEqual([[receivedKind.datagram, Buffer.from(stun)]]);
    expect(peer.datapath.counters()).toMatchObject({ 'receive-unknown-path': 5, received: 1 });
    expect(peer.datapath.paths.remote(peer.received[0].path)).toEqual({
      ip: '127.0.0.1',
      port: socket.address().port,
    });
    const answer = once(socket, 'message');
    peer.datapath.sendDatagram(peer.received[0].path, Uint8Array.of(1, 1));
    expect((await answer)[0]).toEqual(Buffer.of(1, 1));
  });

  it.each<DatapathChoice>(['native', 'twin'])(
    'the %s one takes what else comes behind the first check of a stranger in one wake-up',
    async (choice) => {
      const peer = await openPeer(choice);
      const sender = await openPeer('native');
      const path = sender.datapath.paths.openDatagram(peer.address);
      const others = await openPeer('native');
      const other = others.datapath.paths.openDatagram(peer.address);
      if (path === undefined || other === undefined) throw new Error('no path');
      const dtls = Uint8Array.of(22, 254, 253, 0);
      const [rtp, junk] = [Uint8Array.of(128, 96, 0, 0), Uint8Array.of(100, 0, 0, 0)];
      for (const bytes of [dtls, stun, dtls, rtp, junk, stun]) sender.datapath.sendDatagram(path, bytes);
      for (const bytes of [dtls, rtp, junk]) others.datapath.sendDatagram(other, bytes);
      await until(() => peer.received.length === 3);
      expect(peer.received.map(({ bytes }) => bytes)).toEqual([stun, dtls, stun].map((bytes) => Buffer.from(bytes)));
      expect(new Set(peer.received.map((row) => row.path)).size).toBe(1);
      expect(peer.datapath.sizes().paths).toBe(1);
      await until(() => peer.datapath.counters()['receive-unknown-path'] === 4);
      expect(peer.datapath.counters()).toMatchObject({
        received: 5,
        'receive-unbound-path': 1,
        'receive-unknown-kind': 1,
        'receive-unknown-path': 4,
      });
    },
  );

  it('drops and counts empty datagrams and those longer than a slot, and hears what comes after them', async () => {
    const peer = await openPeer('native');
    const socket = await openSocket();
    for (const length of [0, packetSlotSize + 1, 60_000])
      socket.send(new Uint8Array(length), peer.address.port, '127.0.0.1');
    socket.send(stun, peer.address.port, '127.0.0.1');
    await until(() => peer.received.length > 0);
    expect(peer.datapath.counters()).toMatchObject({ 'receive-empty': 1, 'receive-too-long': 2 });
  });

  it.each<DatapathChoice>(['native', 'twin'])('the %s one is refused a taken port as the twin is', async (choice) => {
    const { address } = await openPeer('native');
    const refused = { code: 'media-port-taken', context: { ip: '127.0.0.1', port: address.port, code: 'EADDRINUSE' } };
    await expect(openPeer(choice, '127.0.0.1', address.port)).rejects.toMatchObject(refused);
    const absent = { code: 'media-port-forbidden', context: { ip: '192.0.2.1', code: 'EADDRNOTAVAIL' } };
    await expect(openPeer(choice, '192.0.2.1')).rejects.toMatchObject(absent);
  });

  it('frees its port when it is closed, and sends nothing more', async () => {
    const peer = await openPeer('native');
    const path = peer.datapath.paths.openDatagram({ ip: '127.0.0.1', port: 9 });
    await peer.close();
    await openPeer('native', '127.0.0.1', peer.address.port);
    if (path === undefined) throw new Error('no path');
    peer.datapath.sendDatagram(path, stun);
    expect(peer.datapath.counters()).toMatchObject({ sent: 0, 'send-no-path': 1 });
    expect(peer.datapath.sizes().paths).toBe(0);
  });

  it('hears others while nobody listens where it sends', async () => {
    const [from, to] = [await openPeer('native'), await openPeer('native')];
    const gone = await openPeer('native');
    const path = from.datapath.paths.openDatagram(gone.address);
    await gone.close();
    if (path === undefined) throw new Error('no path');
    for (let i = 0; i < 10; i++) from.datapath.sendDatagram(path, stun);
    const back = to.datapath.paths.openDatagram(from.address);
    if (back === undefined) throw new Error('no path');
    to.datapath.sendDatagram(back, stun);
    await until(() => from.received.length === 1);
  });
});
