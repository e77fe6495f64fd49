import { milliseconds } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { attributeType, findAttribute, parseErrorCode, parseStunMessage } from '../stun/index.ts';
import { pairsMax } from './ice-controlling-agent.ts';
import type { IceCredentials } from './index.ts';
import { address, check, type CheckOptions, drain, pathOf, peer, server } from './test/agents.ts';
import { a, b, c, ControllingScene as Scene } from './test/controlling-scene.ts';

const freshLocal: IceCredentials = { ufrag: 'peer2222', pwd: 'anotherPasswordOfThePeer' };
const freshRemote: IceCredentials = { ufrag: 'server02', pwd: 'anotherPasswordOfTheServer' };
const freshKey = new TextEncoder().encode(freshRemote.pwd);

function connected(): Scene {
  const scene = new Scene();
  scene.answering.add(a);
  scene.add(a);
  scene.turnTo(0);
  return scene;
}

function restart(scene: Scene): void {
  scene.agent.restart(freshLocal, freshRemote, scene.now);
  scene.collect();
}

describe('IceControllingAgent: order', () => {
  it('checks those of higher priority first, whenever they came', () => {
    const scene = new Scene();
    scene.agent.addPath(a, scene.now, 1);
    scene.agent.addPath(b, scene.now, 2);
    scene.turnTo(0);
    scene.agent.addPath(c, scene.now, 3);
    scene.turnTo(499);
    expect(scene.sent.map(({ path }) => path)).toEqual([b, c, a]);
  });

  it('refuses a path only when there are too many, and tells so', () => {
    const scene = new Scene();
    for (let i = 0; i < 100; i++) expect(scene.agent.addPath(pathOf(i), scene.now)).toBe(true);
    expect(scene.agent.addPath(pathOf(100), scene.now)).toBe(false);
    expect(scene.agent.addPath(pathOf(1), scene.now)).toBe(true);
  });
});

describe('IceControllingAgent: round-trip time', () => {
  it('is that of the last check by the selected path, and unknown when the answer may be to an earlier request', () => {
    const scene = new Scene();
    scene.add(a);
    scene.turnTo(30);
    expect(scene.agent.roundTripTime).toBeUndefined();
    scene.answer(a, scene.last(a).message);
    scene.collect();
    scene.turnTo(70);
    scene.answer(a, scene.last(a).message);
    scene.collect();
    expect(scene.agent.roundTripTime).toBe(milliseconds(40));
    scene.turnTo(5_600);
    expect(scene.timesOf(a).slice(2)).toEqual([5_070, 5_570]);
    scene.answer(a, scene.last(a).message);
    expect(scene.agent.roundTripTime).toBe(milliseconds(40));
  });
});

describe('IceControllingAgent: silence', () => {
  it('is disconnected after 10 s without an answer or media, and back with either', () => {
    const scene = connected();
    scene.answering.clear();
    scene.turnTo(9_999);
    expect(scene.agent.state).toBe('connected');
    scene.turnTo(10_000);
    expect(scene.agent.state).toBe('disconnected');
    scene.agent.handleActivity(a, scene.now);
    expect(scene.agent.state).toBe('connected');
    scene.turnTo(20_000);
    expect(scene.agent.state).toBe('disconnected');
    scene.answering.add(a);
    scene.turnTo(26_000);
    expect(scene.agent.state).toBe('connected');
  });

  it('does not take media for consent (RFC 7675 section 5.1)', () => {
    const scene = connected();
    scene.answering.clear();
    for (let at = 1_000; at <= 29_000; at += 1_000) {
      scene.turnTo(at);
      scene.agent.handleActivity(a, scene.now);
    }
    expect(scene.agent.state).toBe('connected');
    scene.turnTo(30_000);
    expect(scene.agent.state).toBe('failed');
  });

  it('passes over media by a path that it does not know or that is not validated', () => {
    const scene = connected();
    scene.answering.clear();
    scene.turnTo(10_000);
    scene.add(b);
    scene.agent.handleActivity(b, scene.now);
    scene.agent.handleActivity(c, scene.now);
    expect(scene.agent.state).toBe('disconnected');
    expect([b, c].map((path) => scene.agent.isActive(path, scene.now))).toEqual([false, false]);
  });

  it('falls back on another path that worked, when the selected one is silent', () => {
    const scene = new Scene();
    scene.answering.add(a).add(b);
    scene.add(a, b, c);
    scene.turnTo(1_000);
    expect(scene.agent.selectedPath).toBe(a);
    scene.answering.delete(a);
    scene.turnTo(20_000);
    expect(scene.agent.selectedPath).toBe(b);
    expect(scene.agent.state).toBe('connected');
    scene.turnTo(120_000);
    expect(scene.agent.state).toBe('connected');
  });

  it('stays with the selected path when that answers first', () => {
    const scene = new Scene();
    scene.answering.add(a).add(b);
    scene.add(a, b);
    scene.turnTo(1_000);
    scene.answering.clear();
    scene.turnTo(12_000);
    scene.answering.add(a);
    scene.turnTo(120_000);
    expect(scene.agent.selectedPath).toBe(a);
    expect(scene.agent.state).toBe('connected');
  });
});

describe('IceControllingAgent: paths', () => {
  it('forgets a path that never answered, and keeps one that did', () => {
    const scene = new Scene();
    scene.answering.add(a);
    scene.add(a, b);
    scene.turnTo(60_000);
    expect(scene.told).toEqual(['checking', 'validated', 'selected', 'connected', 'forgotten']);
    expect([...scene.agent.validatedPaths()]).toEqual([a]);
    expect([a, b].map((path) => scene.agent.isValidated(path))).toEqual([true, false]);
  });

  it('goes on by another that worked when the selected one is taken away', () => {
    const scene = new Scene();
    scene.answering.add(a).add(b);
    scene.add(a, b);
    scene.turnTo(1_000);
    scene.agent.handlePathClosed(a, scene.now);
    expect([scene.agent.selectedPath, scene.agent.state]).toEqual([undefined, 'disconnected']);
    scene.turnTo(2_000);
    expect([scene.agent.selectedPath, scene.agent.state]).toEqual([b, 'connected']);
    scene.agent.handlePathClosed(b, scene.now);
    scene.turnTo(60_000);
    expect(scene.agent.state).toBe('failed');
  });

  it('forgets all of them when it fails', () => {
    const scene = new Scene();
    scene.answering.add(a).add(b);
    scene.add(a, b);
    scene.turnTo(1_000);
    scene.answering.clear();
    scene.told.splice(0);
    scene.turnTo(60_000);
    expect(scene.told).toEqual(['disconnected', 'forgotten', 'forgotten', 'failed']);
    expect([...scene.agent.validatedPaths()]).toEqual([]);
    expect(scene.agent.selectedPath).toBeUndefined();
  });
});

describe('IceControllingAgent: restart (RFC 8445 section 2.4)', () => {
  it('keeps the selected path until the first nomination with the new credentials, then forgets it', () => {
    const scene = connected();
    restart(scene);
    scene.turnTo(1_000);
    expect([scene.agent.selectedPath, scene.agent.state]).toEqual([a, 'connected']);
    expect(scene.agent.isValidated(a)).toBe(true);
    scene.add(b);
    scene.turnTo(1_000);
    const first = scene.last(b).message;
    expect(new TextDecoder().decode(findAttribute(first, attributeType.username)?.value)).toBe('server02:peer2222');
    scene.answer(b, first, freshKey);
    scene.collect();
    expect(scene.agent.selectedPath).toBe(a);
    scene.answer(b, scene.last(b).message, freshKey);
    scene.collect();
    expect(scene.agent.selectedPath).toBe(b);
    expect(scene.told.slice(-3)).toEqual(['validated', 'selected', 'forgotten']);
    expect([...scene.agent.validatedPaths()]).toEqual([b]);
  });

  it('checks the same path anew, which stays validated meanwhile', () => {
    const scene = connected();
    restart(scene);
    scene.add(a);
    scene.turnTo(1_000);
    expect(scene.agent.isValidated(a)).toBe(true);
    scene.answer(a, scene.last(a).message, freshKey);
    scene.collect();
    scene.answer(a, scene.last(a).message, freshKey);
    scene.collect();
    expect(scene.last(a).nominates).toBe(true);
    expect(scene.told).toEqual(['checking', 'validated', 'selected', 'connected']);
    scene.answering.clear();
    scene.turnTo(30_999);
    expect(scene.agent.state).toBe('disconnected');
    scene.turnTo(31_000);
    expect(scene.agent.state).toBe('failed');
  });

  it('believes no answer with the old password any more', () => {
    const scene = connected();
    scene.answering.clear();
    scene.turnTo(5_100);
    const consentCheck = scene.last(a).message;
    restart(scene);
    scene.add(a);
    scene.turnTo(5_100);
    scene.answer(a, consentCheck);
    scene.answer(a, scene.last(a).message);
    expect(scene.agent.counters.get('bad-integrity')).toBe(1);
    scene.turnTo(29_999);
    expect(scene.agent.state).toBe('disconnected');
    scene.turnTo(30_000);
    expect(scene.agent.state).toBe('failed');
  });

  it('forgets paths that were not validated, and may add them again', () => {
    const scene = new Scene();
    scene.add(a);
    scene.turnTo(100);
    restart(scene);
    expect(scene.told).toEqual(['checking', 'forgotten']);
    scene.add(a);
    scene.turnTo(100);
    expect(scene.timesOf(a)).toEqual([0, 100]);
  });

  it(`keeps ${pairsMax} paths of before at most, the selected one among them, however often it comes before a nomination`, () => {
    const scene = connected();
    let next = 100;
    for (let i = 0; i < 10; i++) {
      restart(scene);
      const paths = Array.from({ length: 32 }, () => pathOf(next++));
      scene.add(...paths);
      scene.turnTo(scene.now + 2_000);
      for (const path of paths) {
        const { message, nominates } = scene.last(path);
        if (!nominates) scene.answer(path, message, freshKey);
      }
      scene.collect();
    }
    restart(scene);
    const validated = [...scene.agent.validatedPaths()];
    expect(validated).toHaveLength(pairsMax);
    expect(validated).toContain(a);
    expect(scene.told.filter((told) => told === 'forgotten')).toHaveLength(10 * 32 + 1 - pairsMax);
  });

  it('brings it back after a failure, and waits 39.5 s for candidates', () => {
    const scene = connected();
    scene.answering.clear();
    scene.turnTo(30_000);
    expect(scene.agent.state).toBe('failed');
    restart(scene);
    expect(scene.agent.state).toBe('checking');
    scene.turnTo(69_499);
    expect(scene.agent.state).toBe('checking');
    scene.turnTo(69_500);
    expect(scene.agent.state).toBe('failed');
  });
});

describe('IceControllingAgent: checks of a full peer', () => {
  function answerTo(options: CheckOptions): ReturnType<typeof parseStunMessage> {
    const scene = connected();
    scene.agent.handleStun(check({ from: server, to: peer, ...options }), a, address, scene.now);
    const [output] = drain(scene.agent);
    return output?.type === 'send' ? parseStunMessage(output.bytes) : 'truncated';
  }

  it('are answered 487 when it takes itself for controlling', () => {
    const message = answerTo({ role: 'controlling' });
    if (typeof message === 'string') throw new Error(message);
    const code = findAttribute(message, attributeType.errorCode);
    expect(code && parseErrorCode(code.value)).toMatchObject({ code: 487 });
  });

  it('are answered 420 when they demand what is not known', () => {
    const message = answerTo({ role: 'controlled', more: [{ type: 0x7777, value: new Uint8Array(4) }] });
    if (typeof message === 'string') throw new Error(message);
    const code = findAttribute(message, attributeType.errorCode);
    expect(code && parseErrorCode(code.value)).toMatchObject({ code: 420 });
  });

  it('are a sign of life', () => {
    const scene = connected();
    scene.answering.clear();
    scene.turnTo(9_000);
    scene.agent.handleStun(check({ from: server, to: peer, role: 'controlled' }), a, address, scene.now);
    scene.collect();
    scene.turnTo(18_999);
    expect(scene.agent.state).toBe('connected');
    scene.turnTo(19_000);
    expect(scene.agent.state).toBe('disconnected');
  });

  it('get no answer after a failure, and none from another fragment than the peer’s', () => {
    const scene = connected();
    const stranger = check({ from: { ufrag: 'stranger', pwd: 'x' }, to: peer, role: 'controlled' });
    scene.agent.handleStun(stranger, a, address, scene.now);
    expect(scene.agent.counters.get('bad-username')).toBe(1);
    scene.answering.clear();
    scene.turnTo(30_000);
    scene.agent.handleStun(check({ from: server, to: peer, role: 'controlled' }), a, address, scene.now);
    expect(scene.agent.counters.get('after-failure')).toBe(1);
    expect(drain(scene.agent)).toEqual([]);
  });
});
