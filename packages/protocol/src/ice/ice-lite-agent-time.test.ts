import { monotonicMs, never } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIntegrity } from '../stun/index.ts';
import { drain, peer, server } from './test/agents.ts';
import { a, answer, b, c, LiteScene, types } from './test/lite-scene.ts';

const encoder = new TextEncoder();

describe('IceLiteAgent: time', () => {
  it('has no deadline before the first check', () => {
    const scene = new LiteScene();
    expect(scene.agent.deadline()).toBe(never);
    expect(scene.turn(1e9)).toEqual([]);
  });

  it('is disconnected after 10 s and failed after 30 s without a check (RFC 7675 section 5.1)', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    expect(scene.agent.deadline()).toBe(scene.now + 10_000);
    expect(scene.turn(9_999)).toEqual([]);
    expect(types(scene.turn(1))).toEqual(['disconnected']);
    expect(scene.agent.deadline()).toBe(scene.now + 20_000);
    expect(scene.turn(19_999)).toEqual([]);
    expect(types(scene.turn(1))).toEqual(['forgotten', 'failed']);
    expect(scene.agent.deadline()).toBe(never);
    expect(scene.turn(1e9)).toEqual([]);
  });

  it('fails from checking, when no path is ever nominated', () => {
    const scene = new LiteScene();
    scene.check();
    expect(types(scene.turn(30_000))).toEqual(['forgotten', 'failed']);
  });

  it('has done its work at its deadline also when the clock counts in fractions', () => {
    fc.assert(
      fc.property(fc.nat(100_000_000), (number) => {
        const scene = new LiteScene();
        scene.now = monotonicMs(number / 997);
        scene.check(a, { nominates: true });
        expect(types(scene.turn(31_000))).toEqual(['disconnected', 'forgotten', 'failed']);
      }),
      { numRuns: 200 },
    );
  });

  it('says only failed when nobody turned the clock for long', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    scene.agent.handleTimeout(monotonicMs(scene.now + 60_000));
    expect(types(drain(scene.agent))).toEqual(['forgotten', 'failed']);
  });

  it('is connected again with a check while disconnected, and begins to count anew', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    expect(types(scene.turn(29_000))).toEqual(['disconnected']);
    expect(types(scene.check())).toEqual(['send', 'connected']);
    expect(scene.turn(9_999)).toEqual([]);
    expect(types(scene.turn(20_000))).toEqual(['disconnected']);
    expect(types(scene.turn(1))).toEqual(['forgotten', 'failed']);
  });

  it('stays connected for hours of checks every 5 s', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    for (let i = 0; i < 2_000; i++) {
      expect(scene.turn(5_000)).toEqual([]);
      expect(types(scene.check())).toEqual(['send']);
    }
  });

  it('counts authentic media as life but not as consent: 30 s without a check end it all the same', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    for (let i = 0; i < 29; i++) {
      expect(scene.turn(1_000)).toEqual([]);
      scene.agent.handleActivity(a, scene.now);
    }
    expect(types(scene.turn(1_000))).toEqual(['forgotten', 'failed']);
    scene.agent.handleActivity(a, scene.now);
    expect(drain(scene.agent)).toEqual([]);
  });

  it('is connected again with authentic media while disconnected, and passes it over before', () => {
    const scene = new LiteScene();
    scene.agent.handleActivity(a, scene.now);
    expect(scene.agent.deadline()).toBe(never);
    scene.check(a, { nominates: true });
    scene.turn(12_000);
    scene.agent.handleActivity(a, scene.now);
    expect(types(drain(scene.agent))).toEqual(['connected']);
  });

  it('takes no check by another path for consent to send by the selected one (RFC 7675 section 5.1)', () => {
    const scene = new LiteScene();
    scene.check(b, { nominates: true });
    for (let i = 0; i < 29; i++) {
      scene.turn(1_000);
      expect(types(scene.check(a))).not.toContain('selected');
    }
    expect(scene.agent.selectedPath).toBe(b);
    expect(types(scene.turn(1_000))).toEqual(['forgotten', 'forgotten', 'failed']);
    expect(scene.agent.selectedPath).toBeUndefined();
  });

  it('falls back on the nominated path that was checked last when the selected one loses its consent', () => {
    const scene = new LiteScene();
    for (const path of [b, a, c]) scene.check(path, { nominates: true });
    scene.turn(15_000);
    for (const path of [a, b]) {
      scene.check(path);
      scene.turn(1_000);
    }
    expect(scene.turn(13_000)).toEqual([
      { type: 'state', state: 'disconnected' },
      { type: 'forgotten', path: c },
      { type: 'selected', path: b },
    ]);
    expect(types(scene.check(b))).toEqual(['send', 'connected']);
  });

  it('does not fall back on a nominated path that has no consent either', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    scene.turn(1);
    scene.check(b, { nominates: true });
    expect(types(scene.turn(30_000))).toEqual(['disconnected', 'forgotten', 'forgotten', 'failed']);
  });

  it('calls a path active for 10 s from a check or authentic media by it', () => {
    const scene = new LiteScene();
    expect(scene.agent.isActive(a, scene.now)).toBe(false);
    scene.check(a, { nominates: true });
    scene.turn(9_999);
    expect(scene.agent.isActive(a, scene.now)).toBe(true);
    scene.agent.handleActivity(a, scene.now);
    scene.agent.handleActivity(b, scene.now);
    scene.turn(9_999);
    expect([a, b].map((path) => scene.agent.isActive(path, scene.now))).toEqual([true, false]);
    scene.turn(1);
    expect(scene.agent.isActive(a, scene.now)).toBe(false);
  });

  it('ignores wrong checks for consent', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    for (let i = 0; i < 29; i++) {
      scene.turn(1_000);
      scene.check(a, { pwd: 'wrong' });
      scene.check(a, { role: 'controlled' });
    }
    expect(types(scene.turn(1_000))).toEqual(['forgotten', 'failed']);
  });

  it('has failed for good: right checks with the same credentials are counted and not answered (RFC 7675 section 5.1)', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    scene.turn(30_000);
    expect(scene.check(a, { nominates: true })).toEqual([]);
    expect(scene.check(b, { nominates: true })).toEqual([]);
    expect(scene.agent.state).toBe('failed');
    expect(scene.agent.counters.get('after-failure')).toBe(2);
  });
});

describe('IceLiteAgent: ICE restart (RFC 8445 section 2.4)', () => {
  const nextServer = { ufrag: 'server02', pwd: 'passwordOfTheServer00002' };
  const nextPeer = { ufrag: 'reep', pwd: 'passwordOfThePeer0000003' };
  const next = { from: nextPeer, to: nextServer } as const;

  function restarted(scene = new LiteScene()): LiteScene {
    scene.check(a, { nominates: true });
    scene.agent.restart(nextServer, nextPeer, scene.now);
    expect(drain(scene.agent)).toEqual([]);
    return scene;
  }

  it('keeps the old pair and its state until a path is nominated with the new credentials', () => {
    const scene = restarted();
    expect(scene.agent.localCredentials).toEqual(nextServer);
    expect(scene.agent.state).toBe('connected');
    expect(scene.agent.selectedPath).toBe(a);
    expect(types(scene.check(b, next))).toEqual(['send', 'validated']);
    expect(scene.agent.selectedPath).toBe(a);
    expect(types(scene.check(b, { ...next, nominates: true }))).toEqual(['send', 'selected']);
    expect(scene.agent.selectedPath).toBe(b);
  });

  it('answers the old credentials until the new ones are used, each with its own password', () => {
    const scene = restarted();
    expect(checkIntegrity(answer(scene.check()), encoder.encode(server.pwd))).toBe('right');
    expect(checkIntegrity(answer(scene.check(a, next)), encoder.encode(nextServer.pwd))).toBe('right');
    expect(scene.check()).toEqual([]);
    expect(scene.agent.counters.get('bad-username')).toBe(1);
  });

  it('does not take the old password for the new fragment, nor the other way round', () => {
    const scene = restarted();
    expect(scene.check(a, { ...next, pwd: server.pwd })).toEqual([]);
    expect(scene.check(a, { pwd: nextServer.pwd })).toEqual([]);
    expect(scene.agent.counters.get('bad-integrity')).toBe(2);
  });

  it('refuses the old peer fragment with the new local one', () => {
    expect(restarted().check(a, { from: peer, to: nextServer })).toEqual([]);
  });

  it('may nominate the path that it already has', () => {
    const scene = restarted();
    expect(types(scene.check(a, { ...next, nominates: true }))).toEqual(['send']);
    expect(scene.agent.selectedPath).toBe(a);
  });

  it('waits 30 s from the restart for a nomination, and consents to no more sending by the old path', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    scene.turn(29_000);
    scene.agent.restart(nextServer, nextPeer, scene.now);
    expect(types(scene.turn(1_000))).toEqual(['forgotten']);
    expect(scene.agent.selectedPath).toBeUndefined();
    expect(scene.turn(28_999)).toEqual([]);
    expect(types(scene.turn(1))).toEqual(['failed']);
  });

  it('is connected again when a path is nominated after the old one lost its consent during the restart', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    scene.turn(29_000);
    scene.agent.restart(nextServer, nextPeer, scene.now);
    scene.turn(10_000);
    expect(types(scene.check(b, { ...next, nominates: true }))).toEqual(['send', 'validated', 'selected', 'connected']);
  });

  it('gives a failed session another 30 s, from checking, without any path of before', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    scene.check(b);
    expect(types(scene.turn(30_000))).toEqual(['disconnected', 'forgotten', 'forgotten', 'failed']);
    scene.agent.restart(nextServer, nextPeer, scene.now);
    expect(types(drain(scene.agent))).toEqual(['checking']);
    expect(scene.agent.selectedPath).toBeUndefined();
    expect(scene.check()).toEqual([]);
    expect(scene.turn(29_999)).toEqual([]);
    expect(types(scene.check(a, next))).toEqual(['send', 'validated']);
    expect(types(scene.check(a, { ...next, nominates: true }))).toEqual(['send', 'selected', 'connected']);
  });

  it('waits without a deadline when it comes before the first check', () => {
    const scene = new LiteScene();
    scene.agent.restart(nextServer, nextPeer, scene.now);
    expect(scene.agent.deadline()).toBe(never);
    expect(types(scene.check(a, next))).toEqual(['send', 'validated', 'checking']);
  });

  it('can be repeated, and only the credentials just before count as old ones', () => {
    const scene = restarted();
    const third = { ufrag: 'server03', pwd: 'passwordOfTheServer00003' };
    scene.agent.restart(third, nextPeer, scene.now);
    expect(scene.check()).toEqual([]);
    expect(types(scene.check(a, next))).toEqual(['send']);
    expect(types(scene.check(a, { from: nextPeer, to: third }))).toEqual(['send']);
  });
});
