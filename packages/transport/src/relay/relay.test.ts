import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { after, formatTransportAddress, milliseconds, type PathHandle, type TransportAddress } from '@rivero/core';
import { TwinDatapath } from '@rivero/datapath';
import {
  attributeType,
  parseStunMessage,
  serializeErrorCode,
  serializeStunMessage,
  serializeXorAddress,
  turnAttributeType,
} from '@rivero/protocol/stun';
import { relayPeersMax } from '@rivero/protocol/turn';
import { SeededRandom } from '@rivero/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { monotonicNow } from '../driver.ts';
import type { Relay, RelayFailure } from './relay.ts';
import { Relays, relaysMax } from './relays.ts';

const relayed = { ip: '192.0.2.15', port: 50_000 };
const check = Uint8Array.of(0, 1, 0, 0);
const media = Uint8Array.of(0x80, 0, 0, 0);
const closers: (() => unknown)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A TURN server that wants no credentials, a relay at it, and what comes out of the datapath. */
class Scene {
  readonly datapath = new TwinDatapath({ slotsMax: 1_024 });
  readonly received: PathHandle[] = [];
  readonly closed: PathHandle[] = [];
  readonly validated = new Set<PathHandle>();
  readonly failures: RelayFailure[] = [];
  readonly asked: string[] = [];
  readonly relays = new Relays({
    datapath: this.datapath,
    random: new SeededRandom(3).bytes,
    isValidated: (path) => this.validated.has(path),
    onPathClosed: (path) => this.closed.push(path),
    onReceived: () => this.datapath.deliver(),
    onTouched: () => {},
  });
  readonly #server: Socket;
  relay: Relay | undefined;
  refusesRefresh = false;
  #client: TransportAddress | undefined;

  constructor(server: Socket) {
    this.#server = server;
    this.datapath.onBatch((batch) => {
      for (let row = 0; row < batch.count; row++) this.received.push(batch.path[row] as PathHandle);
    });
    server.on('message', (bytes, { address: ip, port }) => {
      this.#client = { ip, port };
      this.#handle(bytes);
    });
  }

  static async open(): Promise<Scene> {
    const server = createSocket('udp4');
    closers.push(() => server.close());
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const scene = new Scene(server);
    const address = { ip: '127.0.0.1', port: server.address().port };
    const user = { username: 'ann', password: 'secret' };
    await new Promise<void>((resolve) => {
      const handlers = {
        onAllocated: () => resolve(),
        onFailed: (failure: RelayFailure) => scene.failures.push(failure),
      };
      const relayServer = { address, host: '127.0.0.1', transport: 'udp', ...user } as const;
      scene.relay = scene.relays.open(relayServer, handlers, monotonicNow());
    });
    closers.push(() => scene.relays.close(monotonicNow()));
    return scene;
  }

  /** What a peer sends, as the server passes it on. */
  sendFrom(peer: TransportAddress, data: Uint8Array): void {
    const id = new Uint8Array(12);
    const attributes = [
      { type: turnAttributeType.xorPeerAddress, value: serializeXorAddress(peer, id) },
      { type: turnAttributeType.data, value: data },
    ];
    this.#send(serializeStunMessage({ method: 'data', class: 'indication', transactionId: id, attributes }));
  }

  #handle(bytes: Uint8Array): void {
    const message = parseStunMessage(bytes);
    if (typeof message === 'string') return void this.asked.push('channel-data');
    this.asked.push(message.method);
    const { method, transactionId } = message;
    if (message.class !== 'request') return;
    if (method === 'refresh' && this.refusesRefresh) {
      const value = serializeErrorCode({ code: 437, reason: '' });
      const attributes = [{ type: attributeType.errorCode, value }];
      return this.#send(serializeStunMessage({ method, class: 'error', transactionId, attributes }));
    }
    const value = serializeXorAddress(relayed, transactionId);
    const attributes = method === 'allocate' ? [{ type: turnAttributeType.xorRelayedAddress, value }] : [];
    this.#send(serializeStunMessage({ method, class: 'success', transactionId, attributes }));
  }

  #send(bytes: Uint8Array): void {
    if (this.#client !== undefined) this.#server.send(bytes, this.#client.port, this.#client.ip);
  }
}

function peer(index: number): TransportAddress {
  return { ip: '198.51.100.1', port: 1_000 + index };
}

describe('a relay', () => {
  it('makes a path of each peer that checks, from the relayed address to the peer, and sends by it', async () => {
    const scene = await Scene.open();
    scene.sendFrom(peer(0), media);
    scene.sendFrom(peer(0), check);
    scene.sendFrom(peer(0), media);
    scene.sendFrom(peer(1), check);
    await expect.poll(() => scene.received.length).toBe(2);
    const [first, second] = scene.received;
    expect(scene.datapath.paths.ends(first)).toEqual({ local: relayed, remote: peer(0), protocol: 'udp' });
    expect(formatTransportAddress(scene.datapath.paths.remote(second) ?? expect.fail())).toBe('198.51.100.1:1001');
    // The media that came before the first check is a stranger's; the other is unbound.
    expect(scene.relays.counters.get('unknown-peer')).toBe(1);
    expect(scene.datapath.counters()['receive-unbound-path']).toBe(1);
    scene.datapath.sendDatagram(first, check);
    await expect.poll(() => scene.asked).toContain('channel-bind');
    await expect
      .poll(() => {
        scene.datapath.sendDatagram(first, check);
        return scene.asked;
      })
      .toContain('channel-data');
    expect(scene.asked).toContain('send');
  });

  it(`has ${relayPeersMax} peers: another one takes the place of the oldest that no session has validated`, async () => {
    const scene = await Scene.open();
    for (let i = 0; i < relayPeersMax; i++) scene.sendFrom(peer(i), check);
    await expect.poll(() => scene.received.length).toBe(relayPeersMax);
    const [first, second] = scene.received;
    scene.validated.add(first);
    scene.sendFrom(peer(relayPeersMax), check);
    await expect.poll(() => scene.received.length).toBe(relayPeersMax + 1);
    expect(scene.datapath.paths.ends(first)).toBeDefined();
    expect(scene.datapath.paths.ends(second)).toBeUndefined();
    for (const path of scene.received) scene.validated.add(path);
    scene.sendFrom(peer(relayPeersMax + 1), check);
    await expect.poll(() => scene.relays.counters.get('too-many-peers')).toBe(1);
    expect(scene.datapath.sizes().paths).toBe(relayPeersMax);
  });

  it('tells whoever uses its paths when the server has forgotten it, and its owner, once', async () => {
    const scene = await Scene.open();
    scene.sendFrom(peer(0), check);
    await expect.poll(() => scene.received.length).toBe(1);
    scene.refusesRefresh = true;
    // Its refresh is due a minute before the end.
    scene.relay?.handleTimeout(after(monotonicNow(), milliseconds(600_000)));
    await expect.poll(() => scene.failures).toEqual([{ type: 'lost', code: 437 }]);
    expect(scene.closed).toEqual(scene.received);
    expect(scene.datapath.sizes().paths).toBe(0);
    expect(scene.relays.size).toBe(0);
  });

  it('is given back when it is closed, and hears nothing any more', async () => {
    const scene = await Scene.open();
    scene.sendFrom(peer(0), check);
    await expect.poll(() => scene.received.length).toBe(1);
    scene.relay?.close(monotonicNow());
    await expect.poll(() => scene.asked).toContain('refresh');
    expect([scene.closed, scene.failures]).toEqual([[], []]);
    expect(scene.datapath.sizes().paths).toBe(0);
  });
});

describe('relays', () => {
  it(`are ${relaysMax} at once in a worker, and those that get no answer are over after 4 s`, async () => {
    const server = createSocket('udp4');
    closers.push(() => server.close());
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const failures: RelayFailure[] = [];
    const datapath = new TwinDatapath({ slotsMax: 1 });
    const relays = new Relays({
      datapath,
      random: new SeededRandom(4).bytes,
      isValidated: () => false,
      onPathClosed: () => {},
      onReceived: () => {},
      onTouched: () => {},
    });
    const address = { ip: '127.0.0.1', port: server.address().port };
    const user = { username: 'ann', password: 'secret' };
    const handlers = { onAllocated: () => {}, onFailed: (failure: RelayFailure) => failures.push(failure) };
    const began = monotonicNow();
    const open = () => relays.open({ address, host: 'turn', transport: 'udp', ...user }, handlers, began);
    for (let i = 0; i < relaysMax; i++) expect(open()).toBeDefined();
    expect(open()).toBeUndefined();
    expect(relays.deadline()).toBe(after(began, milliseconds(500)));
    relays.handleTimeout(after(began, milliseconds(3_999)));
    expect(failures).toEqual([]);
    relays.handleTimeout(after(began, milliseconds(4_000)));
    expect(failures).toHaveLength(relaysMax);
    expect(failures[0]).toEqual({ type: 'no-answer' });
    expect([relays.size, relays.deadline()]).toEqual([0, Infinity]);
  });
});
