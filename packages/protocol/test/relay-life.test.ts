import { createHash } from 'node:crypto';
import { assert, milliseconds } from '@rivero/core';
import type { HostLinks } from '@rivero/testkit';
import { describe, expect, it } from 'vitest';
import {
  type AttributeToSend,
  attributeType,
  findAttribute,
  parseErrorCode,
  parseStunMessage,
  parseXorAddress,
  serializeStunMessage,
  serializeXorAddress,
  type StunMessage,
  type StunMethod,
  turnAttributeType,
} from '../src/stun/index.ts';
import {
  ann,
  bob,
  hour,
  minute,
  numbered,
  peer,
  peerV6,
  RelayWorld,
  rough,
  serverIps,
  stranger,
} from './relay-world.ts';

describe('an allocation for four hours with 10 % loss each way', () => {
  const packets = 2_880;

  /** A packet each way each five seconds. */
  function live(seed: number) {
    const world = new RelayWorld(seed, rough);
    const { turn, received } = world.openClient();
    world.run(5_000);
    const { relayed } = turn;
    assert(relayed !== undefined, 'there is a relayed address');
    turn.permit(peer.ip);
    world.run(5_000);
    for (let i = 0; i < packets; i++) {
      world.simulation.in(milliseconds(i * 5_000), () => {
        turn.send(numbered(i), peer);
        world.network.send(numbered(i), peer, relayed);
      });
    }
    world.run(4 * hour);
    const counters = world.turn.server.counters.snapshot();
    const events = [...turn.events];
    turn.close();
    // Nobody repeats a Refresh that is lost; then it ends with its lifetime.
    world.run(11 * minute);
    const { server, relays } = world.turn;
    return { received, atPeers: world.atPeers, relayed, counters, events, left: server.allocations, relays };
  }

  it('is one and the same, through refreshes, permissions, channels and nonces that end each hour', () => {
    const { received, atPeers, relayed, counters, events, left, relays } = live(7);
    expect(events).toMatchObject([{ type: 'allocated' }]);
    expect(new Set(atPeers.map(({ from }) => `${from.ip} ${from.port}`))).toEqual(
      new Set([`${relayed.ip} ${relayed.port}`]),
    );
    for (const numbers of [received, atPeers.map(({ number }) => number)]) {
      const share = new Set(numbers).size / packets;
      expect(share).toBeGreaterThan(0.88);
      expect(share).toBeLessThan(0.92);
    }
    // The first challenge, and one at least each hour.
    expect(counters.challenged).toBeGreaterThanOrEqual(4);
    expect(counters['authentication-failed']).toBe(0);
    expect(counters['no-allocation']).toBe(0);
    // What the relay took is what came out on the other side, which loses nothing.
    expect(counters['packets-from-clients']).toBe(atPeers.length);
    expect(counters['packets-from-peers']).toBe(packets);
    expect(counters['no-permission']).toBe(0);
    expect(counters['no-channel']).toBe(0);
    expect(left).toBe(0);
    expect(relays).toEqual({ opened: 1, closed: 1 });
  });

  it('is the same again with the same seed', () => {
    expect(live(8)).toEqual(live(8));
  });

  it('is reached through its NAT after minutes without a packet, whose mappings last 30 s', () => {
    const world = new RelayWorld(9, rough);
    const { turn, received } = world.openClient();
    world.run(5_000);
    turn.permit(peer.ip);
    world.run(50 * minute);
    const { relayed } = turn;
    assert(relayed !== undefined, 'there is a relayed address');
    for (let i = 0; i < 20; i++) world.network.send(numbered(i), peer, relayed);
    world.run(1_000);
    expect(new Set(received).size).toBeGreaterThan(13);
  });
});

describe('a network that sends everything twice, a third of it late', () => {
  const late = { delay: milliseconds(30), reorder: 0.3, reorderBy: milliseconds(1_200), duplicate: 1 };

  it.each([31, 32])('changes nothing: each request counts once, seed %i', (seed) => {
    const world = new RelayWorld(seed, { up: late, down: late });
    const clients = Array.from({ length: 8 }, () => world.openClient());
    world.run(10_000);
    for (const { turn } of clients) turn.permit(peer.ip);
    world.run(10_000);
    for (let i = 0; i < 720; i++) {
      world.simulation.in(milliseconds(i * 10_000), () => {
        for (const { turn } of clients) turn.send(numbered(i), peer);
      });
    }
    world.run(2 * hour);
    expect(clients.map(({ turn }) => turn.events.map(({ type }) => type))).toEqual(clients.map(() => ['allocated']));
    expect(world.turn.relays).toEqual({ opened: 8, closed: 0 });
    // Each came, at least once.
    for (const { turn } of clients) {
      const own = world.atPeers.filter(({ from }) => from.port === turn.relayed?.port);
      expect(new Set(own.map(({ number }) => number)).size).toBe(720);
      expect(turn.client.counters.get('channel-refused')).toBe(0);
      expect(turn.client.counters.get('permission-refused')).toBe(0);
    }
    for (const { turn } of clients) turn.close();
    // Whose nonce is stale just then is not asked again.
    world.run(11 * minute);
    expect(world.turn.relays).toEqual({ opened: 8, closed: 8 });
  });
});

describe('a server that is started anew', () => {
  it.each([1, 2, 3])('is noticed within the time of a permission, and gives a new allocation, seed %i', (seed) => {
    const world = new RelayWorld(seed, rough);
    const { turn } = world.openClient();
    world.run(5_000);
    turn.permit(peer.ip);
    world.run(10_000);
    const before = turn.relayed;
    assert(before !== undefined, 'there is a relayed address');
    world.turn.stop();
    world.run(3_000);
    world.turn.start();
    expect(world.turn.relays).toEqual({ opened: 1, closed: 1 });
    // What goes meanwhile goes nowhere.
    turn.send(numbered(1), peer);
    world.network.send(numbered(2), peer, before);
    world.run(5 * minute);
    expect(world.atPeers).toEqual([]);
    expect(turn.events.slice(1)).toEqual([{ type: 'failed', failure: { type: 'lost', code: 437 } }]);
    const next = world.openClient();
    world.run(10_000);
    next.turn.permit(peer.ip);
    world.run(10_000);
    const { relayed } = next.turn;
    assert(relayed !== undefined, 'there is a relayed address again');
    for (let i = 0; i < 20; i++) next.turn.send(numbered(i), peer);
    world.run(1_000);
    expect(world.atPeers.length).toBeGreaterThan(10);
  });

  it('that never comes back is told: those that have an allocation lost it, those that want one get no answer', () => {
    const world = new RelayWorld(4, rough);
    const { turn } = world.openClient();
    world.run(5_000);
    turn.permit(peer.ip);
    world.turn.stop();
    const late = world.openClient();
    world.run(11_000);
    expect(late.turn.events).toEqual([{ type: 'failed', failure: { type: 'no-answer' } }]);
    world.run(11 * minute);
    expect(turn.events.slice(1)).toEqual([{ type: 'failed', failure: { type: 'lost' } }]);
  });
});

describe('who has no permission', () => {
  it('gets nothing through, from wherever he sends, and nothing is sent to him', () => {
    const world = new RelayWorld(5, {});
    const { turn, received } = world.openClient();
    world.run(1_000);
    turn.permit(peer.ip);
    world.run(1_000);
    const { relayed } = turn;
    assert(relayed !== undefined, 'there is a relayed address');
    for (let i = 0; i < 100; i++) {
      world.network.send(numbered(i), stranger, relayed);
      // To ports that are nobody's, or another's, and to the server itself.
      world.network.send(numbered(i), stranger, { ...relayed, port: relayed.port + i + 1 });
      world.network.send(numbered(i), stranger, world.turn.address());
    }
    world.network.send(numbered(500), peer, relayed);
    world.network.send(numbered(501), { ...peer, port: 9 }, relayed);
    world.run(1_000);
    expect(received).toEqual([500, 501]);
    expect(world.turn.server.counters.get('no-permission')).toBe(100);
    world.run(5 * minute);
    // The client keeps its own; it is five minutes old only by its refresh.
    world.network.send(numbered(502), peer, relayed);
    world.run(1_000);
    expect(received.at(-1)).toBe(502);
    turn.close();
    world.network.send(numbered(503), peer, relayed);
    world.run(1_000);
    expect(received.at(-1)).toBe(502);
    expect(world.atPeers).toEqual([]);
  });
});

describe('quotas', () => {
  it.each([11, 12])('are kept under loss: so many get an allocation, the others 486 or 508, seed %i', (seed) => {
    const limits = { allocationsPerUserMax: 3, allocationsMax: 5 };
    const world = new RelayWorld(seed, rough, { limits });
    const clients = Array.from({ length: 6 }, (_, i) => {
      const client = world.openClient(i < 4 ? ann : bob);
      // One after another.
      world.run(10_500);
      return client.turn;
    });
    const outcome = clients.map(({ events }) => {
      const [event] = events;
      return event?.type === 'failed' && event.failure.type === 'refused' ? event.failure.code : event?.type;
    });
    expect(outcome).toEqual(['allocated', 'allocated', 'allocated', 486, 'allocated', 'allocated']);
    const last = world.openClient(bob);
    world.run(10_500);
    expect(last.turn.events).toEqual([{ type: 'failed', failure: { type: 'refused', code: 508 } }]);
    expect(world.turn.server.allocations).toBe(5);
    for (const client of clients) client.close();
    world.run(11 * minute);
    expect(world.turn.server.allocations).toBe(0);
    expect(world.turn.relays).toEqual({ opened: 5, closed: 5 });
    world.openClient(ann);
    world.run(10_500);
    expect(world.turn.server.allocations).toBe(1);
  });
});

describe('a dual allocation', () => {
  const address = { ip: '203.0.113.50', port: 6_000 };
  const key = new Uint8Array(createHash('md5').update('ann:example.org:secret').digest());

  /** Asks until there is an answer, each half a second, as our own client asks for one family only. */
  class Asker {
    readonly indications: StunMessage[] = [];
    readonly #world: RelayWorld;
    readonly #answers: StunMessage[] = [];
    #nonce: Uint8Array = new Uint8Array(0);

    constructor(world: RelayWorld, links: HostLinks) {
      this.#world = world;
      world.network.openHost(address.ip, links, (bytes) => {
        const message = parseStunMessage(Uint8Array.from(bytes));
        if (typeof message === 'string') return;
        (message.class === 'indication' ? this.indications : this.#answers).push(message);
      });
    }

    ask(method: StunMethod, attributesOf: (id: Uint8Array) => readonly AttributeToSend[]): StunMessage {
      const { network, random, turn } = this.#world;
      const transactionId = random.bytes(12);
      const text = (type: number, value: string) => ({ type, value: new TextEncoder().encode(value) });
      const attributes = [
        ...attributesOf(transactionId),
        text(attributeType.username, 'ann'),
        text(attributeType.realm, 'example.org'),
        { type: attributeType.nonce, value: this.#nonce },
      ];
      const integrity = { key, algorithm: 'sha1' } as const;
      const request = serializeStunMessage({ method, class: 'request', transactionId, attributes, integrity });
      for (let tries = 0; tries < 20; tries++) {
        network.send(request, address, turn.address());
        this.#world.run(500);
        const answer = this.#answers.find(({ transactionId: id }) => Buffer.from(id).equals(transactionId));
        if (answer !== undefined) return this.#isStale(answer) ? this.ask(method, attributesOf) : answer;
      }
      throw new Error(`no answer to ${method}`);
    }

    #isStale(answer: StunMessage): boolean {
      const error = findAttribute(answer, attributeType.errorCode);
      const isStale = error !== undefined && parseErrorCode(error.value)?.code === 438;
      if (isStale) this.#nonce = findAttribute(answer, attributeType.nonce)?.value ?? this.#nonce;
      return isStale;
    }
  }

  it.each([21, 22])('carries both families under loss, and one ends without the other, seed %i', (seed) => {
    const world = new RelayWorld(seed, {});
    const asker = new Asker(world, rough);
    const dual = { type: turnAttributeType.additionalAddressFamily, value: Uint8Array.of(2, 0, 0, 0) };
    const udp = { type: turnAttributeType.requestedTransport, value: Uint8Array.of(17, 0, 0, 0) };
    const answer = asker.ask('allocate', () => [udp, dual]);
    const relayed = answer.attributes
      .filter(({ type }) => type === turnAttributeType.xorRelayedAddress)
      .map(({ value }) => parseXorAddress(value, answer.transactionId));
    expect(relayed.map((each) => each?.ip)).toEqual(serverIps);
    const [v4, v6] = relayed;
    assert(v4 !== undefined && v6 !== undefined, 'there are both');
    const permit = (): StunMessage =>
      asker.ask('create-permission', (id) =>
        [peer, peerV6].map((each) => ({
          type: turnAttributeType.xorPeerAddress,
          value: serializeXorAddress(each, id),
        })),
      );
    expect(permit().class).toBe('success');
    const both = (): number => {
      const before = asker.indications.length;
      for (let i = 0; i < 50; i++) {
        world.network.send(numbered(i), peer, v4);
        world.network.send(numbered(i), peerV6, v6);
      }
      world.run(1_000);
      return asker.indications.length - before;
    };
    expect(both()).toBeGreaterThan(75);
    const release = [
      { type: turnAttributeType.lifetime, value: new Uint8Array(4) },
      { type: turnAttributeType.requestedAddressFamily, value: Uint8Array.of(2, 0, 0, 0) },
    ];
    // Where the first answer is lost the family is gone when it is asked for again: 443.
    asker.ask('refresh', () => release);
    expect(world.turn.relays).toEqual({ opened: 2, closed: 1 });
    const rest = both();
    expect(rest).toBeGreaterThan(35);
    expect(rest).toBeLessThanOrEqual(52);
    expect(permit().class).toBe('error');
    world.run(11 * minute);
    expect(world.turn.relays).toEqual({ opened: 2, closed: 2 });
    expect(world.turn.server.allocations).toBe(0);
  });
});
