import { createHash, createHmac } from 'node:crypto';
import { wallClockMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import {
  type AttributeToSend,
  attributeType,
  findAttribute,
  serializeStunMessage,
  turnAttributeType,
} from '../../stun/index.ts';
import { longTermKey } from '../long-term-credentials.ts';
import {
  ann,
  type Answered,
  lifetime,
  minutes,
  peer,
  peerAddress,
  realm,
  secret,
  text,
  TurnCaller,
  TurnWorld,
  udp,
  wallAtStart,
} from './test/turn-world.ts';
import { timeLimitedUser } from './turn-accounts.ts';

const { messageIntegrity, messageIntegritySha256, nonce, passwordAlgorithm, passwordAlgorithms, userhash, username } =
  attributeType;
const identifying = new Set<number>([username, userhash, messageIntegrity, messageIntegritySha256]);
const ours = Uint8Array.of(0, 2, 0, 0, 0, 1, 0, 0);
const list = { type: passwordAlgorithms, value: ours };

function typesOf({ message }: Answered): readonly number[] {
  return message.attributes.map(({ type }) => type);
}

function valueOf({ message }: Answered, type: number): Uint8Array {
  return Uint8Array.from(findAttribute(message, type)?.value ?? []);
}

/** An Allocate of ann with these attributes, and the first `length` bytes of their integrity. */
function sealed(attributes: readonly AttributeToSend[], algorithm: 'sha1' | 'sha256', length: number): Uint8Array {
  const type = algorithm === 'sha1' ? messageIntegrity : messageIntegritySha256;
  const transactionId = new Uint8Array(12).fill(5);
  const draft = serializeStunMessage({
    method: 'allocate',
    class: 'request',
    transactionId,
    attributes: [...attributes, { type, value: new Uint8Array(length) }],
  });
  const offset = draft.length - 4 - length;
  const whole = createHmac(algorithm, longTermKey(ann, realm)).update(draft.subarray(0, offset)).digest();
  draft.set(whole.subarray(0, length), offset + 4);
  return draft;
}

function credentials(caller: TurnCaller): readonly AttributeToSend[] {
  caller.nonce ??= caller.challenge();
  return [udp, text(username, ann.username), text(attributeType.realm, realm), { type: nonce, value: caller.nonce }];
}

describe('a challenge (RFC 8489 section 9.2.4)', () => {
  it('brings realm, nonce and algorithms, and nothing that tells who asked: 401 to strangers and liars, and 438', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    const answers = [
      caller.exchange(caller.strange('allocate', [udp])),
      caller.ask('allocate', [udp], { user: { username: 'ann', password: 'wrong' } }),
      caller.ask('allocate', [udp], { user: { username: 'nobody', password: 'secret' } }),
      caller.ask('allocate', [udp], { nonce: new Uint8Array(40) }),
    ];
    expect(answers.map(({ code }) => code)).toEqual([401, 401, 401, 438]);
    for (const answer of answers) {
      expect(valueOf(answer, attributeType.realm)).toEqual(new TextEncoder().encode(realm));
      expect(valueOf(answer, passwordAlgorithms)).toEqual(ours);
      expect(valueOf(answer, nonce)).toHaveLength(40);
      expect(typesOf(answer).filter((type) => identifying.has(type))).toEqual([]);
    }
    expect(caller.ask('allocate', [udp], { nonce: valueOf(answers[3], nonce) }).code).toBe(0);
  });

  it('has bit 0 of the features, which is the first: names need no hash, as time-limited ones are not known before', () => {
    const value = Buffer.from(new TurnCaller(new TurnWorld()).challenge()).toString('latin1');
    expect(value.slice(0, 9)).toBe('obMatJos2');
    expect([...Buffer.from(value.slice(9, 13), 'base64')]).toEqual([0x80, 0, 0]);
  });

  it('has another nonce for each address, for each port, and later', () => {
    const world = new TurnWorld();
    const sources = [
      {},
      { port: 1 },
      { port: 65_535 },
      { ip: '203.0.113.8' },
      { ip: '2a00::1' },
      { connection: 4, port: 9 },
    ];
    const nonces = sources.map((source) => Buffer.from(new TurnCaller(world, source).challenge()).toString('latin1'));
    world.runUntil(1_000);
    nonces.push(Buffer.from(new TurnCaller(world).challenge()).toString('latin1'));
    expect(new Set(nonces).size).toBe(7);
  });

  it('is not given to who left something out, who gets 400 without any of it', () => {
    const caller = new TurnCaller(new TurnWorld());
    const answer = caller.exchange(sealed(credentials(caller).slice(0, 3), 'sha1', 20));
    expect(answer.code).toBe(400);
    expect(typesOf(answer)).toEqual([attributeType.errorCode]);
  });
});

describe('password algorithms (RFC 8489 section 9.2.4)', () => {
  it('that came with another server’s nonce are no mistake: 438 brings ours', () => {
    const caller = new TurnCaller(new TurnWorld());
    const theirs = { type: passwordAlgorithms, value: Uint8Array.of(0, 1, 0, 0) };
    const one = { type: passwordAlgorithm, value: Uint8Array.of(0, 1, 0, 0) };
    const other = new TextEncoder().encode('obMatJos2gAAA of another server');
    expect(caller.ask('allocate', [udp, theirs, one], { nonce: other }).code).toBe(438);
  });

  it.each([
    ['somebody took SHA-256 off the list', Uint8Array.of(0, 1, 0, 0), Uint8Array.of(0, 1, 0, 0)],
    ['somebody changed its order', Uint8Array.of(0, 1, 0, 0, 0, 2, 0, 0), Uint8Array.of(0, 1, 0, 0)],
    ['the one that is picked is not on it', ours, Uint8Array.of(0, 3, 0, 0)],
    ['it has parameters that nobody asked for', ours, Uint8Array.of(0, 2, 0, 4, 1, 2, 3, 4)],
    ['it is cut short', ours, Uint8Array.of(0, 2)],
  ])('are refused with 400 when %s', (_name, told, picked) => {
    const caller = new TurnCaller(new TurnWorld());
    const attributes = [udp, { type: passwordAlgorithms, value: told }, { type: passwordAlgorithm, value: picked }];
    expect(caller.ask('allocate', attributes, { integrity: 'sha256' }).code).toBe(400);
  });

  it('make the key: that of MD5 does not open what picks SHA-256', () => {
    const caller = new TurnCaller(new TurnWorld());
    const sha256 = { type: passwordAlgorithm, value: Uint8Array.of(0, 2, 0, 0) };
    expect(caller.ask('allocate', [udp, list, sha256], { integrity: 'sha256' }).code).toBe(401);
    expect(caller.ask('allocate', [udp], { integrity: 'sha256', password: 'sha256' }).code).toBe(0);
  });

  it('are good for time-limited names too', () => {
    const user = timeLimitedUser(secret, 'carol', wallClockMs(wallAtStart + minutes(60)));
    const caller = new TurnCaller(new TurnWorld());
    const answer = caller.ask('allocate', [udp], { user, integrity: 'sha256', password: 'sha256' });
    expect(answer).toMatchObject({ code: 0, integrity: 'right' });
  });
});

describe('the integrity of a request', () => {
  it.each([
    ['sha1', 20, 0],
    ['sha256', 32, 0],
    // TURN does not say that it may be truncated (RFC 8489 section 14.6).
    ['sha256', 28, 401],
    ['sha256', 20, 401],
    ['sha256', 16, 401],
    ['sha256', 12, 401],
    ['sha256', 0, 401],
    ['sha1', 16, 401],
  ] as const)('%s of %i bytes is answered with %i', (algorithm, length, code) => {
    const caller = new TurnCaller(new TurnWorld());
    expect(caller.exchange(sealed(credentials(caller), algorithm, length)).code).toBe(code);
  });

  it('is SHA-256 where both are there: the other proves nothing', () => {
    const caller = new TurnCaller(new TurnWorld());
    caller.nonce = caller.challenge();
    const request = caller.request('allocate', [udp]);
    const forged = new Uint8Array(request.length + 36);
    forged.set(request);
    forged.set([messageIntegritySha256 >> 8, messageIntegritySha256 & 255, 0, 32], request.length);
    forged[3] += 36;
    expect(caller.exchange(forged).code).toBe(401);
  });

  it('covers what counts: attributes behind it are not read (RFC 8489 section 14.5)', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.allocate();
    const request = caller.request('refresh', [lifetime(600)]);
    const end = Uint8Array.of(0, turnAttributeType.lifetime, 0, 4, 0, 0, 0, 0, 0x7a, 0xbc, 0, 0);
    const longer = new Uint8Array(request.length + end.length);
    longer.set(request);
    longer.set(end, request.length);
    longer[3] += end.length;
    expect(caller.exchange(longer).code).toBe(0);
    expect(world.server.allocations).toBe(1);
  });

  it('that any bit of the message contradicts is wrong, and nothing comes of it', () => {
    const world = new TurnWorld({
      limits: { guesses: { perSecond: 1_000, burst: 10_000 }, challenges: { perSecond: 1_000, burst: 10_000 } },
    });
    const caller = new TurnCaller(world);
    caller.nonce = caller.challenge();
    const request = caller.request('allocate', [udp], { fingerprint: false });
    for (let bit = 0; bit < request.length * 8; bit++) {
      const forged = request.slice();
      forged[bit >> 3] ^= 1 << (bit & 7);
      const before = world.messages.length;
      caller.send(forged);
      expect(world.server.allocations, `bit ${bit}`).toBe(0);
      expect(world.messages.length - before).toBeLessThanOrEqual(1);
    }
    expect(caller.exchange(request).code).toBe(0);
  });

  it('is no need of indications, which have none (RFC 8656 section 5)', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.allocate();
    caller.permit(peer);
    const transactionId = new Uint8Array(12);
    const attributes = [peerAddress(peer, transactionId), { type: turnAttributeType.data, value: new Uint8Array(3) }];
    const integrity = { key: new Uint8Array(16), algorithm: 'sha1' } as const;
    caller.send(serializeStunMessage({ method: 'send', class: 'indication', transactionId, attributes, integrity }));
    expect(world.toPeers).toHaveLength(1);
  });
});

describe('FINGERPRINT', () => {
  it('that is wrong makes the message none, which nobody answers', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.nonce = caller.challenge();
    const request = caller.request('allocate', [udp], { fingerprint: true });
    request[request.length - 1] ^= 1;
    expect(caller.tryExchange(request)).toBeUndefined();
    expect(world.server.counters.get('defective')).toBe(1);
  });

  it('is behind the integrity in answers to those who send it, errors and challenges too', () => {
    const caller = new TurnCaller(new TurnWorld());
    const refused = caller.ask('refresh', [], { fingerprint: true });
    expect(refused).toMatchObject({ code: 437, integrity: 'right' });
    expect(typesOf(refused).slice(-2)).toEqual([messageIntegrity, attributeType.fingerprint]);
    const challenged = caller.ask('allocate', [udp], { fingerprint: true, nonce: new Uint8Array(1) });
    expect(typesOf(challenged).at(-1)).toBe(attributeType.fingerprint);
  });
});

describe('USERHASH (RFC 8489 section 14.4)', () => {
  function hashed(name: string, in_ = realm): AttributeToSend {
    return { type: userhash, value: new Uint8Array(createHash('sha256').update(`${name}:${in_}`).digest()) };
  }

  function asked(hash: AttributeToSend): number {
    const caller = new TurnCaller(new TurnWorld());
    const attributes = [udp, hash, text(attributeType.realm, realm), { type: nonce, value: caller.challenge() }];
    return caller.exchange(sealed(attributes, 'sha256', 32)).code;
  }

  it('finds whoever is configured; it is 401 of nobody, of another realm, cut short, and of time-limited names', () => {
    expect(asked(hashed('ann'))).toBe(0);
    expect(asked(hashed('nobody'))).toBe(401);
    expect(asked(hashed('ann', 'example.com'))).toBe(401);
    expect(asked({ type: userhash, value: hashed('ann').value.subarray(0, 31) })).toBe(401);
    const timed = timeLimitedUser(secret, 'carol', wallClockMs(wallAtStart + minutes(60)));
    expect(asked(hashed(timed.username))).toBe(401);
  });
});
