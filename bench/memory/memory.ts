import { setTimeout as sleep } from 'node:timers/promises';
import { LoadPeers, LoadRoom } from '@rivero/testkit';
import type { Benchmark } from '../benchmark.ts';
import { RemoteEngine } from '../load/remote-engine.ts';
import { subscribeMany } from '../load/subscribe-many.ts';
import { rounded } from '../rounded.ts';

const warmUpSessions = 100;
const sessions = 1_000;
const settleMs = 5_000;
const limitKilobytes = 60;

/** What a media worker holds in RAM for each subscriber that is connected and to whom nothing is sent just now. */
export const memory: Benchmark = {
  name: 'memory',
  sentence: `connects ${sessions} subscribers to one media worker, after ${warmUpSessions} others`,
  run: async (tell) => {
    const engine = await RemoteEngine.start();
    const empty = engine.residentBytes();
    const peers = new LoadPeers();
    const room = await LoadRoom.open(engine, peers, 'room');
    await room.publish();
    await subscribeMany(room, warmUpSessions, tell);
    await sleep(settleMs);
    const before = engine.residentBytes();
    const cpuBefore = engine.cpuSeconds();
    await subscribeMany(room, sessions, tell);
    const cpuSeconds = engine.cpuSeconds() - cpuBefore;
    await sleep(settleMs);
    const after = engine.residentBytes();
    await engine.stop();
    await peers.close();
    const megabytes = (bytes: number): number => Math.round(bytes / 100_000) / 10;
    return {
      what: 'memory in RAM for each idle subscriber',
      measured: Math.round((after - before) / sessions / 100) / 10,
      limit: limitKilobytes,
      unit: 'kB',
      details: {
        sessions,
        cpuMillisecondsPerJoin: rounded((cpuSeconds / sessions) * 1_000),
        emptyMegabytes: megabytes(empty),
        beforeMegabytes: megabytes(before),
        afterMegabytes: megabytes(after),
      },
    };
  },
};
