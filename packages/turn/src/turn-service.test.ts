import { randomInt } from 'node:crypto';
import { createSocket, type Socket as UdpClient } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { assert, milliseconds, monotonicMs } from '@rivero/core';
import { TurnClient, TurnStreamDeframer } from '@rivero/protocol/turn';
import { PeerPolicy, TurnAccounts, type TurnServerEvent, turnServerLimits } from '@rivero/protocol/turn-server';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { certificate } from './test/certificate.ts';
import { TurnService, type TurnServiceOptions } from './turn-service.ts';
import { openDatagramSockets } from '@rivero/datapath';

const host = '127.0.0.1';
const user = { username: 'ann', password: 'secret' };
const packet = Buffer.from('a packet');
const closings: (() => Promise<void> | void)[] = [];

const sockets = openDatagramSockets('auto');
afterAll(() => sockets.close());

afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function opened(
  options: Partial<TurnServiceOptions> = {},
): Promise<{ service: TurnService; events: TurnServerEvent[]; port: number }> {
  const events: TurnServerEvent[] = [];
  const service = new TurnService({
    sockets,
    accounts: new TurnAccounts({ realm: 'example.org', users: [user], secrets: [] }),
    policy: new PeerPolicy({ allow: ['127.0.0.0/8'], own: [], ownPorts: [] }),
    limits: turnServerLimits,
    addresses: [host],
    port: 0,
    tls: { port: 0, certificate },
    relayAddresses: { 4: { ip: host } },
    relayPorts: { first: 20_000, last: 29_999 },
    onEvent: (event) => void events.push(event),
    onSkipped: ({ ip, setting }) => expect.unreachable(`${setting} at ${ip} is free`),
    onBug: (error) => {
      throw error;
    },
    ...options,
  });
  await service.open();
  closings.push(() => service.close());
  return { service, events, port: service.ports.plain ?? 0 };
}

/** A peer that sends everything back. */
async function echo(): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, { port, address }) => socket.send(bytes, port, address));
  socket.bind(0, host);
  await once(socket, 'listening');
  closings.push(() => void socket.close());
  return socket.address().port;
}

/** Our client over a wire; resolves when the echo of a channel's packet is back. */
function echoed(
  send: (bytes: Uint8Array) => void,
  onMessage: (handle: (bytes: Uint8Array) => void) => void,
  { isStream, port }: { readonly isStream: boolean; readonly port: number },
): Promise<string> {
  const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  const client = new TurnClient({ random, user, isStream, patience: milliseconds(30_000) });
  const now = (): ReturnType<typeof monotonicMs> => monotonicMs(performance.now());
  const drain = (): void => {
    for (let bytes = client.pollSend(); bytes !== undefined; bytes = client.pollSend()) send(bytes);
  };
  return new Promise((resolve) => {
    const peer = client.openPeer({ ip: host, port });
    assert(peer !== undefined, 'there is room');
    const sendPacket = (): void => {
      const wrapped = client.wrap(peer, packet, now());
      if (wrapped !== undefined) send(wrapped);
    };
    onMessage((bytes) => {
      const received = client.handleMessage(bytes, now());
      drain();
      const isAllocated = client.pollEvent()?.type === 'allocated';
      if (isAllocated) client.permit(host, now());
      if (isAllocated || peer.channelState !== 'none') sendPacket();
      drain();
      if (received?.key !== undefined) resolve(Buffer.from(received.data).toString());
    });
    client.start(now());
    drain();
  });
}

function echoedBy(socket: Socket, port: number): Promise<string> {
  closings.push(() => void socket.destroy());
  socket.on('error', () => {});
  const deframer = new TurnStreamDeframer();
  return echoed(
    (bytes) => void socket.write(bytes),
    (handle) => {
      socket.on('data', (chunk) => {
        const messages = deframer.handleChunk(chunk);
        assert(typeof messages !== 'string', 'the stream is sound');
        for (const message of messages) handle(message);
      });
    },
    { isStream: true, port },
  );
}

describe('a client relays to a peer and back, by a channel', () => {
  it('over UDP', async () => {
    const { service, events, port } = await opened();
    const socket: UdpClient = createSocket('udp4');
    closings.push(() => void socket.close());
    const got = echoed(
      (bytes) => socket.send(bytes, port, host),
      (handle) => void socket.on('message', handle),
      { isStream: false, port: await echo() },
    );
    expect(await got).toBe('a packet');
    expect(events).toMatchObject([{ type: 'allocated', identity: 'ann' }]);
    expect(service.statistics()).toMatchObject({ allocations: { udp: 1 } });
  });

  it('over TCP', async () => {
    const { port } = await opened();
    expect(await echoedBy(connect(port, host), await echo())).toBe('a packet');
  });

  it('over TLS, with a certificate that may be replaced', async () => {
    const { service } = await opened();
    service.setCertificate(certificate);
    const socket = connectTls({ port: service.ports.tls, host, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    expect(await echoedBy(socket, await echo())).toBe('a packet');
  });
});

it('opens relays at another address from then on', async () => {
  const { service, port, events } = await opened();
  service.setRelayAddresses({ 4: { ip: '127.0.0.9' } });
  expect(await echoedBy(connect(port, host), await echo())).toBe('a packet');
  expect(events).toMatchObject([{ type: 'allocated', relayed: [{ ip: '127.0.0.9' }] }]);
});

it('closes a connection that speaks something else', async () => {
  const { service, port } = await opened();
  const socket = connect(port, host);
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await once(socket.resume(), 'close');
  expect(service.statistics()).toMatchObject({ allocations: { tcp: 0 }, connections: { tcp: 0 } });
});

it('frees the ports of its relays, and its own, when it closes', async () => {
  const only = randomInt(10_000, 20_000);
  const relayPorts = { first: only, last: only };
  const { service, port } = await opened({ relayPorts });
  await echoedBy(connect(port, host), await echo());
  await service.close();
  await opened({ relayPorts, port });
  expect(await echoedBy(connect(port, host), await echo())).toBe('a packet');
});

it('is refused with turn-port-taken where another listens', async () => {
  const other = createServer().listen(0, host);
  await once(other, 'listening');
  closings.push(() => void other.close());
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(opened({ port })).rejects.toThrowError(expect.objectContaining({ code: 'turn-port-taken' }));
});
