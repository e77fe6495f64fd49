import { type MonotonicMs, monotonicMs, never } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { attributeType, checkIntegrity, findAttribute } from '../stun/index.ts';
import { serializeCheckError } from './binding-message.ts';
import { pairsMax } from './ice-controlling-agent.ts';
import { a, b, c, ControllingScene as Scene, serverKey } from './test/controlling-scene.ts';
import { address, check, drain, pathOf, peer, server } from './test/agents.ts';

describe('IceControllingAgent: checks', () => {
  it('sends what RFC 8445 section 7.1 demands, with the password of the peer', () => {
    const scene = new Scene();
    scene.add(a);
    scene.turnTo(0);
    const { message, nominates } = scene.last(a);
    expect(message).toMatchObject({ class: 'request', method: 'binding' });
    const username = findAttribute(message, attributeType.username)?.value;
    expect(new TextDecoder().decode(username)).toBe('server01:peer');
    expect(checkIntegrity(message, serverKey)).toBe('right');
    expect(findAttribute(message, attributeType.iceControlling)?.value).toHaveLength(8);
    // 110 * 2^24 + 65535 * 256 + 255: what a peer-reflexive candidate would have (RFC 8445 section 7.1.1).
    expect(findAttribute(message, attributeType.priority)?.value).toEqual(Uint8Array.of(0x6e, 0xff, 0xff, 0xff));
    expect(findAttribute(message, attributeType.fingerprint)).toBeDefined();
    expect(nominates).toBe(false);
  });

  it('sends at 0, 500, 1500 ... 31500 ms and fails at 39500 ms (RFC 8489 section 6.2.1)', () => {
    const scene = new Scene();
    scene.add(a);
    scene.turnTo(39_499);
    expect(scene.timesOf(a)).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    expect(new Set(scene.sent.map(({ message }) => message.transactionId.join())).size).toBe(1);
    expect(scene.agent.state).toBe('checking');
    scene.turnTo(39_500);
    expect(scene.agent.state).toBe('failed');
    expect(scene.agent.deadline()).toBe(never);
  });

  it('begins a check every 50 ms, in the order the paths were added', () => {
    const scene = new Scene();
    scene.add(a, b, c, a);
    scene.turnTo(499);
    expect(scene.sent.map(({ at, path }) => [at, path])).toEqual([
      [0, a],
      [50, b],
      [100, c],
    ]);
  });

  it('checks a path that is added later', () => {
    const scene = new Scene();
    scene.add(a);
    scene.turnTo(10_000);
    scene.answering.add(b);
    scene.add(b);
    scene.turnTo(10_000);
    expect(scene.agent.selectedPath).toBe(b);
  });

  it(`passes over more than ${pairsMax} paths`, () => {
    const scene = new Scene();
    for (let i = 0; i < pairsMax + 10; i++) scene.add(pathOf(i));
    scene.turnTo(30_000);
    expect(new Set(scene.sent.map(({ path }) => path)).size).toBe(pairsMax);
  });
});

describe('IceControllingAgent: nomination', () => {
  it('nominates the first path that answers, then is connected', () => {
    const scene = new Scene();
    scene.answering.add(b).add(c);
    scene.add(a, b, c);
    scene.turnTo(100);
    expect(scene.told).toEqual(['checking', 'validated', 'selected', 'connected', 'validated']);
    expect(scene.agent.selectedPath).toBe(b);
    expect(scene.sent.filter(({ nominates }) => nominates).map(({ path }) => path)).toEqual([b]);
  });

  it('nominates another path that works when the nomination of the first is never answered', () => {
    const scene = new Scene();
    scene.add(a, b);
    scene.turnTo(50);
    scene.answer(a, scene.last(a).message);
    scene.answer(b, scene.last(b).message);
    scene.collect();
    expect(scene.last(a).nominates).toBe(true);
    scene.answering.add(b);
    scene.turnTo(60_000);
    expect(scene.agent.selectedPath).toBe(b);
    expect(scene.agent.state).toBe('connected');
  });

  it('nominates another path when told to, and the peer answers', () => {
    const scene = new Scene();
    scene.answering.add(a);
    scene.add(a, b);
    scene.turnTo(1_000);
    scene.agent.nominate(b, scene.now);
    scene.collect();
    expect(scene.last(b).nominates).toBe(true);
    expect(scene.agent.selectedPath).toBe(a);
    scene.answer(b, scene.last(b).message);
    scene.collect();
    expect(scene.agent.selectedPath).toBe(b);
  });

  it('nominates a path that was not checked yet, without checking it a second time', () => {
    const scene = new Scene();
    scene.add(a, b);
    scene.agent.nominate(b, scene.now);
    scene.collect();
    scene.turnTo(499);
    expect(scene.sent.filter(({ path }) => path === b).map(({ nominates }) => nominates)).toEqual([true]);
    scene.answer(b, scene.last(b).message);
    expect(scene.agent.selectedPath).toBe(b);
  });

  it('does not nominate the old path in a consent check while another is being nominated', () => {
    const scene = new Scene();
    scene.answering.add(a);
    scene.add(a, b);
    scene.turnTo(100);
    scene.agent.nominate(b, scene.now);
    scene.collect();
    const from = scene.sent.length;
    scene.turnTo(35_000);
    const ofA = scene.sent.slice(from).filter(({ path }) => path === a);
    expect(ofA.length).toBeGreaterThan(2);
    expect(ofA.filter(({ nominates }) => nominates)).toEqual([]);
    expect(scene.agent.state).toBe('connected');
  });

  it('selects only the path told last, when the answer to an earlier nomination comes late', () => {
    const scene = new Scene();
    scene.add(a, b);
    scene.turnTo(50);
    scene.answer(a, scene.last(a).message);
    scene.collect();
    const nomination = scene.last(a);
    expect(nomination.nominates).toBe(true);
    scene.agent.nominate(b, scene.now);
    scene.collect();
    scene.answer(a, nomination.message);
    expect(scene.agent.selectedPath).toBeUndefined();
    scene.answer(b, scene.last(b).message);
    expect(scene.agent.selectedPath).toBe(b);
  });

  it('passes over a path that it does not have', () => {
    const scene = new Scene();
    scene.agent.nominate(a, scene.now);
    expect(drain(scene.agent)).toEqual([]);
  });
});

describe('IceControllingAgent: answers', () => {
  it('passes over another transaction, an answer by another path, and one that came before', () => {
    const scene = new Scene();
    scene.add(a, b);
    scene.turnTo(50);
    const { message } = scene.last(a);
    scene.answer(a, { ...message, transactionId: new Uint8Array(12) });
    scene.answer(b, message);
    scene.answer(c, message);
    expect(scene.told).toEqual(['checking']);
    scene.answer(a, message);
    scene.collect();
    const nomination = scene.last(a).message;
    scene.answer(a, message);
    expect(scene.agent.selectedPath).toBeUndefined();
    scene.answer(a, nomination);
    expect(scene.agent.selectedPath).toBe(a);
  });

  it('does not take an answer that is repeated for consent', () => {
    const scene = new Scene();
    scene.answering.add(a);
    scene.add(a);
    scene.turnTo(0);
    scene.answering.delete(a);
    const nomination = scene.last(a).message;
    scene.turnTo(3_000);
    scene.answer(a, nomination);
    scene.turnTo(30_000);
    expect(scene.agent.state).toBe('failed');
  });

  it('counts bad-integrity and goes on when the answer has another password', () => {
    const scene = new Scene();
    scene.add(a);
    scene.turnTo(0);
    scene.answer(a, scene.last(a).message, new TextEncoder().encode('wrong'));
    expect(scene.agent.counters.get('bad-integrity')).toBe(1);
    scene.turnTo(500);
    expect(scene.timesOf(a)).toEqual([0, 500]);
  });

  it('gives a path up when the answer is an error with the right integrity, and all when no other comes (RFC 8863)', () => {
    const scene = new Scene();
    scene.add(a);
    scene.turnTo(0);
    const { transactionId } = scene.last(a).message;
    const error = serializeCheckError(transactionId, { code: 487, reason: 'Role Conflict' }, serverKey);
    scene.agent.handleStun(error, a, address, scene.now);
    scene.turnTo(39_499);
    expect(scene.told).toEqual(['checking', 'forgotten']);
    expect(scene.timesOf(a)).toEqual([0]);
    scene.turnTo(39_500);
    expect(scene.told).toEqual(['checking', 'forgotten', 'failed']);
  });

  it('answers the checks of a full peer, and none with a wrong fragment, password or form', () => {
    const scene = new Scene();
    const request = { from: server, to: peer, role: 'controlled' } as const;
    for (const bytes of [
      check({ ...request, pwd: 'wrong' }),
      check({ ...request, username: 'other:server01' }),
      new Uint8Array(20),
    ])
      scene.agent.handleStun(bytes, a, address, scene.now);
    expect(drain(scene.agent)).toEqual([]);
    scene.agent.handleStun(check(request), a, address, scene.now);
    expect(drain(scene.agent)).toMatchObject([{ type: 'send', path: a }]);
    expect(scene.agent.counters.snapshot()).toMatchObject({
      'bad-integrity': 1,
      'bad-username': 1,
      defective: 1,
      'check-answered': 1,
    });
  });
});

describe('IceControllingAgent: consent (RFC 7675 section 5.1)', () => {
  function connected(): Scene {
    const scene = new Scene();
    scene.answering.add(a);
    scene.add(a);
    scene.turnTo(0);
    return scene;
  }

  it('checks every 4 to 6 s with a new transaction, and keeps connected', () => {
    const scene = connected();
    const from = scene.sent.length;
    scene.turnTo(600_000);
    const times = scene.timesOf(a).slice(from);
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(4_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(6_000);
    expect(scene.sent.slice(from).every(({ nominates }) => nominates)).toBe(true);
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(500);
    expect(new Set(scene.sent.map(({ message }) => message.transactionId.join())).size).toBe(scene.sent.length);
    expect(scene.agent.state).toBe('connected');
  });

  it('is disconnected 10 s after the last answer and fails after 30 s, for good', () => {
    const scene = connected();
    scene.turnTo(20_000);
    const last: MonotonicMs = monotonicMs(scene.last(a).at);
    scene.answering.clear();
    scene.turnTo(last + 9_999);
    expect(scene.agent.state).toBe('connected');
    scene.turnTo(last + 29_999);
    expect(scene.agent.state).toBe('disconnected');
    scene.turnTo(last + 30_000);
    expect(scene.agent.state).toBe('failed');
    scene.answer(a, scene.last(a).message);
    const count = scene.sent.length;
    scene.add(b);
    scene.agent.nominate(a, scene.now);
    scene.agent.handleTimeout(monotonicMs(scene.now + 1_000));
    scene.collect();
    expect(scene.sent).toHaveLength(count);
    expect(scene.agent.state).toBe('failed');
    expect(scene.agent.deadline()).toBe(never);
  });

  it('outlives a silence of 25 s', () => {
    const scene = connected();
    scene.answering.clear();
    scene.turnTo(25_000);
    scene.answering.add(a);
    scene.turnTo(120_000);
    expect(scene.agent.state).toBe('connected');
  });
});
