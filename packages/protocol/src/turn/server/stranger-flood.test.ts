import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { bitsPerSecond, monotonicMs } from '@rivero/core';
import { expect, it } from 'vitest';
import { channelMin, serializeChannelData } from '../channel-data.ts';
import { ann, peer, TurnCaller, TurnWorld, udp } from './test/turn-world.ts';

const packet = Uint8Array.of(1, 2, 3, 4, 5);

/** The address of a source that nobody was before; in all families and networks. */
function addressOf(source: number): string {
  const [high, middle, low] = [(source >> 16) & 255, (source >> 8) & 255, source & 255];
  return source % 2 === 0 ? `100.${high}.${middle}.${low}` : `2a00:${high}:${middle}:${low}::1`;
}

/** After everything that can go has gone. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

it('relays every packet through a flood from 60,000 sources, which leaves nothing behind', () => {
  const world = new TurnWorld();
  const client = new TurnCaller(world);
  client.allocate();
  client.bind(channelMin, peer);
  const nonce = client.challenge();
  const stranger = new TurnCaller(world, { port: 9 });
  const forged = { username: '1900000000:eve', password: 'guessed' };
  const datagrams = [
    stranger.strange('allocate', [udp]),
    stranger.strange('binding'),
    stranger.request('allocate', [udp], { user: forged, nonce }),
    stranger.request('refresh', [], { user: ann, nonce: new Uint8Array(nonce.length) }),
    serializeChannelData(channelMin, packet, false),
    stranger.strange('send'),
    new Uint8Array(1_200),
  ];
  const { server } = world;
  const relayed = { out: 0, back: 0 };
  const flood = (from: number, to: number): void => {
    for (let source = from; source < to; source++) {
      const remote = { ip: addressOf(source), port: 1 + (source % 60_000) };
      server.handleDatagram(1, remote, datagrams[source % datagrams.length], world.now);
      if (source % 100 === 0) {
        client.send(serializeChannelData(channelMin, packet, false));
        server.handlePeerDatagram(1, peer, packet, world.now);
      }
      relayed.out += world.toPeers.splice(0).length;
      relayed.back += world.channelData.splice(0).length;
      world.messages.length = 0;
    }
  };
  const deadline = server.deadline();
  flood(0, 10_000);
  const before = heapUsed();
  flood(10_000, 60_000);
  expect(heapUsed() - before).toBeLessThan(512 * 1024);
  world.drive();
  expect(relayed).toEqual({ out: 600, back: 600 });
  expect(server.allocations).toBe(1);
  expect(server.deadline()).toBe(deadline);
  expect(world.outputs).toHaveLength(1);
});

it('answers one source so often and no more, and relays its own packets all the same', () => {
  const world = new TurnWorld();
  const client = new TurnCaller(world);
  client.allocate();
  client.bind(channelMin, peer);
  const neighbour = new TurnCaller(world, { port: 9 });
  const request = neighbour.strange('allocate', [udp]);
  world.messages.length = 0;
  for (let i = 0; i < 20_000; i++) {
    neighbour.send(request);
    if (i % 20 === 0) client.send(serializeChannelData(channelMin, packet, false));
  }
  expect(world.messages.length).toBeLessThan(510);
  expect(world.toPeers).toHaveLength(1_000);
});

it('drops what peers without a permission send, however many they are, and keeps nothing of them', () => {
  const world = new TurnWorld({ limits: { bandwidthPerUser: bitsPerSecond(8 * 1_000) } });
  const client = new TurnCaller(world);
  client.allocate();
  client.permit(peer);
  world.messages.length = 0;
  const flood = (from: number, to: number): void => {
    for (let source = from; source < to; source++) {
      world.server.handlePeerDatagram(1, { ip: addressOf(source), port: 1 + (source % 60_000) }, packet, world.now);
    }
  };
  flood(0, 10_000);
  const before = heapUsed();
  flood(10_000, 200_000);
  expect(heapUsed() - before).toBeLessThan(512 * 1024);
  expect(world.messages).toEqual([]);
  expect(world.server.counters.get('no-permission')).toBe(200_000);
  // They have cost the user nothing.
  world.server.handlePeerDatagram(1, peer, new Uint8Array(900), world.now);
  expect(world.messages).toHaveLength(1);
});

it('drops what peers send beyond the bandwidth, whether the client reads or not', () => {
  const world = new TurnWorld({ limits: { bandwidthPerUser: bitsPerSecond(8 * 10_000) } });
  const client = new TurnCaller(world);
  client.allocate();
  client.permit(peer);
  world.messages.length = 0;
  for (let ms = 0; ms < 1_000; ms++) {
    world.now = monotonicMs(ms);
    for (let i = 0; i < 20; i++) world.server.handlePeerDatagram(1, peer, packet, world.now);
  }
  // A burst, and what comes back in a second: 33 bytes each.
  expect(world.messages.length).toBeLessThanOrEqual(20_000 / 33);
  expect(world.messages.length).toBeGreaterThan(500);
});
