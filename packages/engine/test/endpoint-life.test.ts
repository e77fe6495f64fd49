import { milliseconds } from '@rivero/core';
import { type LinkConditions, SeededRandom, type SimulatedEndpoint } from '@rivero/testkit';
import { describe, expect, it } from 'vitest';
import { EndpointScene, expectSmooth } from './endpoint-scene.ts';

const names = ['ann', 'bob', 'eve', 'joe', 'kim'];

/** What anybody may do at any time, by random choice. */
class Chaos {
  readonly scene: EndpointScene;
  readonly #random: SeededRandom;
  readonly open = new Map<string, SimulatedEndpoint>();

  constructor(seed: number) {
    this.scene = new EndpointScene(seed);
    this.#random = new SeededRandom(seed);
  }

  step(): void {
    const { endpoints } = this.scene;
    const name = this.#pick(names);
    const endpoint = this.open.get(name);
    if (endpoint === undefined) {
      this.open.set(name, endpoints.open(name));
      return;
    }
    const actions = [
      () => endpoints.offer(endpoint),
      () => endpoints.answer(endpoint),
      () => this.#send(endpoint),
      () => this.#send(endpoint),
      () => {
        endpoint.peer.restartIce();
        endpoints.offer(endpoint);
      },
      () => endpoints.offer(endpoint, (offer) => offer.replaceAll('a=sendrecv', 'a=recvonly')),
      () => endpoints.offer(endpoint, (offer) => offer.replaceAll('a=extmap:4 ', 'a=extmap:6 ')),
      () => {
        endpoints.close(endpoint);
        this.open.delete(name);
      },
    ];
    this.#pick(actions)();
  }

  wait(): void {
    this.scene.run(Math.floor(this.#random.next() * 400));
  }

  #send(endpoint: SimulatedEndpoint): void {
    const source = this.#pick([...names, undefined]);
    const tracks = { audio: source && `${source}/audio`, video: source && `${source}/video` };
    this.scene.endpoints.send(endpoint, tracks);
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random.next() * items.length)];
  }
}

/** Refusals are part of life: mids of the two roles differ, so that one follows the other with other sections. */
function attempt(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('sdp-')) throw error;
    return false;
  }
}

describe('endpoints that do anything in any order', () => {
  it.each(Array.from({ length: 8 }, (_, i) => 200 + i))('leave nothing, and repeat no number (seed %i)', (seed) => {
    const chaos = new Chaos(seed);
    const { scene } = chaos;
    for (let i = 0; i < 60; i++) {
      attempt(() => chaos.step());
      chaos.wait();
    }
    for (const endpoint of chaos.open.values()) {
      for (const video of endpoint.peer.received.values()) expect(video.repeatedCount).toBe(0);
    }
    expect(scene.room.datapath.counters()).toMatchObject({ 'send-index-reused': 0, 'send-stale-stream': 0 });
    for (const endpoint of chaos.open.values()) scene.endpoints.close(endpoint);
    scene.run(1_000);
    expect(scene.room.datapath.sizes()).toMatchObject({ sessions: 0, streams: 0 });
    expect(scene.room.datapath.pool.freeCount).toBe(scene.room.datapath.pool.slotsMax);
  });

  it.each(Array.from({ length: 6 }, (_, i) => 300 + i))(
    'show everybody what they want in the end (seed %i)',
    (seed) => {
      const chaos = new Chaos(seed);
      const { scene } = chaos;
      for (let i = 0; i < 30; i++) {
        attempt(() => chaos.step());
        chaos.wait();
      }
      const { endpoints } = scene;
      for (const name of names) if (!chaos.open.has(name)) chaos.open.set(name, endpoints.open(name));
      const all = [...chaos.open.values()];
      for (const endpoint of all) {
        if (!attempt(() => endpoints.offer(endpoint))) endpoints.answer(endpoint);
      }
      scene.run(2_000);
      for (const [i, endpoint] of all.entries()) {
        endpoints.send(endpoint, all[(i + 1) % all.length].tracks);
        scene.judgeAnew(endpoint);
      }
      const from = scene.now;
      scene.run(3_000);
      for (const endpoint of all) expectSmooth(scene, endpoint, from + 500);
    },
  );
});

describe('endpoints on a network that loses 5 % and shuffles the rest', () => {
  it('repair what is lost by RTX, through a change of source too', () => {
    const scene = new EndpointScene(401);
    const bad: LinkConditions = { loss: 0.05, jitter: milliseconds(20), delay: milliseconds(20) };
    const [ann, bob, viewer] = ['ann', 'bob', 'viewer'].map((id) =>
      scene.endpoints.join(id, { links: { up: bad, down: bad } }),
    );
    for (const source of [ann, bob, ann]) {
      scene.endpoints.send(viewer, source.tracks);
      scene.judgeAnew(viewer);
      const from = scene.now;
      scene.run(6_000);
      expectSmooth(scene, viewer, from + 2_000);
    }
    expect(scene.endpoints.received(viewer, 'video').repeatedCount).toBe(0);
    expect(scene.endpoints.statistics(viewer).sent[1].nackCount).toBeGreaterThan(5);
  });
});
