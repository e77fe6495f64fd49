import { bitsPerSecond } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { findAttribute, parseStunMessage, parseXorAddress, turnAttributeType } from '../../stun/index.ts';
import { serializeChannelData } from '../channel-data.ts';
import { PeerPolicy } from './peer-policy.ts';
import { dontFragment, family, minutes, peer, peerV6, serverIp, TurnCaller, TurnWorld } from './test/turn-world.ts';

const packet = Uint8Array.of(0x80, 1, 2, 3, 4);
const channel = 0x4001;

function allocated(options: ConstructorParameters<typeof TurnWorld>[0] = {}): { world: TurnWorld; caller: TurnCaller } {
  const world = new TurnWorld(options);
  const caller = new TurnCaller(world);
  caller.allocate();
  return { world, caller };
}

/** A peer's packet to the first relayed address. */
function fromPeer(world: TurnWorld, from = peer, data = packet): void {
  world.server.handlePeerDatagram(1, from, data, world.now);
}

describe('permissions', () => {
  it('let a peer’s packets through as Data indications for 5 min, from any port of its address', () => {
    const { world, caller } = allocated();
    fromPeer(world);
    expect(world.server.counters.get('no-permission')).toBe(1);
    expect(caller.permit(peer).code).toBe(0);
    const before = world.messages.length;
    world.runUntil(minutes(5) - 1);
    fromPeer(world, { ...peer, port: 7 });
    const message = parseStunMessage(world.messages[before].bytes);
    if (typeof message === 'string') throw new Error(message);
    expect(message).toMatchObject({ method: 'data', class: 'indication' });
    expect(findAttribute(message, turnAttributeType.data)?.value).toEqual(packet);
    const from = findAttribute(message, turnAttributeType.xorPeerAddress)?.value ?? packet;
    expect(parseXorAddress(from, message.transactionId)).toEqual({ ...peer, port: 7 });
    world.runUntil(minutes(5));
    fromPeer(world);
    expect(world.messages).toHaveLength(before + 1);
  });

  it('are kept by CreatePermission, and not by packets', () => {
    const { world, caller } = allocated();
    caller.permit(peer);
    world.runUntil(minutes(4));
    caller.sendIndication(peer, packet);
    caller.permit(peer);
    world.runUntil(minutes(9) - 1);
    caller.sendIndication(peer, packet);
    world.runUntil(minutes(9));
    caller.sendIndication(peer, packet);
    expect(world.toPeers).toHaveLength(2);
  });

  it('are all given or none: 400, 403, 443', () => {
    const { world, caller } = allocated();
    expect(caller.ask('create-permission').code).toBe(400);
    expect(caller.ask('create-permission', [{ type: 0x12, value: packet }]).code).toBe(400);
    expect(caller.permit(peer, peerV6).code).toBe(443);
    expect(caller.permit(peer, { ip: '127.0.0.1', port: 0 }).code).toBe(403);
    expect(world.events.at(-1)).toMatchObject({ type: 'peer-refused', refusal: 'loopback', identity: 'ann' });
    caller.sendIndication(peer, packet);
    expect(world.toPeers).toEqual([]);
    expect(new TurnCaller(world, { port: 2 }).permit(peer).code).toBe(437);
  });

  it('are limited, and those that have expired make room', () => {
    const { world, caller } = allocated({ limits: { permissionsMax: 2 } });
    const at = (last: number): typeof peer => ({ ip: `198.51.100.${last}`, port: 0 });
    expect(caller.permit(at(1), at(2), at(1)).code).toBe(0);
    expect(caller.permit(at(1), at(3)).code).toBe(508);
    expect(caller.bind(channel, { ...at(4), port: 1 }).code).toBe(508);
    expect(caller.permit(at(1), at(2)).code).toBe(0);
    world.runUntil(minutes(5));
    expect(caller.permit(at(3)).code).toBe(0);
  });
});

describe('Send indications', () => {
  it('go to peers with a permission', () => {
    const { world, caller } = allocated();
    caller.sendIndication(peer, packet);
    caller.permit(peer);
    caller.sendIndication(peer, packet);
    caller.sendIndication(peer, new Uint8Array(0));
    expect(world.toPeers).toEqual([
      { relay: 1, peer: '198.51.100.2:40000', data: packet },
      { relay: 1, peer: '198.51.100.2:40000', data: new Uint8Array(0) },
    ]);
  });

  it('are dropped with DONT-FRAGMENT, without an allocation, to port 0', () => {
    const { world, caller } = allocated();
    caller.permit(peer);
    caller.sendIndication(peer, packet, dontFragment);
    caller.sendIndication({ ...peer, port: 0 }, packet);
    new TurnCaller(world, { port: 2 }).sendIndication(peer, packet);
    expect(world.toPeers).toEqual([]);
    expect(world.server.counters.snapshot()).toMatchObject({
      'unknown-attribute': 1,
      'peer-refused': 1,
      'no-allocation': 1,
    });
  });

  it('reach our own address at the ports for everybody only', () => {
    const policy = new PeerPolicy({ allow: [], own: [serverIp], ownPorts: [{ first: 50_000, last: 50_010 }] });
    const { world, caller } = allocated({ policy });
    expect(caller.permit({ ip: serverIp, port: 0 }).code).toBe(0);
    caller.sendIndication({ ip: serverIp, port: 22 }, packet);
    caller.sendIndication({ ip: serverIp, port: 50_001 }, packet);
    expect(world.toPeers.map(({ peer: to }) => to)).toEqual([`${serverIp}:50001`]);
    expect(caller.bind(channel, { ip: serverIp, port: 443 }).code).toBe(403);
    expect(caller.bind(channel, { ip: serverIp, port: 50_002 }).code).toBe(0);
  });

  it('go by the relayed address of the peer’s family', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.allocate(family(turnAttributeType.additionalAddressFamily, 2));
    expect(caller.permit(peer, peerV6).code).toBe(0);
    caller.sendIndication(peer, packet);
    caller.sendIndication(peerV6, packet);
    expect(world.toPeers.map(({ relay }) => relay)).toEqual([1, 2]);
  });
});

describe('channels', () => {
  it('carry packets both ways, and let the peer send', () => {
    const { world, caller } = allocated();
    expect(caller.bind(channel, peer).code).toBe(0);
    caller.send(serializeChannelData(channel, packet, false));
    caller.send(serializeChannelData(channel, packet, true));
    expect(world.toPeers).toEqual([
      { relay: 1, peer: '198.51.100.2:40000', data: packet },
      { relay: 1, peer: '198.51.100.2:40000', data: packet },
    ]);
    fromPeer(world);
    expect(world.channelData).toEqual([{ channel, data: packet }]);
    const before = world.messages.length;
    fromPeer(world, { ...peer, port: 9 });
    expect(world.messages).toHaveLength(before + 1);
  });

  it('last 10 min, the permission that comes with them 5', () => {
    const { world, caller } = allocated();
    caller.bind(channel, peer);
    world.runUntil(minutes(5));
    fromPeer(world);
    expect(world.channelData).toEqual([]);
    caller.permit(peer);
    caller.ask('refresh');
    fromPeer(world);
    expect(world.channelData).toHaveLength(1);
    world.runUntil(minutes(10) - 1);
    caller.send(serializeChannelData(channel, packet, false));
    expect(world.toPeers).toHaveLength(1);
    world.runUntil(minutes(10));
    caller.send(serializeChannelData(channel, packet, false));
    expect(world.toPeers).toHaveLength(1);
    expect(world.server.counters.get('no-channel')).toBe(1);
  });

  it('go on when they are bound again, and their numbers are free when they expired', () => {
    const { world, caller } = allocated();
    caller.bind(channel, peer);
    world.runUntil(minutes(9));
    expect(caller.bind(channel, peer).code).toBe(0);
    expect(caller.ask('refresh').code).toBe(0);
    world.runUntil(minutes(18));
    expect(caller.ask('refresh').code).toBe(0);
    caller.send(serializeChannelData(channel, packet, false));
    expect(world.toPeers).toHaveLength(1);
    expect(caller.bind(channel, { ...peer, port: 9 }).code).toBe(400);
    world.runUntil(minutes(19));
    expect(caller.bind(channel, { ...peer, port: 9 }).code).toBe(0);
  });

  it('may have the numbers of RFC 5766 too, which older clients take', () => {
    const { world, caller } = allocated();
    expect(caller.bind(0x7fff, peer).code).toBe(0);
    caller.send(Uint8Array.of(0x7f, 0xff, 0, 1, 5));
    expect(world.toPeers).toHaveLength(1);
  });

  it('are refused with 400, 403, 437, 443 and 508', () => {
    const { world, caller } = allocated({ limits: { channelsMax: 2 } });
    for (const number of [0, 0x3fff, 0x8000, 0xffff]) expect(caller.bind(number, peer).code).toBe(400);
    expect(caller.ask('channel-bind').code).toBe(400);
    expect(caller.bind(channel, peerV6).code).toBe(443);
    expect(caller.bind(channel, { ip: '169.254.169.254', port: 80 }).code).toBe(403);
    expect(caller.bind(channel, { ...peer, port: 0 }).code).toBe(403);
    expect(world.server.counters.get('peer-refused')).toBe(2);
    expect(caller.bind(channel, peer).code).toBe(0);
    expect(caller.bind(channel, { ...peer, port: 9 }).code).toBe(400);
    expect(caller.bind(channel + 1, peer).code).toBe(400);
    expect(caller.bind(channel + 1, { ...peer, port: 9 }).code).toBe(0);
    expect(caller.bind(channel + 2, { ...peer, port: 10 }).code).toBe(508);
    expect(new TurnCaller(world, { port: 2 }).bind(channel, peer).code).toBe(437);
  });

  it('drop what is cut short, what is no channel’s, and what comes without an allocation', () => {
    const { world, caller } = allocated();
    caller.bind(channel, peer);
    const bytes = serializeChannelData(channel, packet, false);
    for (let length = 1; length < bytes.length; length++) caller.send(bytes.subarray(0, length));
    caller.send(serializeChannelData(channel + 1, packet, false));
    new TurnCaller(world, { port: 2 }).send(bytes);
    expect(world.toPeers).toEqual([]);
    expect(world.server.counters.snapshot()).toMatchObject({ defective: 8, 'no-channel': 1, 'no-allocation': 1 });
  });
});

describe('bandwidth', () => {
  it('is a user’s, over all allocations and both directions', () => {
    const { world, caller } = allocated({ limits: { bandwidthPerUser: bitsPerSecond(8 * 1_000) } });
    const other = new TurnCaller(world, { port: 2 });
    other.allocate();
    for (const each of [caller, other]) each.bind(channel, peer);
    // With headers of IP and UDP 400 bytes each.
    const data = new Uint8Array(372);
    caller.send(serializeChannelData(channel, data, false));
    other.send(serializeChannelData(channel, data, false));
    fromPeer(world, peer, data);
    expect(world.toPeers).toHaveLength(2);
    expect(world.channelData).toHaveLength(0);
    expect(world.server.counters.get('bandwidth-exceeded')).toBe(1);
    world.runUntil(200);
    fromPeer(world, peer, data);
    expect(world.channelData).toHaveLength(1);
  });

  it('is taken by empty packets, too', () => {
    const { world, caller } = allocated({ limits: { bandwidthPerUser: bitsPerSecond(8 * 280) } });
    caller.bind(channel, peer);
    for (let i = 0; i < 20; i++) fromPeer(world, peer, new Uint8Array(0));
    expect(world.channelData).toHaveLength(10);
  });

  it('is counted, for each allocation and in all', () => {
    const { world, caller } = allocated();
    caller.bind(channel, peer);
    caller.send(serializeChannelData(channel, packet, false));
    fromPeer(world);
    fromPeer(world);
    world.runUntil(minutes(10));
    expect(world.events.at(-1)).toMatchObject({ type: 'closed', bytesFromClient: 5, bytesFromPeers: 10 });
    expect(world.server.counters.snapshot()).toMatchObject({ 'packets-from-peers': 2, 'bytes-from-clients': 5 });
  });
});
