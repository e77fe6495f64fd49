import { expect, it } from 'vitest';
import { lifetime, minutes, TurnCaller, TurnWorld, udp } from './test/turn-world.ts';

function closedIn(world: TurnWorld): readonly number[] {
  return world.outputsOf('close-connection').map(({ connection }) => connection);
}

it('closes a connection without an allocation after 30 s, whatever it says, and hears it no more', () => {
  const world = new TurnWorld();
  const caller = new TurnCaller(world, { connection: 1 });
  for (let second = 0; second < 30; second++) {
    world.runUntil(second * 1_000);
    expect(caller.tryExchange(caller.strange('binding'))).toBeDefined();
    caller.challenge();
  }
  expect(closedIn(world)).toEqual([]);
  world.runUntil(30_000);
  expect(closedIn(world)).toEqual([1]);
  expect(caller.tryExchange(caller.strange('binding'))).toBeUndefined();
  world.runUntil(minutes(60));
  expect(closedIn(world)).toEqual([1]);
});

it('leaves a connection with an allocation alone, until 30 s after its end', () => {
  const world = new TurnWorld();
  const caller = new TurnCaller(world, { connection: 1 });
  world.runUntil(29_999);
  caller.allocate();
  world.runUntil(minutes(5));
  caller.ask('refresh', [lifetime(0)]);
  world.runUntil(minutes(5) + 29_999);
  expect(closedIn(world)).toEqual([]);
  caller.allocate();
  world.runUntil(minutes(15) + 29_999 + 29_999);
  expect(world.server.allocations).toBe(0);
  expect(closedIn(world)).toEqual([]);
  world.runUntil(minutes(15) + 29_999 + 30_000);
  expect(closedIn(world)).toEqual([1]);
});

it('forgets a connection that its client has closed', () => {
  const world = new TurnWorld();
  const [caller] = [1, 2].map((connection) => new TurnCaller(world, { connection }));
  caller.ask('allocate', [udp]);
  for (const connection of [1, 2]) world.server.handleConnectionClosed(connection, world.now);
  world.drive();
  expect(world.server.deadline()).toBe(Infinity);
  expect(closedIn(world)).toEqual([]);
});
