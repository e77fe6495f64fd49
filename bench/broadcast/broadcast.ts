import type { Benchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { rounded } from '../rounded.ts';
import { BroadcastRoom, packetBytes } from './broadcast-room.ts';

const receivers = 200;
const packets = 1_000;
const packetIntervalMs = 2;
const rounds = 7;
const warmUpRounds = 1;
const ratioMax = 1.25;

/** What it costs that a room is in two media workers. */
export const broadcast: Benchmark = {
  name: 'broadcast',
  sentence: `forwards ${packetBytes}-byte packets 1 → ${receivers} in one media worker and in two, by turns`,
  run: async (tell) => {
    const rooms = [];
    for (const workers of [1, 2]) rooms.push(await BroadcastRoom.open({ workers, receivers }, tell));
    const costs: number[][] = [];
    for (let round = 0; round < rounds + warmUpRounds; round++) {
      tell(`round ${round + 1} of ${rounds + warmUpRounds}`);
      const cost: number[] = [];
      for (const room of rooms) cost.push(await room.microsecondsPerPacket(packets, packetIntervalMs));
      if (round >= warmUpRounds) costs.push(cost);
    }
    for (const room of rooms) await room.close();
    const ratios = costs.map(([one, two]) => two / one);
    return {
      what: 'CPU per forwarded packet in two media workers against one, median',
      measured: rounded(median(ratios)),
      limit: ratioMax,
      unit: '× one worker',
      details: {
        receivers,
        microsecondsInOne: rounded(median(costs.map(([one]) => one))),
        microsecondsInTwo: rounded(median(costs.map(([, two]) => two))),
        least: rounded(Math.min(...ratios)),
        most: rounded(Math.max(...ratios)),
      },
    };
  },
};
