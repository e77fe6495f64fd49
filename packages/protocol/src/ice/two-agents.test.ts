import { type MonotonicMs, monotonicMs, type PathHandle } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IceControllingAgent, IceLiteAgent, type IceOutput } from './index.ts';
import { address, drain, pathOf, peer, seeded, server } from './test/agents.ts';

const [a, b, c] = [pathOf(1), pathOf(2), pathOf(3)];

interface Flight {
  readonly at: number;
  readonly to: 'lite' | 'full';
  readonly path: PathHandle;
  readonly bytes: Uint8Array;
}

interface Link {
  /** Share of datagrams that are lost, each way. */
  readonly loss?: number;
  readonly duplication?: number;
  /** One way, up to so much more each time: later ones overtake. */
  readonly delay?: number;
  readonly jitter?: number;
}

/** A browser's agent and ours with a link between them, and one clock that jumps from event to event. */
class Call {
  readonly lite = new IceLiteAgent(server);
  readonly full: IceControllingAgent;
  now = monotonicMs(0);
  /** Paths that carry nothing. */
  readonly dead = new Set<PathHandle>();
  readonly told = { lite: [] as IceOutput[], full: [] as IceOutput[] };
  readonly #link: Link;
  readonly #random: () => number;
  #flights: readonly Flight[] = [];

  constructor(link: Link = {}, seed = 1, paths: readonly PathHandle[] = [a]) {
    this.#link = link;
    const random = seeded(seed + 100);
    this.#random = () => (random(1)[0] * 256 + random(1)[0]) / 65_536;
    this.lite.setRemoteCredentials(peer);
    this.full = new IceControllingAgent({ local: peer, remote: server, random: seeded(seed) });
    for (const path of paths) this.full.addPath(path, this.now);
  }

  run(by: number): void {
    const end = this.now + by;
    for (;;) {
      this.#collect('full', this.full);
      this.#collect('lite', this.lite);
      const next = Math.min(this.full.deadline(), this.lite.deadline(), ...this.#flights.map(({ at }) => at));
      if (next > end) break;
      this.now = monotonicMs(Math.max(next, this.now));
      this.full.handleTimeout(this.now);
      this.lite.handleTimeout(this.now);
      this.#land(this.now);
    }
    this.now = monotonicMs(end);
  }

  #land(now: MonotonicMs): void {
    const landing = this.#flights.filter(({ at }) => at <= now);
    this.#flights = this.#flights.filter(({ at }) => at > now);
    for (const { to, path, bytes } of landing) {
      if (!this.dead.has(path)) this[to].handleStun(bytes, path, address, now);
    }
  }

  #collect(who: 'lite' | 'full', agent: { pollOutput(): IceOutput | undefined }): void {
    const { loss = 0, duplication = 0, delay = 20, jitter = 0 } = this.#link;
    for (const output of drain(agent)) {
      if (output.type !== 'send') {
        this.told[who].push(output);
        continue;
      }
      const to = who === 'lite' ? 'full' : 'lite';
      for (let copies = this.#random() < duplication ? 2 : 1; copies > 0; copies--) {
        const at = this.now + delay + this.#random() * jitter;
        if (this.#random() >= loss)
          this.#flights = [...this.#flights, { at, to, path: output.path, bytes: output.bytes }];
      }
    }
  }

  states(who: 'lite' | 'full'): readonly string[] {
    return this.told[who].flatMap((output) => (output.type === 'state' ? [output.state] : []));
  }
}

describe('a controlling agent and a lite one', () => {
  it('are connected by the same path after two round trips', () => {
    const call = new Call();
    call.run(59);
    expect(call.states('lite')).toEqual(['checking']);
    call.run(1);
    expect(call.states('lite')).toEqual(['checking', 'connected']);
    call.run(20);
    expect(call.states('full')).toEqual(['checking', 'connected']);
    expect([call.lite.selectedPath, call.full.selectedPath]).toEqual([a, a]);
  });

  it('stay connected for an hour and say nothing more', () => {
    const call = new Call({}, 1, [a, b]);
    call.run(3_600_000);
    expect(call.states('lite')).toEqual(['checking', 'connected']);
    expect(call.states('full')).toEqual(['checking', 'connected']);
    expect(call.lite.counters.get('check-answered')).toBeGreaterThan(600);
  });

  it('find the one path of three that works', () => {
    const call = new Call({}, 1, [a, b, c]);
    call.dead.add(a).add(c);
    call.run(1_000);
    expect([call.lite.selectedPath, call.full.selectedPath]).toEqual([b, b]);
    expect(call.lite.state).toBe('connected');
  });

  it('agree on a new path when the network changes: the old one dies and another is nominated', () => {
    const call = new Call();
    call.run(1_000);
    call.dead.add(a);
    call.run(5_000);
    call.full.addPath(b, call.now);
    call.full.nominate(b, call.now);
    call.run(1_000);
    expect([call.lite.selectedPath, call.full.selectedPath]).toEqual([b, b]);
    call.run(120_000);
    expect(call.states('lite')).toEqual(['checking', 'connected']);
    expect(call.states('full')).toEqual(['checking', 'connected']);
  });

  it('agree on the path nominated last while both work', () => {
    const call = new Call({ jitter: 30 }, 3, [a, b]);
    call.run(1_000);
    for (const path of [b, a, b]) {
      call.full.nominate(path, call.now);
      call.run(12_000);
      expect([call.lite.selectedPath, call.full.selectedPath]).toEqual([path, path]);
    }
  });

  it('both fail when every path dies, after they were disconnected', () => {
    const call = new Call();
    call.run(60_000);
    call.dead.add(a);
    call.run(40_000);
    expect(call.states('lite')).toEqual(['checking', 'connected', 'disconnected', 'failed']);
    expect(call.states('full')).toEqual(['checking', 'connected', 'disconnected', 'failed']);
  });

  it('outlive an outage of 20 s', () => {
    const call = new Call();
    call.run(10_000);
    call.dead.add(a);
    call.run(20_000);
    call.dead.delete(a);
    call.run(60_000);
    expect(call.states('lite')).toEqual(['checking', 'connected', 'disconnected', 'connected']);
    expect(call.states('full')).toEqual(['checking', 'connected', 'disconnected', 'connected']);
  });

  it('fail when the password is another', () => {
    const call = new Call();
    call.lite.setRemoteCredentials({ ufrag: 'someone', pwd: peer.pwd });
    call.run(60_000);
    expect(call.full.state).toBe('failed');
    expect(call.lite.state).toBe('new');
    expect(call.lite.counters.get('bad-username')).toBe(7);
  });

  it('are connected by the same path within 25 s with 20 % loss, duplicates and reordering', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const call = new Call({ loss: 0.2, duplication: 0.1, delay: 50, jitter: 200 }, seed, [a, b, c]);
      call.run(25_000);
      expect([call.full.state, call.lite.state], `seed ${seed}`).toEqual(['connected', 'connected']);
      expect(call.lite.selectedPath, `seed ${seed}`).toBe(call.full.selectedPath);
    }
  });

  it('never fail in ten minutes with 10 % loss', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const call = new Call({ loss: 0.1, duplication: 0.05, jitter: 100 }, seed, [a, b]);
        call.run(600_000);
        expect([call.full.state, call.lite.state]).toEqual(['connected', 'connected']);
      }),
      { numRuns: 30 },
    );
  });
});
