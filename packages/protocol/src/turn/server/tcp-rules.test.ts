import { assert } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { attributeType, findAttribute, turnAttributeType } from '../../stun/index.ts';
import {
  type Answered,
  family,
  lifetime,
  minutes,
  peer,
  peerV6,
  readAnswer,
  tcp,
  TurnCaller,
  TurnWorld,
  uint32,
} from './test/turn-world.ts';

const { connectionId } = turnAttributeType;
const other = { ...peer, port: 9 };

/** A client with TCP relays of both families, by connection 1. */
function allocated(): { readonly world: TurnWorld; readonly caller: TurnCaller } {
  const world = new TurnWorld();
  const caller = new TurnCaller(world, { connection: 1 });
  expect(caller.ask('allocate', [tcp, family(turnAttributeType.additionalAddressFamily, 2)]).code).toBe(0);
  return { world, caller };
}

/** What the driver tells of the last connection that it was to make, and the answer to Connect. */
function settle(world: TurnWorld, isThere: boolean): { readonly id: number; readonly answer: Answered } {
  const asked = world.outputsOf('connect-peer').at(-1);
  assert(asked !== undefined, 'a connection was asked for');
  const before = world.messages.length;
  if (isThere) world.server.handlePeerConnected(asked.peer, world.now);
  else world.server.handlePeerClosed(asked.peer);
  world.drive();
  return { id: asked.peer, answer: readAnswer(world.messages[before].bytes) };
}

function bind(caller: TurnCaller, id: number): Answered {
  return caller.ask('connection-bind', [{ type: connectionId, value: uint32(id) }]);
}

describe('Connect (RFC 6062 section 5.2)', () => {
  it('is refused with 446 while one to the same peer is made, waits or is bound, and not when that is over', () => {
    const { world, caller } = allocated();
    expect(caller.connect(peer)).toBeUndefined();
    expect(caller.connect(peer)?.code).toBe(446);
    const { id } = settle(world, true);
    expect(caller.connect(peer)?.code).toBe(446);
    expect(bind(new TurnCaller(world, { connection: 2, port: 2 }), id).code).toBe(0);
    expect(caller.connect(peer)?.code).toBe(446);
    expect(caller.connect(other)).toBeUndefined();
    world.server.handlePeerClosed(id);
    world.drive();
    expect(caller.connect(peer)).toBeUndefined();
  });

  it('that failed with 447 can be tried again', () => {
    const { world, caller } = allocated();
    caller.connect(peer);
    expect(settle(world, false).answer).toMatchObject({ code: 447, integrity: 'right' });
    expect(caller.connect(peer)).toBeUndefined();
    expect(settle(world, true).answer.code).toBe(0);
  });

  it('needs no permission, and gives none', () => {
    const { world, caller } = allocated();
    caller.connect(peer);
    settle(world, true);
    expect(world.server.handlePeerAccepted(1, other, world.now)).toBeUndefined();
    expect(world.server.counters.get('no-permission')).toBe(1);
  });

  it('goes from the relayed address of the peer’s family', () => {
    const { world, caller } = allocated();
    caller.connect(peer);
    caller.connect(peerV6);
    const [v4, v6] = world.outputsOf('open-relay');
    expect(world.outputsOf('connect-peer').map(({ relay }) => relay)).toEqual([v4.relay, v6.relay]);
  });

  it('is answered as it was asked: its integrity, its FINGERPRINT, by its connection', () => {
    const { world, caller } = allocated();
    caller.connect(peer, { integrity: 'sha256', fingerprint: true });
    const before = world.messages.length;
    const { answer } = settle(world, true);
    expect(world.messages[before].path).toMatchObject({ type: 'stream', connection: 1 });
    expect(answer.message.attributes.map(({ type }) => type)).toEqual([
      connectionId,
      attributeType.messageIntegritySha256,
      attributeType.fingerprint,
    ]);
  });

  it('that is under way when the allocation ends is over with it', () => {
    const { world, caller } = allocated();
    caller.connect(peer);
    caller.ask('refresh', [lifetime(0)]);
    expect(world.outputsOf('close-peer')).toHaveLength(1);
    const before = world.messages.length;
    const [{ peer: id }] = world.outputsOf('connect-peer');
    world.server.handlePeerConnected(id, world.now);
    expect(world.messages).toHaveLength(before);
  });
});

describe('ConnectionBind (RFC 6062 section 5.4)', () => {
  it('comes within 30 s of the success of Connect, else both ends are closed', () => {
    const { world, caller } = allocated();
    caller.connect(peer);
    world.runUntil(20_000);
    const { id } = settle(world, true);
    world.runUntil(49_999);
    expect(world.outputsOf('close-peer')).toEqual([]);
    world.runUntil(50_000);
    expect(world.outputsOf('close-peer')).toEqual([{ type: 'close-peer', peer: id }]);
    expect(bind(new TurnCaller(world, { connection: 2, port: 2 }), id).code).toBe(400);
  });

  it('is not before there is something to bind, and its success names it', () => {
    const { world, caller } = allocated();
    caller.connect(peer);
    const [{ peer: pending }] = world.outputsOf('connect-peer');
    const data = new TurnCaller(world, { connection: 2, port: 2 });
    expect(bind(data, pending).code).toBe(400);
    const { id } = settle(world, true);
    const answer = bind(data, id);
    expect(answer).toMatchObject({ code: 0, integrity: 'right' });
    expect(findAttribute(answer.message, connectionId)?.value).toEqual(uint32(id));
  });

  it('is refused with 400 by the connection of any allocation, by a broken id, and over UDP', () => {
    const { world, caller } = allocated();
    caller.connect(peer);
    const { id } = settle(world, true);
    const busy = new TurnCaller(world, { connection: 3, port: 3 });
    busy.allocate();
    expect(bind(caller, id).code).toBe(400);
    expect(bind(busy, id).code).toBe(400);
    expect(bind(new TurnCaller(world, { port: 4 }), id).code).toBe(400);
    const data = new TurnCaller(world, { connection: 2, port: 2 });
    expect(data.ask('connection-bind', [{ type: connectionId, value: new Uint8Array(3) }]).code).toBe(400);
    expect(bind(data, id).code).toBe(0);
  });

  it('makes the connection carry data alone: no message on it is read any more', () => {
    const { world, caller } = allocated();
    caller.connect(peer);
    const { id } = settle(world, true);
    const data = new TurnCaller(world, { connection: 2, port: 2 });
    bind(data, id);
    const before = world.messages.length;
    for (const method of ['binding', 'allocate', 'connection-bind'] as const) data.send(data.strange(method));
    expect(world.messages).toHaveLength(before);
  });
});

describe('an allocation with TCP relays', () => {
  it('keeps permissions for five minutes, and lets whoever has one connect as often as he likes', () => {
    const { world, caller } = allocated();
    caller.permit(peer);
    expect(world.server.handlePeerAccepted(1, peer, world.now)).toBeDefined();
    expect(world.server.handlePeerAccepted(1, other, world.now)).toBeDefined();
    world.runUntil(minutes(5));
    expect(world.server.handlePeerAccepted(1, { ...peer, port: 10 }, world.now)).toBeUndefined();
  });
});
