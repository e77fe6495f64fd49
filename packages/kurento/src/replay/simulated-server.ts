import { milliseconds, type WallClockMs, wallClockMs } from '@rivero/core';
import { Elements } from '../elements/index.ts';
import { KurentoObjects } from '../objects/object-model.ts';
import { SimulatedEngine } from './simulated-engine.ts';

export interface SimulatedServer {
  readonly engine: SimulatedEngine;
  readonly elements: Elements;
  readonly objects: KurentoObjects;
  readonly bugs: unknown[];
}

/** All objects over an engine without packets. */
export function simulatedServer(): SimulatedServer {
  const engine = new SimulatedEngine();
  const bugs: unknown[] = [];
  let uuids = 0;
  const now = (): WallClockMs => wallClockMs(1_700_000_000_000);
  const elements: Elements = new Elements({
    engine,
    hasLatencyStats: (pipelineId) => objects.hasLatencyStats(pipelineId),
    now,
  });
  const objects: KurentoObjects = new KurentoObjects({
    engine,
    factories: elements.factories,
    graphText: elements.graphText,
    machine: {
      cores: () => 4,
      usedTime: () => milliseconds(0),
      memoryBytes: () => 1024,
      wait: async () => {},
    },
    now,
    uuid: () => {
      uuids += 1;
      return `00000000-0000-4000-8000-${String(uuids).padStart(12, '0')}`;
    },
    tellBug: (error) => {
      bugs.push(error);
    },
  });
  return { engine, elements, objects, bugs };
}
