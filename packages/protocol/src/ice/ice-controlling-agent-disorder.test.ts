import { type MonotonicMs, monotonicMs, never, type PathHandle } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStunMessage } from '../stun/index.ts';
import { serializeCheckError, serializeCheckSuccess } from './binding-message.ts';
import { IceControllingAgent, type IceCredentials, type IceOutput } from './index.ts';
import { address, check, drain, pathOf, peer, seeded, server } from './test/agents.ts';

/** What may happen to an agent, in any order. */
type Step =
  | { readonly type: 'add' | 'nominate' | 'close' | 'media' | 'check'; readonly path: number }
  | { readonly type: 'answer' | 'refuse' | 'forge'; readonly nth: number }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'restart' };

const path = fc.integer({ min: 1, max: 4 });
const nth = fc.integer({ min: 0, max: 2 });
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: fc.constantFrom('add', 'nominate', 'media', 'check'), path }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('close'), path }) },
    { weight: 8, arbitrary: fc.record({ type: fc.constant('answer'), nth }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('refuse', 'forge'), nth }) },
    { weight: 8, arbitrary: fc.record({ type: fc.constant('wait'), ms: fc.constantFrom(0, 60, 600, 5_000, 12_000) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('restart') }) },
  ),
  { minLength: 10, maxLength: 60, size: 'max' },
) as fc.Arbitrary<Step[]>;

/** Brings a fresh agent to a selected path. */
const connect: readonly Step[] = [
  { type: 'add', path: 1 },
  { type: 'wait', ms: 0 },
  { type: 'answer', nth: 0 },
  { type: 'answer', nth: 0 },
];

/** An agent, and what follows from its outputs alone, as its owner keeps it. */
class Told {
  readonly agent = new IceControllingAgent({ local: peer, remote: server, random: seeded(9) });
  now: MonotonicMs = monotonicMs(0);
  readonly validated = new Set<PathHandle>();
  selected: PathHandle | undefined;
  state = 'new';
  #remote: IceCredentials = server;
  /** The newest first. */
  #checks: readonly { readonly path: PathHandle; readonly bytes: Uint8Array }[] = [];

  take(step: Step): void {
    const { agent, now } = this;
    switch (step.type) {
      case 'add':
        agent.addPath(pathOf(step.path), now, step.path % 2);
        break;
      case 'nominate':
        agent.nominate(pathOf(step.path), now);
        break;
      case 'close':
        agent.handlePathClosed(pathOf(step.path), now);
        break;
      case 'media':
        agent.handleActivity(pathOf(step.path), now);
        break;
      case 'check':
        agent.handleStun(check({ from: server, to: peer, role: 'controlled' }), pathOf(step.path), address, now);
        break;
      case 'answer':
      case 'refuse':
      case 'forge':
        this.#answer(step.type, step.nth);
        break;
      case 'wait':
        this.#wait(step.ms);
        break;
      case 'restart':
        this.#remote = { ...this.#remote, pwd: `${this.#remote.pwd}+` };
        agent.restart(peer, this.#remote, now);
        break;
    }
    this.#collect();
  }

  #answer(type: 'answer' | 'refuse' | 'forge', place: number): void {
    const sent = this.#checks[place];
    const message = sent && parseStunMessage(sent.bytes);
    if (sent === undefined || message === undefined || typeof message === 'string') return;
    const key = new TextEncoder().encode(type === 'forge' ? 'wrong' : this.#remote.pwd);
    const bytes =
      type === 'refuse'
        ? serializeCheckError(message.transactionId, { code: 400, reason: 'Bad Request' }, key)
        : serializeCheckSuccess(message.transactionId, address, key);
    this.agent.handleStun(bytes, sent.path, address, this.now);
  }

  #wait(ms: number): void {
    const end = monotonicMs(this.now + ms);
    for (let at = this.agent.deadline(); at <= end; at = this.agent.deadline()) {
      this.now = at > this.now ? at : this.now;
      this.agent.handleTimeout(this.now);
      this.#collect();
      expect(this.agent.deadline()).toBeGreaterThan(this.now);
    }
    this.now = end;
  }

  #collect(): void {
    for (const output of drain(this.agent)) this.#hear(output);
    expect(this.agent.state).toBe(this.state);
    expect(this.agent.selectedPath).toBe(this.selected);
    expect(new Set(this.agent.validatedPaths())).toEqual(this.validated);
    if (this.selected !== undefined) expect(this.validated).toContain(this.selected);
    if (this.state === 'connected') expect(this.selected).toBeDefined();
    if (this.state === 'failed') expect([this.validated.size, this.agent.deadline()]).toEqual([0, never]);
  }

  #hear(output: IceOutput): void {
    switch (output.type) {
      case 'send':
        this.#checks = [output, ...this.#checks].slice(0, 6);
        break;
      case 'validated':
        expect(this.validated).not.toContain(output.path);
        this.validated.add(output.path);
        break;
      case 'selected':
        expect(output.path).not.toBe(this.selected);
        this.selected = output.path;
        break;
      case 'forgotten':
        this.validated.delete(output.path);
        if (this.selected === output.path) this.selected = undefined;
        break;
      case 'state':
        expect(output.state).not.toBe(this.state);
        this.state = output.state;
        break;
    }
  }
}

describe('IceControllingAgent, whatever happens in whatever order', () => {
  it('tells by its outputs all that its owner has to know, and has no deadline that passed', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const told = new Told();
        for (const step of [...connect, ...list]) told.take(step);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws on changed messages', () => {
    const told = new Told();
    told.take({ type: 'add', path: 1 });
    told.take({ type: 'wait', ms: 10 });
    const bytes = check({ from: server, to: peer, role: 'controlled' });
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(bytes.length),
        (at, by, length) => {
          const changed = bytes.slice(0, length);
          if (at < length) changed[at] ^= by;
          told.agent.handleStun(changed, pathOf(1), address, told.now);
        },
      ),
      { numRuns: 1_000 },
    );
    expect([...told.agent.validatedPaths()]).toEqual([]);
  });
});
