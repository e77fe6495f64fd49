import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { nodeDtlsCrypto } from '../crypto/node-dtls-crypto.ts';
import { earlyRecordsMax } from '../dtls-association.ts';
import { reassemblyBytesMax } from '../handshake/reassembly.ts';
import { DtlsAssociation, type DtlsCrypto, type DtlsOptions, type SrtpKeys } from '../index.ts';
import { fragmentLengthMax } from '../record/record.ts';
import { certificate, drain, run, seeded, seededNumbers, type Side } from './pair.ts';

const mutations = 100_000;
const sides: readonly Side[] = ['client', 'server'];

/** Keys, secrets and signatures by what they are made of, so that a handshake can be brought to a phase again, quickly. */
function repeatableCrypto(): DtlsCrypto {
  const remember = <Value>(known: Map<string, Value>, name: string, make: () => Value): Value => {
    const value = known.get(name) ?? make();
    known.set(name, value);
    return value;
  };
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const shares = new Map<string, ReturnType<DtlsCrypto['generateKeyShare']>>();
  const secrets = new Map<string, Uint8Array | 'bad-public-key'>();
  const signatures = new Map<string, Uint8Array>();
  return {
    ...nodeDtlsCrypto,
    generateKeyShare: (group) =>
      remember(shares, group, () => {
        const share = nodeDtlsCrypto.generateKeyShare(group);
        return {
          ...share,
          computeSecret: (peer) => {
            const key = `${group} ${hex(peer)}`;
            if (secrets.size > 100) secrets.clear();
            return remember(secrets, key, () => share.computeSecret(peer));
          },
        };
      }),
    sign: (own, scheme, bytes) => {
      // The right one is asked for thousands of times, one over a mutated hello once.
      const key = `${own.fingerprint.value} ${scheme} ${hex(nodeDtlsCrypto.sha256(bytes))}`;
      if (signatures.size > 100) return nodeDtlsCrypto.sign(own, scheme, bytes);
      return remember(signatures, key, () => nodeDtlsCrypto.sign(own, scheme, bytes));
    },
  };
}

/** A handshake that was recorded, and can be had again up to any of its datagrams. */
class Recording {
  readonly #options: Record<Side, DtlsOptions>;
  /** What each side was sent. */
  readonly datagrams: Record<Side, Uint8Array[]> = { client: [], server: [] };
  readonly keys: Record<Side, SrtpKeys | undefined>;

  constructor() {
    const fields = { mtu: 400, srtpProfiles: ['AEAD_AES_128_GCM'] as const };
    const [clientCertificate, serverCertificate] = [certificate('ecdsa'), certificate('ecdsa-other')];
    const [forClient, forServer] = [repeatableCrypto(), repeatableCrypto()];
    this.#options = {
      client: {
        ...fields,
        role: 'client',
        certificate: clientCertificate,
        remoteFingerprints: [serverCertificate.fingerprint],
        crypto: forClient,
        random: seeded('client'),
      },
      server: {
        ...fields,
        role: 'server',
        certificate: serverCertificate,
        remoteFingerprints: [clientCertificate.fingerprint],
        crypto: forServer,
        random: seeded('server'),
      },
    };
    const outcome = run({ client: this.#open('client'), server: this.#open('server') }, (datagrams, from) => {
      this.datagrams[from === 'client' ? 'server' : 'client'].push(...datagrams);
      return datagrams;
    });
    this.keys = { client: outcome.client.srtp, server: outcome.server.srtp };
  }

  /** A side that was sent the first datagrams of the recording, and nothing else. */
  replay(side: Side, count: number): DtlsAssociation {
    const association = this.#open(side);
    if (side === 'client') association.start(monotonicMs(0));
    for (const bytes of this.datagrams[side].slice(0, count)) association.handleDatagram(bytes, monotonicMs(0));
    return association;
  }

  #open(side: Side): DtlsAssociation {
    return new DtlsAssociation({ ...this.#options[side], random: seeded(side) });
  }
}

/** Something between a bit of difference and nonsense. */
function mutate(bytes: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  const below = (end: number): number => Math.floor(random() * end);
  const changed = bytes.slice();
  const place = below(changed.length);
  switch (below(9)) {
    case 0:
      changed[place] ^= 1 << below(8);
      return changed;
    case 1:
      for (let i = 0; i < 8; i++) changed[below(changed.length)] = below(256);
      return changed;
    case 2:
      // Headers of records and of messages have most of the meaning.
      changed[below(Math.min(changed.length, 25))] = below(256);
      return changed;
    case 3:
      return changed.subarray(0, place);
    case 4:
      return changed.subarray(place);
    case 5:
      changed.set(other.subarray(0, Math.min(other.length, changed.length - place)), place);
      return changed;
    case 6:
      return new Uint8Array(Buffer.concat([changed, other.subarray(below(other.length))]));
    case 7:
      changed.copyWithin(place, below(changed.length));
      return changed;
    default:
      return changed;
  }
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

describe('mutated datagrams', () => {
  it(`${mutations} of them, in every phase of both sides, cause no exception, no growth and no wrong keys`, () => {
    const seed = 1;
    const random = seededNumbers(seed);
    const recording = new Recording();
    expect(recording.keys.client?.localKey).toEqual(recording.keys.server?.remoteKey);
    const phases = sides.flatMap((side) =>
      Array.from({ length: recording.datagrams[side].length + 1 }, (_, count) => ({ side, count })),
    );
    const everything = [...recording.datagrams.client, ...recording.datagrams.server];
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
    const bytesMax = reassemblyBytesMax + earlyRecordsMax * fragmentLengthMax;
    const reached = new Set<string>();
    let heapAtHalf = 0;

    for (let i = 0; i < mutations;) {
      const { side, count } = phases[((i / 50) % phases.length) | 0];
      const association = recording.replay(side, count);
      reached.add(`${side} ${association.state}`);
      drain(association);
      // An association that failed has no more to say, so a new one takes its place.
      for (let used = 0; used < 50 && association.state !== 'closed'; used++, i++) {
        const clock = monotonicMs(used * 20);
        const bytes = mutate(pick(recording.datagrams[side]), pick(everything), random);
        association.handleDatagram(bytes, clock);
        association.handleTimeout(clock);
        const outputs = drain(association);
        if (outputs.length > 40 || association.bytesHeld > bytesMax)
          expect.fail(`seed ${seed}, mutation ${i}: ${outputs.length} outputs, ${association.bytesHeld} bytes held`);
        const keys = outputs.find(({ type }) => type === 'connected');
        if (keys !== undefined) expect(keys).toEqual({ type: 'connected', srtp: recording.keys[side] });
      }
      if (heapAtHalf === 0 && i > mutations / 2) heapAtHalf = heapUsed();
    }

    expect(reached).toEqual(
      new Set(['client handshaking', 'client established', 'server handshaking', 'server established']),
    );
    expect(heapUsed() - heapAtHalf).toBeLessThan(4_000_000);
  });

  it('100,000 on one established association leave it as it was', () => {
    const random = seededNumbers(2);
    const recording = new Recording();
    for (const side of sides) {
      const association = recording.replay(side, recording.datagrams[side].length);
      expect(association.state).toBe('established');
      drain(association);
      const [mine] = recording.datagrams[side];
      const last = recording.datagrams[side].at(-1) ?? mine;
      for (let i = 0; i < mutations / 2; i++) association.handleDatagram(mutate(last, mine, random), monotonicMs(i));
      expect(drain(association).filter(({ type }) => type !== 'datagram')).toEqual([]);
      expect(association.state).toBe('established');
      expect(association.bytesHeld).toBe(0);
    }
  });
});
