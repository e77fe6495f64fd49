import { createHash } from 'node:crypto';
import { assert, milliseconds, monotonicMs, wallClockMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import {
  attributeType,
  checkIntegrity,
  findAttribute,
  parseErrorCode,
  parseStunMessage,
  serializeStunMessage,
  type StunMessage,
} from '../../stun/index.ts';
import { longTermVectors } from './test/long-term-vectors.ts';
import { longTermKey } from '../long-term-credentials.ts';
import { TurnAccounts, timeLimitedPassword, timeLimitedUser } from './turn-accounts.ts';
import { TurnAuthenticator } from './turn-authenticator.ts';
import { turnServerLimits } from './turn-server-limits.ts';
import {
  ann,
  bob,
  counting,
  lifetime,
  minutes,
  realm,
  secret,
  text,
  TurnCaller,
  TurnWorld,
  udp,
  wallAtStart,
} from './test/turn-world.ts';

const inAnHour = wallClockMs(wallAtStart + minutes(60));

describe('the users of the RFCs', () => {
  const matrix = '\u30de\u30c8\u30ea\u30c3\u30af\u30b9';
  const accounts = new TurnAccounts({ realm, users: [{ username: matrix, password: 'TheMatrIX' }], secrets: [] });

  it.each(longTermVectors)('are known, and have the right key: $name', ({ bytes }) => {
    const message = parsed(bytes);
    const hash = findAttribute(message, attributeType.userhash);
    const account = hash === undefined ? accounts.find(matrix, wallAtStart) : accounts.findByHash(hash.value);
    const keys = account === undefined ? [] : accounts.keys(account, 'md5');
    expect(keys.map((key) => checkIntegrity(message, key))).toEqual(['right']);
  });

  it.each(longTermVectors)('are told that their nonces are stale, as they are not ours: $name', ({ bytes }) => {
    const authenticator = new TurnAuthenticator(accounts, turnServerLimits, counting());
    const context = { now: monotonicMs(0), wall: wallAtStart };
    expect(authenticator.authenticate(parsed(bytes), '192.0.2.1', context)).toBe(438);
  });
});

function parsed(bytes: Uint8Array): StunMessage {
  const message = parseStunMessage(bytes);
  assert(typeof message !== 'string', 'the vectors are messages');
  return message;
}

describe('a request with credentials', () => {
  it.each([
    { integrity: 'sha1' },
    { integrity: 'sha256' },
    { integrity: 'sha1', password: 'md5' },
    { integrity: 'sha256', password: 'sha256' },
    { integrity: 'sha256', password: 'md5' },
  ] as const)(
    'is accepted and answered with its integrity, or with SHA-256 where it picked an algorithm: %j',
    (asking) => {
      const caller = new TurnCaller(new TurnWorld());
      const answer = caller.ask('allocate', [udp], asking);
      expect(answer.code).toBe(0);
      expect(answer.integrity).toBe('right');
      const isSha1 = asking.integrity === 'sha1' && !('password' in asking);
      const type = isSha1 ? attributeType.messageIntegrity : attributeType.messageIntegritySha256;
      expect(findAttribute(answer.message, type)).toBeDefined();
    },
  );

  it('is accepted by USERHASH, for users of the configuration (RFC 8489 section 14.4)', () => {
    const caller = new TurnCaller(new TurnWorld());
    const attributes = [
      udp,
      { type: attributeType.userhash, value: createHash('sha256').update(`ann:${realm}`).digest() },
      text(attributeType.realm, realm),
      { type: attributeType.nonce, value: caller.challenge() },
    ];
    const integrity = { key: longTermKey(ann, realm), algorithm: 'sha256' } as const;
    const transactionId = new Uint8Array(12);
    const bytes = serializeStunMessage({ method: 'allocate', class: 'request', transactionId, attributes, integrity });
    expect(caller.exchange(bytes).code).toBe(0);
  });

  it('has FINGERPRINT in the answer when it had one', () => {
    const caller = new TurnCaller(new TurnWorld());
    expect(
      findAttribute(caller.ask('refresh', [], { fingerprint: true }).message, attributeType.fingerprint),
    ).toBeDefined();
    expect(findAttribute(caller.ask('refresh').message, attributeType.fingerprint)).toBeUndefined();
  });

  it.each([
    ['an unknown user', { username: 'eve', password: 'secret' }],
    ['a wrong password', { username: 'ann', password: 'wrong' }],
    ['credentials that have expired', timeLimitedUser(secret, 'ann', wallAtStart)],
    ['credentials that another secret signed', timeLimitedUser('not shared', 'ann', inAnHour)],
    [
      'credentials whose expiry was changed',
      { ...timeLimitedUser(secret, 'ann', inAnHour), username: '1900000000:ann' },
    ],
    ['a name without end', timeLimitedUser(secret, 'a'.repeat(600), inAnHour)],
  ])('is refused with 401 for %s, and can be tried again', (_name, user) => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    const answer = caller.ask('allocate', [udp], { user });
    expect(answer.code).toBe(401);
    expect(findAttribute(answer.message, attributeType.nonce)).toBeDefined();
    expect(answer.integrity).toBe('missing');
    expect(world.events).toEqual([{ type: 'authentication-failed', remote: caller.remote }]);
    expect(world.server.allocations).toBe(0);
  });

  it.each([attributeType.username, attributeType.realm, attributeType.nonce])(
    'is refused with 400 without attribute %i',
    (missing) => {
      const caller = new TurnCaller(new TurnWorld());
      const attributes = [
        udp,
        text(attributeType.username, 'ann'),
        text(attributeType.realm, realm),
        { type: attributeType.nonce, value: caller.challenge() },
      ].filter(({ type }) => type !== missing);
      const integrity = { key: longTermKey(ann, realm), algorithm: 'sha1' } as const;
      const transactionId = new Uint8Array(12);
      const bytes = serializeStunMessage({
        method: 'allocate',
        class: 'request',
        transactionId,
        attributes,
        integrity,
      });
      expect(caller.exchange(bytes).code).toBe(400);
    },
  );

  it('is refused with 400 when only one of the attributes of password algorithms is there, or the list is not ours', () => {
    const caller = new TurnCaller(new TurnWorld());
    const one = { type: attributeType.passwordAlgorithm, value: Uint8Array.of(0, 2, 0, 0) };
    const list = { type: attributeType.passwordAlgorithms, value: Uint8Array.of(0, 2, 0, 0, 0, 1, 0, 0) };
    const shorter = { type: attributeType.passwordAlgorithms, value: Uint8Array.of(0, 1, 0, 0) };
    const unknown = { type: attributeType.passwordAlgorithm, value: Uint8Array.of(0, 9, 0, 0) };
    for (const attributes of [[one], [list], [shorter, one], [list, unknown]]) {
      expect(caller.ask('allocate', [udp, ...attributes]).code).toBe(400);
    }
  });

  it('is refused with 441 when the allocation is another user’s', () => {
    const caller = new TurnCaller(new TurnWorld());
    caller.allocate();
    const answer = caller.ask('refresh', [], { user: bob });
    expect(answer.code).toBe(441);
  });
});

describe('time-limited credentials', () => {
  it('are what the TURN REST scheme says', () => {
    // openssl dgst -sha1 -hmac north -binary | base64
    expect(timeLimitedPassword('north', '1433895918:kinga')).toBe('WY6c7ACqRQn7RGS1zhPolDBME10=');
  });

  it('are good until they expire, by any of the secrets, also without a name', () => {
    for (const user of [
      timeLimitedUser(secret, 'carol', inAnHour),
      timeLimitedUser('older', 'carol', inAnHour),
      { username: `${inAnHour / 1_000}`, password: timeLimitedPassword(secret, `${inAnHour / 1_000}`) },
    ]) {
      expect(new TurnCaller(new TurnWorld()).ask('allocate', [udp], { user }).code).toBe(0);
    }
  });

  it('once expired are refused with 401, at allocations they made too, which end with their lifetime', () => {
    const world = new TurnWorld();
    const user = timeLimitedUser(secret, 'carol', wallClockMs(wallAtStart + minutes(5)));
    const caller = new TurnCaller(world);
    expect(caller.ask('allocate', [udp], { user }).code).toBe(0);
    world.runUntil(minutes(5) - 1);
    expect(caller.ask('refresh', [lifetime(600)], { user }).code).toBe(0);
    world.runUntil(minutes(5));
    expect(caller.ask('refresh', [lifetime(600)], { user }).code).toBe(401);
    expect(caller.ask('refresh', [lifetime(0)], { user }).code).toBe(401);
    world.runUntil(minutes(15) - 2);
    expect(world.server.allocations).toBe(1);
    world.runUntil(minutes(15) - 1);
    expect(world.server.allocations).toBe(0);
    expect(world.events.at(-1)).toMatchObject({ type: 'closed', reason: 'expired' });
  });

  it('of one person go on with each other’s allocations', () => {
    const caller = new TurnCaller(new TurnWorld());
    expect(caller.ask('allocate', [udp], { user: timeLimitedUser(secret, 'carol', inAnHour) }).code).toBe(0);
    const fresh = timeLimitedUser(secret, 'carol', wallClockMs(inAnHour + minutes(60)));
    expect(caller.ask('refresh', [], { user: fresh }).code).toBe(0);
    expect(caller.ask('refresh', [], { user: timeLimitedUser(secret, 'dave', inAnHour) }).code).toBe(441);
  });
});

it('keeps a person of the shared secret apart from a user who has that name', () => {
  const caller = new TurnCaller(new TurnWorld());
  caller.allocate();
  expect(caller.ask('refresh', [], { user: timeLimitedUser(secret, 'ann', inAnHour) }).code).toBe(441);
});

describe('a nonce', () => {
  it('is good for an hour, then 438 brings another', () => {
    const world = new TurnWorld({ limits: { idleMax: milliseconds(minutes(90)) } });
    const caller = new TurnCaller(world);
    caller.allocate();
    for (let minute = 9; minute < 60; minute += 9) {
      world.runUntil(minutes(minute));
      expect(caller.ask('refresh').code).toBe(0);
    }
    world.runUntil(minutes(60));
    const stale = caller.ask('refresh');
    expect(stale.code).toBe(438);
    const nonce = Uint8Array.from(findAttribute(stale.message, attributeType.nonce)?.value ?? []);
    expect(caller.ask('refresh', [lifetime(600)], { nonce }).code).toBe(0);
  });

  it('is good for its source only, whatever the port', () => {
    const world = new TurnWorld();
    const nonce = new TurnCaller(world).challenge();
    expect(new TurnCaller(world, { port: 2 }).ask('allocate', [udp], { nonce }).code).toBe(0);
    expect(new TurnCaller(world, { ip: '203.0.113.8' }).ask('allocate', [udp], { nonce }).code).toBe(438);
  });

  it('is not good when any byte is another', () => {
    const caller = new TurnCaller(new TurnWorld());
    const nonce = caller.challenge();
    for (let i = 0; i < nonce.length; i++) {
      const forged = nonce.slice();
      forged[i] ^= 1;
      expect(caller.ask('refresh', [], { nonce: forged }).code, `byte ${i}`).toBe(438);
    }
    for (const length of [0, 5, nonce.length - 1]) {
      expect(caller.ask('refresh', [], { nonce: nonce.subarray(0, length) }).code).toBe(438);
    }
  });
});

describe('who guesses passwords', () => {
  const wrong = { username: 'ann', password: 'guessed' };
  const limits = { guesses: { perSecond: 2, burst: 5 } };

  it('is believed no more, even when he guesses right, until some time has passed', () => {
    const world = new TurnWorld({ limits });
    const caller = new TurnCaller(world);
    for (let i = 0; i < 5; i++) expect(caller.ask('allocate', [udp], { user: wrong }).code).toBe(401);
    expect(caller.ask('allocate', [udp]).code).toBe(401);
    world.runUntil(500);
    expect(caller.ask('allocate', [udp]).code).toBe(0);
  });

  it('takes nothing from other sources, nor from allocations of his own source', () => {
    const world = new TurnWorld({ limits });
    const neighbour = new TurnCaller(world, { port: 2 });
    neighbour.allocate();
    const caller = new TurnCaller(world);
    for (let i = 0; i < 9; i++) caller.ask('allocate', [udp], { user: { username: 'nobody', password: 'guessed' } });
    expect(caller.ask('allocate', [udp]).code).toBe(401);
    expect(neighbour.ask('refresh').code).toBe(0);
    expect(new TurnCaller(world, { ip: '203.0.113.99' }).ask('allocate', [udp]).code).toBe(0);
  });

  it('cannot silence another source by packets in its name', () => {
    const world = new TurnWorld({ limits });
    const forger = new TurnCaller(world, { ip: '203.0.113.99' });
    const nonce = new TurnCaller(world).challenge();
    for (let i = 0; i < 9; i++) expect(forger.ask('allocate', [udp], { user: wrong, nonce }).code).toBe(438);
    expect(forger.ask('allocate', [udp]).code).toBe(0);
  });
});

describe('strangers', () => {
  it.each(['allocate', 'refresh', 'create-permission', 'channel-bind', 'connect', 'connection-bind'] as const)(
    'are challenged at %s',
    (method) => {
      const caller = new TurnCaller(new TurnWorld());
      const { code, message, bytes } = caller.exchange(caller.strange(method));
      expect(code).toBe(401);
      expect(new TextDecoder().decode(findAttribute(message, attributeType.realm)?.value)).toBe(realm);
      expect(new TextDecoder().decode(findAttribute(message, attributeType.nonce)?.value)).toMatch(/^obMatJos2gAAA/);
      expect(parseErrorCode(findAttribute(message, attributeType.errorCode)?.value ?? bytes)?.reason).toBe('');
      expect(findAttribute(message, attributeType.software)).toBeUndefined();
      // 28 bytes, and REALM, NONCE and PASSWORD-ALGORITHMS with their headers.
      expect(bytes.length).toBe(28 + 16 + 44 + 12);
    },
  );

  it('are answered so often and no more, each source for itself', () => {
    const world = new TurnWorld({ limits: { challenges: { perSecond: 10, burst: 20 } } });
    const caller = new TurnCaller(world);
    const other = new TurnCaller(world, { ip: '203.0.113.99' });
    const answers = (): number =>
      Array.from({ length: 100 }, () => caller.tryExchange(caller.strange('allocate'))).filter(Boolean).length;
    expect(answers()).toBe(20);
    expect(world.server.counters.get('challenge-limited')).toBe(80);
    expect(other.tryExchange(other.strange('allocate'))).toBeDefined();
    world.runUntil(500);
    expect(answers()).toBe(5);
  });

  it('of port 0, where nobody is, are not answered', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world, { port: 0 });
    expect(caller.tryExchange(caller.strange('allocate', [udp]))).toBeUndefined();
    expect(caller.tryExchange(caller.strange('binding'))).toBeUndefined();
  });

  it('of one /64 are one source', () => {
    const world = new TurnWorld({ limits: { challenges: { perSecond: 10, burst: 20 } } });
    for (let i = 0; i < 100; i++) {
      const caller = new TurnCaller(world, { ip: `2a00:1:2:3::${i.toString(16)}` });
      caller.tryExchange(caller.strange('allocate'));
    }
    expect(world.server.counters.get('challenged')).toBe(20);
  });

  it('leave nothing behind, however many they are', () => {
    const world = new TurnWorld();
    for (let i = 0; i < 20_000; i++) {
      const caller = new TurnCaller(world, { ip: `100.${i >> 16}.${(i >> 8) & 255}.${i & 255}` });
      caller.send(caller.strange('allocate'));
      world.messages.length = 0;
    }
    expect(world.server.allocations).toBe(0);
    expect(world.server.deadline()).toBe(Infinity);
    expect(world.outputs).toEqual([]);
    expect(world.events).toEqual([]);
  });
});
