import { milliseconds, type MonotonicMs, monotonicMs } from '@rivero/core';
import { FrameJudge, SeededRandom, type SimulatedEndpoint, SimulatedEndpoints, SimulatedRoom } from '@rivero/testkit';
import { expect } from 'vitest';

/** A room with endpoints on the simulated network. */
export class EndpointScene {
  readonly room: SimulatedRoom;
  readonly endpoints: SimulatedEndpoints;

  constructor(seed: number, workers = 1) {
    this.room = new SimulatedRoom(seed, workers);
    this.endpoints = new SimulatedEndpoints(this.room, new SeededRandom(seed + 1_000));
  }

  get now(): MonotonicMs {
    return this.room.simulation.now;
  }

  run(ms: number): void {
    this.room.simulation.run(milliseconds(ms));
  }

  /** From now on the endpoint's peer is judged by the pictures that it sees from now on. */
  judgeAnew(viewer: SimulatedEndpoint): void {
    this.endpoints.received(viewer, 'video').judge = new FrameJudge();
  }

  /** What the endpoint's peer saw in that stretch of time. */
  seen(viewer: SimulatedEndpoint, fromMs: number, untilMs: number = this.now - 500) {
    const { judge } = this.endpoints.received(viewer, 'video');
    return judge.verdict(monotonicMs(fromMs), monotonicMs(untilMs), milliseconds(500));
  }

  /** True when every packet that the viewer's video has came once, and none is missing in its numbers. */
  hasNoGap(viewer: SimulatedEndpoint): boolean {
    const { packetCount, newestSequence, oldestSequence, repeatedCount } = this.endpoints.received(viewer, 'video');
    return repeatedCount === 0 && packetCount === newestSequence - oldestSequence + 1;
  }
}

/** Of the frames of 25 a second since then, hardly any is missing. */
export function expectSmooth(scene: EndpointScene, viewer: SimulatedEndpoint, fromMs: number): void {
  const until = scene.now - 500;
  const { missed, shown } = scene.seen(viewer, fromMs, until);
  expect(missed).toEqual([]);
  expect(shown).toBeGreaterThan(((until - fromMs) / 40) * 0.97);
}
