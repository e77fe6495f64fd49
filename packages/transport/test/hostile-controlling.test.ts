import * as fc from 'fast-check';
import type { MonotonicMs } from '@rivero/core';
import { serializeStunMessage, type StunClass } from '@rivero/protocol/stun';
import { describe, expect, it } from 'vitest';
import { type Joint, ServerPair } from './server-pair.ts';

const liteAddress = { ip: '198.51.100.1', port: 40_000 };
const controllingAddress = { ip: '203.0.113.1', port: 40_000 };
const strangerAddress = { ip: '192.0.2.66', port: 666 };
const clientHello = Uint8Array.from([22, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

function answer(kind: StunClass, pwd: string, transactionId = new Uint8Array(12)): Uint8Array {
  const integrity = { key: new TextEncoder().encode(pwd), algorithm: 'sha1' } as const;
  return serializeStunMessage({
    method: 'binding',
    class: kind,
    transactionId,
    attributes: [],
    integrity,
    fingerprint: true,
  });
}

/** Sends from any address that somebody claims. */
function forge(pair: ServerPair, bytes: Uint8Array, from = liteAddress): void {
  pair.network.openHost(strangerAddress.ip, {}, () => {});
  pair.network.send(bytes, from, controllingAddress);
}

/** The first check of the controlling side, as somebody on the way sees it. */
function overhearCheck(pair: ServerPair): () => Uint8Array {
  let check = new Uint8Array(0);
  pair.network.onDelivered = (bytes, from) => {
    if (check.length === 0 && from.ip === controllingAddress.ip) check = new Uint8Array(bytes);
  };
  return () => check;
}

function joinUnheard(pair: ServerPair): Joint {
  pair.network.setLinks(liteAddress.ip, { up: { loss: 1 } });
  return pair.join();
}

describe('a controlling session among strangers', () => {
  it('validates no path by an answer of another transaction, another password or another address', () => {
    const pair = new ServerPair();
    const overheard = overhearCheck(pair);
    const { lite, controlling } = joinUnheard(pair);
    pair.turn(100);
    const transactionId = overheard().slice(8, 20);
    pair.network.setLinks(liteAddress.ip, {});
    forge(pair, answer('success', lite.localCredentials.pwd));
    forge(pair, answer('success', 'somebody else’s password', transactionId));
    forge(pair, answer('error', 'somebody else’s password', transactionId));
    forge(pair, answer('success', lite.localCredentials.pwd, transactionId), strangerAddress);
    pair.turn(50);
    expect([...controlling.ice.validatedPaths()]).toEqual([]);
    expect(controlling.ice.counters.get('bad-integrity')).toBe(2);
    expect(pair.controlling.transport.counters.get('stun-unknown-session')).toBe(1);
    forge(pair, answer('success', lite.localCredentials.pwd, transactionId));
    pair.turn(50);
    expect([...controlling.ice.validatedPaths()]).toHaveLength(1);
  });

  it('takes no DTLS from an address that has not answered yet', () => {
    const pair = new ServerPair();
    const { controlling } = joinUnheard(pair);
    pair.turn(100);
    pair.network.setLinks(liteAddress.ip, {});
    forge(pair, clientHello);
    pair.turn(50);
    expect(controlling.counters.get('dtls-before-ice')).toBe(1);
    expect(pair.controlling.told(controlling)).toEqual(['ice connecting']);
  });

  it('answers its own check, sent back to it, with nothing', () => {
    const pair = new ServerPair();
    const overheard = overhearCheck(pair);
    joinUnheard(pair);
    pair.turn(100);
    pair.network.setLinks(liteAddress.ip, {});
    const { sent } = pair.network.statistics();
    forge(pair, overheard());
    pair.turn(50);
    expect(pair.network.statistics().sent).toBe(sent + 1);
    expect(pair.controlling.transport.counters.get('stun-unknown-session')).toBe(1);
  });

  it('goes on whatever else comes from the address of its peer', () => {
    const pair = new ServerPair();
    const joint = pair.join();
    pair.turn(300);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        forge(pair, bytes);
      }),
      { numRuns: 500 },
    );
    const forgery = answer('success', 'wrong');
    for (let i = 0; i < forgery.length; i++) {
      const mutated = forgery.slice();
      mutated[i] ^= 1 + (i % 255);
      forge(pair, mutated);
      forge(pair, forgery.subarray(0, i));
    }
    pair.turn(100);
    expect(pair.isHeard(joint, 'hello')).toBe(true);
    expect(pair.controlling.transport.counters.get('broken-invariant')).toBe(0);
  });

  it('sends no more than 7 checks to an address that never answers, and none after 32 s', () => {
    const pair = new ServerPair();
    const times: MonotonicMs[] = [];
    pair.network.openHost('192.0.2.9', {}, () => times.push(pair.simulation.now));
    pair.join({ candidates: [{ ...pair.lite.candidates[0], address: '192.0.2.9' }] });
    pair.turn(120_000);
    expect(times).toEqual([10, 510, 1_510, 3_510, 7_510, 15_510, 31_510]);
  });
});
