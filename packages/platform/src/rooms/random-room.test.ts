import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { settle } from '../../test/fake-engine.ts';
import { FakeConnection } from './test/fake-connection.ts';
import { Scene } from './test/scene.ts';
import { SimulatedClient } from './test/simulated-client.ts';

const who = fc.nat(5);
const kind = fc.constantFrom('audio' as const, 'video' as const);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('join' as const),
      room: fc.constantFrom('a', 'b'),
      withToken: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('publish' as const), who, kind }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('unpublish' as const), who }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('mute' as const), who, muted: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('receive' as const), who, track: fc.nat(9), received: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('send' as const), who, whom: who, sent: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('speak' as const), who, tracks: fc.array(fc.nat(9)) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('say' as const), who }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('react' as const), who }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('set-hand' as const), who, raised: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lower-all-hands' as const), who }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lock' as const), who, locked: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('relay' as const), who, relayOnly: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('remove' as const), who, whom: who }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('end' as const), who }) },
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
  #wordCount = 0;

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
        return this.#join(step.room, step.withToken);
      case 'publish':
        return client?.publish(`track-${this.#trackCount++}`, step.kind);
      case 'unpublish':
        return client?.unpublish(trackId);
      case 'mute':
        return client?.setMuted(trackId, step.muted);
      case 'receive':
        return client?.ask((service, seat) => service.setReceived(seat, `track-${step.track}`, step.received));
      case 'send': {
        const whom = this.clients.at(step.whom % Math.max(1, this.clients.length))?.id ?? '';
        return client?.ask((service, seat) => service.setSent(seat, whom, step.sent));
      }
      case 'speak':
        if (client === undefined) return;
        return engine.tellSpeakers(
          client.roomId,
          step.tracks.map((track) => `track-${track}`),
        );
      case 'say':
        return client?.say(`word ${this.#wordCount++}`);
      case 'react':
        return client?.ask(({ conversation }, seat) => conversation.react(seat, 'clap'));
      case 'set-hand':
        return client?.setHand(step.raised);
      case 'lower-all-hands':
        return client?.ask(({ moderation }, seat) => moderation.lowerAllHands(seat));
      case 'lock':
        return client?.ask(({ moderation }, seat) => moderation.lockRoom(seat, step.locked));
      case 'relay':
        return client?.ask(({ moderation }, seat) => moderation.setRelayOnly(seat, step.relayOnly));
      case 'remove': {
        const whom = this.clients.at(step.whom % Math.max(1, this.clients.length))?.id ?? '';
        client?.ask(({ moderation }, seat) => moderation.removeParticipant(seat, whom));
        return this.#dropEnded();
      }
      case 'end':
        client?.ask(({ moderation }, seat) => moderation.endRoom(seat));
        return this.#dropEnded(client);
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

  #join(roomId: string, withToken: boolean): void {
    if (this.clients.length >= 6) return;
    const token = withToken ? this.#in(roomId).find(({ role }) => role === 'host')?.hostToken : undefined;
    const isLocked = this.#in(roomId).some(({ seat }) => seat.room.isLocked);
    const name = `Guest ${this.clients.length}`;
    try {
      this.clients.push(new SimulatedClient(this.scene, name, roomId, token ?? undefined));
    } catch (error) {
      expect(error).toMatchObject({ code: 'room-locked' });
      expect(isLocked).toBe(true);
    }
  }

  /** Whose stay a host ended is told so at once, or when it comes back; `by` knows by itself. */
  #dropEnded(by?: SimulatedClient): void {
    const ended = this.clients.filter(({ seat: { room, participant } }) => !room.has(participant));
    for (const client of ended) {
      const { participant } = client.seat;
      if (client !== by) expect(client.isDone || client.isAway).toBe(true);
      expect(() => this.scene.service.resume(participant.resumeToken, new FakeConnection())).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/-by-host$/) }),
      );
      client.leave();
      this.clients.splice(this.clients.indexOf(client), 1);
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
      const known = [...client.others].map(
        ([id, { name, role, handRaisedAt, away }]) => [id, { name, role, handRaisedAt, away }] as const,
      );
      expect(new Map(known)).toEqual(
        new Map(
          others.map(({ id, name, role, handRaisedAt }) => [id, { name, role, handRaisedAt, away: false }] as const),
        ),
      );
      expect(new Set([client, ...others].map(({ isLocked }) => isLocked)).size).toBe(1);
      expect(client.isRelayOnly).toBe(client.seat.room.isRelayOnly);
      expect(client.chat).toEqual(client.seat.room.chat.messages);
      expect([client, ...others].some(({ role }) => role === 'host')).toBe(true);
      expect(client.hostToken).toBe(client.role === 'host' ? client.seat.room.hostToken : null);
      for (const other of others) {
        const tracks = [...(client.others.get(other.id)?.tracks.values() ?? [])];
        expect(new Map(tracks.map(({ trackId, kind, muted }) => [trackId, { kind, muted }]))).toEqual(other.wishes);
      }
      const { speakers, notReceived, notSentTo } = service.snapshot(client.seat);
      expect(client.speakers).toEqual(speakers);
      const withheld = others.flatMap(({ id, wishes }) => (client.others.get(id)?.withholds ? [...wishes.keys()] : []));
      const paused = new Set([...notReceived, ...withheld]);
      expect([...engine.pausedFor(client.roomId, client.id)].sort()).toEqual([...paused].sort());
      const sentNothing = others.filter(({ others: seenBy }) => seenBy.get(client.id)?.withholds);
      expect([...notSentTo].sort()).toEqual(sentNothing.map(({ id }) => id).sort());
      const tracks = others.flatMap(({ wishes }) => [...wishes.keys()]);
      expect([...client.received].sort()).toEqual(tracks.sort());
      expect(tracks).toEqual(expect.arrayContaining([...notReceived]));
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
