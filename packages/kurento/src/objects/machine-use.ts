import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { milliseconds } from '@rivero/core';
import type { MachineUse } from './server-manager.ts';

/** This process with all its threads. */
export const machineUse: MachineUse = {
  cores: () => availableParallelism(),
  usedTime: () => {
    const { user, system } = process.cpuUsage();
    return milliseconds((user + system) / 1000);
  },
  memoryBytes: () => process.memoryUsage.rss(),
  wait: async (time) => {
    // A client's question keeps no server from ending.
    await setTimeout(time, undefined, { ref: false });
  },
};
