import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { settle } from '../../test/fake-engine.ts';
import { Scene } from './test/scene.ts';
import { SimulatedClient } from './test/simulated-client.ts';

const who = fc.nat(5);
const kind = fc.constantFrom('audio' as const, 'video' as const);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('join' as const), room: fc.constantFrom('a', 'b') }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('publish' as const), who, kind }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('unpublish' as const), who }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('mute' as const), who, muted: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('leave' as const), who }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('lose-socket' as const), who }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('resume' as const), who }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('die' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('respawn' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lose-peer' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('refuse' as const),
      method: fc.constantFrom('openRoom' as const, 'openPeer' as const, 'negotiate' as const, 'subscribe' as const),
    }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('pass' as const), ticks: fc.nat(6) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Rounds in which nothing is asked of the engine before all is taken to be done. */
const quietRounds = 20;

class Plan {
  readonly scene = new Scene();
  readonly clients: SimulatedClient[] = [];
  #trackCount = 0;

  constructor(delays: readonly number[]) {
    let next = 0;
    this.scene.engine.delay = async () => {
      const ticks = delays[next++ % delays.length];
      for (let i = 0; i < ticks; i++) await settle();
    };
  }

  async take(step: Step): Promise<void> {
    const { engine } = this.scene;
    const client = 'who' in step ? this.clients.at(step.who % Math.max(1, this.clients.length)) : undefined;
    const [trackId = ''] = client?.wishes.keys() ?? [];
    switch (step.type) {
      case 'join':
        if (this.clients.length < 6) {
          this.clients.push(new SimulatedClient(this.scene, `Guest ${this.clients.length}`, step.room));
        }
        return;
      case 'publish':
        return client?.publish(`track-${this.#trackCount++}`, step.kind);
      case 'unpublish':
        return client?.unpublish(trackId);
      case 'mute':
        return client?.setMuted(trackId, step.muted);
      case 'leave':
        if (client !== undefined) this.clients.splice(this.clients.indexOf(client), 1);
        return client?.leave();
      case 'lose-socket':
        return client?.loseSocket();
      case 'resume':
        return client?.resume();
      case 'die':
        return engine.die();
      case 'respawn':
        return engine.respawn();
      case 'lose-peer':
        if (client !== undefined) engine.losePeer(client.roomId, client.id);
        return;
      case 'refuse':
        return engine.refuse(step.method, 'worker-busy');
      case 'pass':
        for (let i = 0; i < step.ticks; i++) await settle();
        return this.scene.service.handleTimeout(this.scene.now);
    }
  }

  /** Everything works again, everybody is back, and all has come to rest. */
  async rest(): Promise<void> {
    const { engine, service } = this.scene;
    engine.forgive();
    engine.respawn();
    for (const client of this.clients) if (client.isAway) client.resume();
    // Whoever lost its peer unnoticed learns it at its next offer.
    for (const client of this.clients) client.publish(`track-${this.#trackCount++}`, 'audio');
    let quiet = 0;
    for (let calls = -1; quiet < quietRounds; quiet++) {
      service.handleTimeout(this.scene.now);
      await settle();
      if (engine.calls.length !== calls) quiet = 0;
      calls = engine.calls.length;
    }
  }

  check(): void {
    const { engine, service } = this.scene;
    const rooms = new Set(this.clients.map(({ roomId }) => roomId));
    const open = Object.entries(engine.rooms).flatMap(([roomId, ids]) => ids.map((id) => `${roomId}/${id}`));
    expect(open.sort()).toEqual(this.clients.map(({ roomId, id }) => `${roomId}/${id}`).sort());
    expect(Object.keys(engine.rooms).sort()).toEqual([...rooms].sort());
    expect(service.statistics()).toEqual({
      rooms: rooms.size,
      participants: this.clients.length,
      away: 0,
      mediaRooms: rooms.size,
    });
    for (const client of this.clients) {
      expect(client.faults).toEqual([]);
      const others = this.#in(client.roomId).filter((other) => other !== client);
      expect(new Map([...client.others].map(([id, { name, away }]) => [id, { name, away }]))).toEqual(
        new Map(others.map(({ id, name }) => [id, { name, away: false }])),
      );
      for (const other of others) {
        const tracks = [...(client.others.get(other.id)?.tracks.values() ?? [])];
        expect(new Map(tracks.map(({ trackId, kind, muted }) => [trackId, { kind, muted }]))).toEqual(other.wishes);
      }
      const tracks = others.flatMap(({ wishes }) => [...wishes.keys()]);
      expect([...client.received].sort()).toEqual(tracks.sort());
      expect([...engine.publishedBy(client.roomId, client.id)].sort()).toEqual([...client.wishes.keys()].sort());
    }
  }

  #in(roomId: string): readonly SimulatedClient[] {
    return this.clients.filter((client) => client.roomId === roomId);
  }
}

it('whatever happens, and however slow the engine is, in the end everybody knows and receives everybody', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.array(fc.nat(3), { minLength: 1, maxLength: 7 }),
      async (steps, delays) => {
        const plan = new Plan(delays);
        for (const step of steps) await plan.take(step);
        await plan.rest();
        plan.check();
        for (const client of plan.clients.splice(0)) client.leave();
        await plan.rest();
        plan.check();
      },
    ),
    { numRuns: 300 },
  );
});
