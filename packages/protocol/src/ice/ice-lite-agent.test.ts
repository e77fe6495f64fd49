import { never } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeType, checkIntegrity, findAttribute, parseErrorCode, parseXorAddress } from '../stun/index.ts';
import { pathsMax } from './index.ts';
import { address, check, type CheckOptions, drain, pathOf, peer, server } from './test/agents.ts';
import { a, answer, b, c, LiteScene, types } from './test/lite-scene.ts';

const encoder = new TextEncoder();

describe('IceLiteAgent: answering checks', () => {
  it('answers with the mapped address, the integrity of its own password and FINGERPRINT', () => {
    const transactionId = Uint8Array.from({ length: 12 }, (_, i) => i);
    const message = answer(new LiteScene().check(a, { transactionId }));
    expect(message).toMatchObject({ class: 'success', method: 'binding', transactionId });
    const mapped = findAttribute(message, attributeType.xorMappedAddress)?.value ?? new Uint8Array();
    expect(parseXorAddress(mapped, transactionId)).toEqual(address);
    expect(checkIntegrity(message, encoder.encode(server.pwd))).toBe('right');
    expect(findAttribute(message, attributeType.fingerprint)).toBeDefined();
  });

  it('answers a check again when it comes again, and says nothing else twice', () => {
    const scene = new LiteScene();
    expect(types(scene.check())).toEqual(['send', 'validated', 'checking']);
    expect(types(scene.check())).toEqual(['send']);
    expect(types(scene.check(a, { nominates: true }))).toEqual(['send', 'selected', 'connected']);
    expect(types(scene.check(a, { nominates: true }))).toEqual(['send']);
    expect(scene.agent.counters.get('check-answered')).toBe(4);
  });

  it('answers a check without FINGERPRINT, without a role, and with MESSAGE-INTEGRITY-SHA256', () => {
    for (const options of [{ fingerprint: false }, { role: 'none' }, { integrity: 'sha256' }] as const) {
      expect(answer(new LiteScene().check(a, options)).class).toBe('success');
    }
  });

  it('answers any sender while the peer is not known, and only the peer from then on', () => {
    const scene = new LiteScene(false);
    const stranger = { ufrag: 'stranger', pwd: 'x' };
    expect(types(scene.check(a, { from: stranger }))).toContain('send');
    scene.agent.setRemoteCredentials(peer);
    expect(scene.check(a, { from: stranger })).toEqual([]);
    expect(types(scene.check())).toEqual(['send']);
    expect(scene.agent.counters.get('bad-username')).toBe(1);
  });

  it.each<readonly [counter: string, options: CheckOptions, text: string]>([
    ['bad-username', { username: undefined }, 'no USERNAME'],
    ['bad-username', { username: 'server01' }, 'no colon'],
    ['bad-username', { username: ':peer' }, 'an empty half'],
    ['bad-username', { username: 'other:peer' }, 'another receiver'],
    ['bad-username', { username: 'server01:other' }, 'another sender'],
    ['bad-username', { username: 'server01:peer:x' }, 'more behind the sender'],
    ['bad-username', { username: 'SERVER01:peer' }, 'another case'],
    ['bad-username', { username: `server01:${'p'.repeat(600)}` }, 'too long'],
    ['bad-integrity', { pwd: 'wrong' }, 'a wrong password'],
    ['bad-integrity', { pwd: peer.pwd }, "the peer's own password"],
    ['bad-integrity', { integrity: 'none' }, 'no integrity'],
    ['not-a-request', { class: 'indication' }, 'an indication'],
    ['not-a-request', { class: 'success' }, 'a success response'],
    ['not-a-request', { class: 'error' }, 'an error response'],
  ])('counts %s and says nothing to %o (%s)', (counter, options) => {
    const scene = new LiteScene();
    expect(scene.check(a, { ...options, nominates: true })).toEqual([]);
    expect(scene.agent.counters.snapshot()).toMatchObject({ [counter]: 1, 'check-answered': 0 });
    expect(scene.agent.isValidated(a)).toBe(false);
    expect(scene.agent.state).toBe('new');
    expect(scene.agent.deadline()).toBe(never);
  });

  it('counts defective and says nothing to bytes that are no STUN message, a wrong FINGERPRINT among them', () => {
    const scene = new LiteScene();
    const wrong = check();
    wrong[wrong.length - 1] ^= 1;
    for (const bytes of [new Uint8Array(), Uint8Array.of(0, 1), wrong, check().subarray(1)])
      expect(scene.handle(bytes)).toEqual([]);
    expect(scene.agent.counters.get('defective')).toBe(4);
  });

  it('answers 420 with the list to unknown required attributes, once the integrity is right, and does not validate', () => {
    const scene = new LiteScene();
    const more = [0x7777, 0x0003, 0xc057].map((type) => ({ type, value: new Uint8Array(4) }));
    expect(scene.check(a, { more, pwd: 'wrong' })).toEqual([]);
    const outputs = scene.check(a, { more, nominates: true });
    expect(types(outputs)).toEqual(['send']);
    const message = answer(outputs);
    expect(message.class).toBe('error');
    expect(parseErrorCode(findAttribute(message, attributeType.errorCode)?.value ?? new Uint8Array())?.code).toBe(420);
    expect(findAttribute(message, attributeType.unknownAttributes)?.value).toEqual(
      Uint8Array.of(0x77, 0x77, 0x00, 0x03),
    );
    expect(checkIntegrity(message, encoder.encode(server.pwd))).toBe('right');
    expect(scene.agent.isValidated(a)).toBe(false);
  });

  it('answers 487 to a peer that claims to be controlled too, and does not validate (RFC 8445 section 7.3.1.1)', () => {
    const scene = new LiteScene();
    const outputs = scene.check(a, { role: 'controlled' });
    expect(types(outputs)).toEqual(['send']);
    const message = answer(outputs);
    expect(parseErrorCode(findAttribute(message, attributeType.errorCode)?.value ?? new Uint8Array())?.code).toBe(487);
    expect(checkIntegrity(message, encoder.encode(server.pwd))).toBe('right');
    expect(scene.agent.isValidated(a)).toBe(false);
    expect(scene.agent.counters.get('role-conflict')).toBe(1);
    expect(types(scene.check())).toEqual(['send', 'validated', 'checking']);
  });

  it('answers nothing to random bytes and to mutations of a check, and never throws', () => {
    const valid = check({ nominates: true });
    const mutated = fc
      .array(fc.record({ at: fc.nat(valid.length - 1), flip: fc.integer({ min: 1, max: 255 }) }), {
        minLength: 1,
        maxLength: 4,
      })
      .map((list) => {
        const bytes = valid.slice();
        for (const { at, flip } of list) bytes[at] ^= flip;
        return bytes;
      })
      .filter((bytes) => bytes.some((byte, i) => byte !== valid[i] && i < valid.length - 8));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
        const scene = new LiteScene();
        expect(scene.handle(bytes)).toEqual([]);
        expect(scene.agent.state).toBe('new');
      }),
      { numRuns: 500 },
    );
  });
});

describe('IceLiteAgent: nomination', () => {
  it('is checking until USE-CANDIDATE comes, then connected by that path', () => {
    const scene = new LiteScene();
    scene.check(a);
    expect(types(scene.check(b))).toEqual(['send', 'validated']);
    expect(scene.agent.selectedPath).toBeUndefined();
    const outputs = scene.check(b, { nominates: true });
    expect(outputs.slice(1)).toEqual([
      { type: 'selected', path: b },
      { type: 'state', state: 'connected' },
    ]);
    expect(scene.agent.selectedPath).toBe(b);
  });

  it('validates, selects and connects with a first check that nominates', () => {
    expect(types(new LiteScene().check(a, { nominates: true }))).toEqual([
      'send',
      'validated',
      'selected',
      'connected',
    ]);
  });

  it('follows a later nomination of another path, as when a phone changes its network', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    expect(types(scene.turn(15_000))).toEqual(['disconnected']);
    expect(types(scene.check(c))).toEqual(['send', 'validated', 'connected']);
    expect(scene.agent.selectedPath).toBe(a);
    expect(scene.check(c, { nominates: true }).slice(1)).toEqual([{ type: 'selected', path: c }]);
    expect(scene.agent.selectedPath).toBe(c);
    expect([...scene.agent.validatedPaths()]).toEqual([a, c]);
  });

  it('goes back to the first path when that is nominated again', () => {
    const scene = new LiteScene();
    for (const path of [a, b, a]) scene.check(path, { nominates: true });
    expect(scene.agent.selectedPath).toBe(a);
  });

  it('keeps the selected path when others are only checked', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    for (const path of [b, c, b]) expect(types(scene.check(path))).not.toContain('selected');
    expect(scene.agent.selectedPath).toBe(a);
  });
});

describe('IceLiteAgent: paths', () => {
  it(`validates ${pathsMax} paths and forgets the one checked longest ago for one more`, () => {
    const scene = new LiteScene();
    for (let i = 0; i < pathsMax; i++) {
      scene.check(pathOf(100 + i));
      scene.turn(10);
    }
    scene.check(pathOf(100));
    expect(scene.check(pathOf(200)).slice(1)).toEqual([
      { type: 'forgotten', path: pathOf(101) },
      { type: 'validated', path: pathOf(200) },
    ]);
    expect([...scene.agent.validatedPaths()]).toHaveLength(pathsMax);
    expect(scene.agent.isValidated(pathOf(101))).toBe(false);
    expect(scene.agent.isValidated(pathOf(100))).toBe(true);
  });

  it('never forgets the selected path for another, though it be the oldest', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    for (let i = 0; i < 3 * pathsMax; i++) {
      scene.turn(10);
      scene.check(pathOf(100 + i));
    }
    expect(scene.agent.isValidated(a)).toBe(true);
    expect(scene.agent.selectedPath).toBe(a);
    expect([...scene.agent.validatedPaths()]).toHaveLength(pathsMax);
  });

  it('forgets a path that closed, once, and has no selected path when it was that', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    scene.check(b);
    scene.agent.handlePathClosed(b, scene.now);
    expect(drain(scene.agent)).toEqual([{ type: 'forgotten', path: b }]);
    scene.agent.handlePathClosed(b, scene.now);
    scene.agent.handlePathClosed(c, scene.now);
    expect(drain(scene.agent)).toEqual([]);
    expect(scene.agent.selectedPath).toBe(a);
    scene.agent.handlePathClosed(a, scene.now);
    expect(scene.agent.selectedPath).toBeUndefined();
    expect([...scene.agent.validatedPaths()]).toEqual([]);
  });

  it('goes on by the nominated path that was checked last when the selected one closed', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    scene.turn(10);
    scene.check(b, { nominates: true });
    scene.check(c);
    scene.agent.handlePathClosed(b, scene.now);
    expect(types(drain(scene.agent))).toEqual(['forgotten', 'selected']);
    expect(scene.agent.selectedPath).toBe(a);
    expect(scene.agent.state).toBe('connected');
    scene.agent.handlePathClosed(a, scene.now);
    expect(types(drain(scene.agent))).toEqual(['forgotten', 'disconnected']);
  });

  it('is disconnected and failed as without a check when the only path closed, and connected by another in between', () => {
    const closed = new LiteScene();
    closed.check(a, { nominates: true });
    closed.agent.handlePathClosed(a, closed.now);
    expect(types(closed.turn(29_999))).toEqual(['forgotten', 'disconnected']);
    expect(types(closed.turn(1))).toEqual(['failed']);

    const again = new LiteScene();
    again.check(a, { nominates: true });
    again.agent.handlePathClosed(a, again.now);
    again.turn(20_000);
    expect(types(again.check(b))).toEqual(['send', 'validated']);
    expect(types(again.check(b, { nominates: true }))).toEqual(['send', 'selected', 'connected']);
  });

  it('waits for a nomination from the latest check by any path when the selected one closed', () => {
    const scene = new LiteScene();
    scene.check(a, { nominates: true });
    scene.agent.handlePathClosed(a, scene.now);
    scene.turn(20_000);
    scene.check(b);
    scene.agent.handlePathClosed(b, scene.now);
    scene.turn(29_999);
    expect(scene.agent.state).toBe('disconnected');
    scene.turn(1);
    expect(scene.agent.state).toBe('failed');
  });

  it('bounds the outputs that nobody fetches', () => {
    const scene = new LiteScene();
    for (let i = 0; i < 1_000; i++) scene.agent.handleStun(check(), a, address, scene.now);
    expect(drain(scene.agent).length).toBeLessThanOrEqual(64);
  });
});

describe('IceLiteAgent: overheard checks', () => {
  it('drops a check that comes again by another path, and answers its retransmission by the first', () => {
    const scene = new LiteScene();
    const overheard = check({ nominates: true });
    expect(types(scene.handle(overheard, a))).toEqual(['send', 'validated', 'selected', 'connected']);
    expect(scene.handle(overheard, b)).toEqual([]);
    expect(types(scene.handle(overheard, a))).toEqual(['send']);
    expect(scene.agent.selectedPath).toBe(a);
    expect(scene.agent.counters.get('replayed')).toBe(1);
  });

  it('drops an overheard nomination an hour later, and after a restart for as long as its credentials count', () => {
    const scene = new LiteScene();
    const overheard = check({ nominates: true });
    scene.handle(overheard, a);
    for (let i = 0; i < 1_440; i++) {
      scene.turn(2_500);
      scene.check(a, { nominates: true });
    }
    expect(scene.handle(overheard, b)).toEqual([]);
    scene.agent.restart({ ufrag: 'server02', pwd: 'passwordOfTheServer00002' }, peer, scene.now);
    expect(scene.handle(overheard, b)).toEqual([]);
    expect(scene.agent.counters.get('replayed')).toBe(2);
    expect(scene.agent.selectedPath).toBe(a);
  });
});
