import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { milliseconds } from '@rivero/core';
import { SimulatedRoom } from '@rivero/testkit';
import type { Benchmark } from '../benchmark.ts';

const rounds = 20;
const rooms = 10;
const peersPerRoom = 5;
const growthMax = 1.05;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes that this process holds, after everything that can go has gone. */
function memoryHeld(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Fifty participants in ten rooms come, see each other for two seconds, and go. */
function round(server: SimulatedRoom, number: number): void {
  const ids: string[] = [];
  for (let room = 0; room < rooms; room++) {
    const roomId = `room-${number}-${room}`;
    server.plane.openRoom(roomId);
    for (let peer = 0; peer < peersPerRoom; peer++) {
      const id = `${roomId}-${peer}`;
      server.join(id, {}, { roomId });
      ids.push(id);
    }
  }
  server.simulation.run(milliseconds(2_000));
  for (const { peer } of server.peers) {
    if (peer.received.size !== peersPerRoom - 1) throw new Error('somebody did not receive everybody');
    for (const video of peer.received.values())
      if (video.judge.isStuck(server.simulation.now, milliseconds(500))) throw new Error('a picture stands');
  }
  for (const id of ids) server.leave(id);
  for (let room = 0; room < rooms; room++) server.plane.closeRoom(`room-${number}-${room}`, server.simulation.now);
  server.simulation.run(milliseconds(1_000));
}

/** What stays in memory of sessions that are closed: nothing. */
export const sessions: Benchmark = {
  name: 'sessions',
  sentence: `opens and closes ${rooms * peersPerRoom} participants with media ${rounds} times on the simulated network`,
  run: async (tell) => {
    const server = new SimulatedRoom(1);
    const held: number[] = [];
    for (let number = 0; number < rounds; number++) {
      tell(`round ${number + 1} of ${rounds}`);
      // So that signals come through.
      await nextTurn();
      round(server, number);
      held.push(memoryHeld());
    }
    const sizes = { ...server.plane.sizes(), ...server.datapath.sizes() };
    const second = held[1];
    const last = held[rounds - 1];
    return {
      what: 'memory held after the last round against after the second',
      measured: Math.round((last / second) * 1_000) / 1_000,
      limit: growthMax,
      unit: '×',
      details: {
        secondBytes: second,
        lastBytes: last,
        sessionsLeft: sizes.sessions,
        streamsLeft: sizes.streams,
        pathsLeft: sizes.paths,
        slotsLeft: server.datapath.pool.slotsMax - server.datapath.pool.freeCount,
      },
    };
  },
};
