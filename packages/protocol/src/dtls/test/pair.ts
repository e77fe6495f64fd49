import { createHash } from 'node:crypto';
import { milliseconds, monotonicMs, type MonotonicMs, type RandomBytes, wallClockMs } from '@rivero/core';
import {
  DtlsAssociation,
  type DtlsCertificate,
  type DtlsCloseReason,
  type DtlsOptions,
  type DtlsOutput,
  generateCertificate,
  type SrtpKeys,
} from '../index.ts';

/** A different sequence a seed. */
export function seeded(seed: string): RandomBytes {
  let counter = 0;
  return (length) => {
    const chunks: Uint8Array[] = [];
    for (let made = 0; made < length; made += 32)
      chunks.push(createHash('sha256').update(`${seed}${counter++}`).digest());
    return new Uint8Array(Buffer.concat(chunks)).subarray(0, length);
  };
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32: fast, and good enough to lose packets by). */
export function seededNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const now = wallClockMs(Date.parse('2030-01-01'));
const made = new Map<string, DtlsCertificate>();

/** A certificate by name, made once a test file, since RSA keys take long. */
export function certificate(name: 'ecdsa' | 'ecdsa-other' | 'rsa' | 'rsa-other'): DtlsCertificate {
  const type = name.startsWith('rsa') ? 'rsa' : 'ecdsa';
  const known = made.get(name) ?? generateCertificate({ type, random: seeded(name), now });
  made.set(name, known);
  return known;
}

export interface Pair {
  readonly client: DtlsAssociation;
  readonly server: DtlsAssociation;
}
export type Side = keyof Pair;

/** A client and a server that expect each other's certificates, unless told otherwise. */
export function pair(client: Partial<DtlsOptions> = {}, server: Partial<DtlsOptions> = {}): Pair {
  const clientCertificate = client.certificate ?? certificate('ecdsa');
  const serverCertificate = server.certificate ?? certificate('ecdsa-other');
  return {
    client: new DtlsAssociation({
      role: 'client',
      certificate: clientCertificate,
      remoteFingerprints: [serverCertificate.fingerprint],
      random: seeded('client'),
      ...client,
    }),
    server: new DtlsAssociation({
      role: 'server',
      certificate: serverCertificate,
      remoteFingerprints: [clientCertificate.fingerprint],
      random: seeded('server'),
      ...server,
    }),
  };
}

export function drain(association: DtlsAssociation): DtlsOutput[] {
  const outputs: DtlsOutput[] = [];
  for (let output = association.pollOutput(); output !== undefined; output = association.pollOutput())
    outputs.push(output);
  return outputs;
}

export function datagramsOf(outputs: readonly DtlsOutput[]): Uint8Array[] {
  return outputs.flatMap((output) => (output.type === 'datagram' ? [output.bytes] : []));
}

/** What becomes of the datagrams that one side sent at once. */
export type Carry = (datagrams: readonly Uint8Array[], from: Side, now: MonotonicMs) => readonly Uint8Array[];

export interface Outcome {
  readonly srtp: SrtpKeys | undefined;
  readonly closed: DtlsCloseReason | undefined;
  readonly datagrams: readonly Uint8Array[];
  /** Application data that was handed out. */
  readonly data: readonly Uint8Array[];
}

function outcomeOf(outputs: readonly DtlsOutput[]): Outcome {
  return {
    srtp: outputs.find((output) => output.type === 'connected')?.srtp,
    closed: outputs.find((output) => output.type === 'closed')?.reason,
    datagrams: datagramsOf(outputs),
    data: outputs.flatMap((output) => (output.type === 'data' ? [output.bytes] : [])),
  };
}

/** Datagrams come in a buffer that is used again: whoever keeps a view of it keeps nonsense. */
function deliver(datagrams: readonly Uint8Array[], to: DtlsAssociation, clock: MonotonicMs): void {
  for (const bytes of datagrams) {
    const buffer = bytes.slice();
    to.handleDatagram(buffer, clock);
    buffer.fill(0xaa);
  }
}

/**
 * Carries datagrams both ways, turning the clock to the next deadline when nothing moves, until both are established or
 * closed and silent.
 */
export function run({ client, server }: Pair, carry: Carry = (datagrams) => datagrams) {
  const outputs: Record<Side, DtlsOutput[]> = { client: [], server: [] };
  let clock = monotonicMs(0);
  client.start(clock);
  for (;;) {
    const fromClient = drain(client);
    const fromServer = drain(server);
    outputs.client.push(...fromClient);
    outputs.server.push(...fromServer);
    deliver(carry(datagramsOf(fromClient), 'client', clock), server, clock);
    deliver(carry(datagramsOf(fromServer), 'server', clock), client, clock);
    if (fromClient.length > 0 || fromServer.length > 0) continue;
    const next = Math.min(client.deadline(), server.deadline());
    if (!Number.isFinite(next)) break;
    clock = monotonicMs(Math.max(next, clock + milliseconds(1)));
    client.handleTimeout(clock);
    server.handleTimeout(clock);
  }
  return { client: outcomeOf(outputs.client), server: outcomeOf(outputs.server), clock };
}

/** A pair that has made its handshake, and what it took. */
export function establish(client: Partial<DtlsOptions> = {}, server: Partial<DtlsOptions> = {}) {
  const both = pair(client, server);
  const outcome = run(both);
  if (both.client.state !== 'established' || both.server.state !== 'established')
    throw new Error(`no handshake: ${outcome.client.closed} ${outcome.server.closed}`);
  return { ...both, outcome };
}
