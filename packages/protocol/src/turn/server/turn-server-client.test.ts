import { assert, milliseconds, monotonicMs } from '@rivero/core';
import { expect, it } from 'vitest';
import { serializeChannelData } from '../channel-data.ts';
import { TurnClient, type TurnEvent } from '../turn-client.ts';
import { ann, counting, minutes, peer, serverIp, TurnWorld } from './test/turn-world.ts';

const packet = Uint8Array.of(0x80, 9, 9);
const address = { ip: '203.0.113.7', port: 32_853 };

it.each([false, true])('serves our own client for an hour, by a connection: %s', (isStream) => {
  const world = new TurnWorld();
  const random = counting();
  const client = new TurnClient({ random, user: ann, isStream, patience: milliseconds(4_000) });
  const events: TurnEvent[] = [];
  const received: Uint8Array[] = [];
  if (isStream) world.server.openConnection(1, address, true, world.now);
  const send = (bytes: Uint8Array): void => {
    if (isStream) world.server.handleStreamMessage(1, bytes, world.now);
    else world.server.handleDatagram(1, address, bytes, world.now);
    world.drive();
  };
  const receive = (bytes: Uint8Array): void => {
    const got = client.handleMessage(bytes, world.now);
    if (got !== undefined) received.push(Uint8Array.from(got.data));
  };
  const exchange = (): void => {
    for (let bytes = client.pollSend(); bytes !== undefined; bytes = client.pollSend()) {
      send(bytes);
      for (const message of world.messages.splice(0)) receive(message.bytes);
    }
    for (const { channel, data } of world.channelData.splice(0)) receive(serializeChannelData(channel, data, isStream));
    for (let event = client.pollEvent(); event !== undefined; event = client.pollEvent()) events.push(event);
  };
  client.start(world.now);
  exchange();
  expect(events).toEqual([{ type: 'allocated', relayed: { ip: serverIp, port: 50_000 }, mapped: address }]);
  client.permit(peer.ip, world.now);
  exchange();
  const to = client.openPeer(peer);
  assert(to !== undefined, 'there is room');
  for (let second = 0; second < 3_600; second += 10) {
    while (client.deadline() <= second * 1_000) {
      world.runUntil(Math.max(world.now, client.deadline()));
      client.handleTimeout(world.now);
      exchange();
    }
    world.now = monotonicMs(second * 1_000);
    const wrapped = client.wrap(to, packet, world.now);
    if (wrapped !== undefined) send(wrapped);
    world.server.handlePeerDatagram(1, peer, packet, world.now);
    for (const message of world.messages.splice(0)) receive(message.bytes);
    exchange();
  }
  expect(world.toPeers).toHaveLength(360);
  expect(received).toHaveLength(360);
  expect(received.every((data) => Buffer.from(data).equals(packet))).toBe(true);
  expect(to.channelState).toBe('bound');
  client.close(world.now);
  exchange();
  expect(world.server.allocations).toBe(0);
  expect(minutes(60)).toBeGreaterThan(world.now);
});
