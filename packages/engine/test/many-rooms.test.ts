import { milliseconds } from '@rivero/core';
import { Router } from '@rivero/router';
import { SimulatedRoom } from '@rivero/testkit';
import { expect, it, vi } from 'vitest';

it('asks only the rooms that packets or timeouts touched for their deadlines', () => {
  const room = new SimulatedRoom(41);
  const roomsCount = 200;
  for (let i = 0; i < roomsCount; i++) room.plane.openRoom(`idle-${i}`);
  const [ann] = [room.join('ann'), room.join('bob'), room.join('joe', {}, { roomId: 'idle-0' })];
  room.simulation.run(milliseconds(2_000));
  const asked = vi.spyOn(Router.prototype, 'deadline');
  const inputs = vi.spyOn(room.plane, 'handleBatch');
  const timeouts = vi.spyOn(room.plane, 'handleTimeout');
  for (let i = 0; i < 1_000; i++) room.plane.deadline();
  expect(asked).not.toHaveBeenCalled();
  room.simulation.run(milliseconds(1_000));
  expect(new Set(asked.mock.contexts).size).toBe(2);
  expect(asked.mock.calls.length).toBeLessThanOrEqual(inputs.mock.calls.length + 2 * timeouts.mock.calls.length);
  expect(ann.peer.closeReason).toBeUndefined();
  vi.restoreAllMocks();
});
