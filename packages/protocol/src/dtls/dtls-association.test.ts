import { createHash } from 'node:crypto';
import { milliseconds, monotonicMs, type RandomBytes, wallClockMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { generateCertificate } from './certificate/generate-certificate.ts';
import { DtlsAssociation, type DtlsOptions, type DtlsOutput } from './dtls-association.ts';

/** A different sequence a seed. */
function seeded(seed: string): RandomBytes {
  let counter = 0;
  return (length) => {
    const chunks: Uint8Array[] = [];
    for (let made = 0; made < length; made += 32)
      chunks.push(createHash('sha256').update(`${seed}${counter++}`).digest());
    return new Uint8Array(Buffer.concat(chunks)).subarray(0, length);
  };
}

const now = wallClockMs(Date.parse('2030-01-01'));
const certificates = {
  ecdsa: generateCertificate({ type: 'ecdsa', random: seeded('a'), now }),
  other: generateCertificate({ type: 'ecdsa', random: seeded('c'), now }),
  rsa: generateCertificate({ type: 'rsa', random: seeded('b'), now }),
};

function pair(client: Partial<DtlsOptions> = {}, server: Partial<DtlsOptions> = {}) {
  const clientCertificate = client.certificate ?? certificates.ecdsa;
  const serverCertificate = server.certificate ?? certificates.other;
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

function drain(association: DtlsAssociation): DtlsOutput[] {
  const outputs: DtlsOutput[] = [];
  for (let output = association.pollOutput(); output !== undefined; output = association.pollOutput())
    outputs.push(output);
  return outputs;
}

/** Carries datagrams both ways, turning the clock when nothing moves, until nothing does for 40 s. */
function run(
  client: DtlsAssociation,
  server: DtlsAssociation,
  carry: (bytes: Uint8Array, from: 'client' | 'server') => readonly Uint8Array[] = (b) => [b],
) {
  const outputs: { client: DtlsOutput[]; server: DtlsOutput[] } = { client: [], server: [] };
  let clock = monotonicMs(0);
  client.start(clock);
  for (let round = 0; round < 2_000; round++) {
    const fromClient = drain(client);
    const fromServer = drain(server);
    outputs.client.push(...fromClient);
    outputs.server.push(...fromServer);
    for (const o of fromClient)
      if (o.type === 'datagram') for (const b of carry(o.bytes, 'client')) server.handleDatagram(b, clock);
    for (const o of fromServer)
      if (o.type === 'datagram') for (const b of carry(o.bytes, 'server')) client.handleDatagram(b, clock);
    if (fromClient.length === 0 && fromServer.length === 0) {
      const next = Math.min(client.deadline(), server.deadline());
      if (!Number.isFinite(next)) break;
      clock = monotonicMs(Math.max(next, clock + milliseconds(1)));
      client.handleTimeout(clock);
      server.handleTimeout(clock);
    }
  }
  return { outputs, clock };
}

describe('DtlsAssociation', () => {
  it('gives both sides the same SRTP keys', () => {
    for (const certificate of [certificates.ecdsa, certificates.rsa]) {
      const { client, server } = pair({}, { certificate });
      const { outputs } = run(client, server);
      const a = outputs.client.find((o) => o.type === 'connected');
      const b = outputs.server.find((o) => o.type === 'connected');
      expect(client.state).toBe('established');
      expect(server.state).toBe('established');
      expect(a?.srtp.profile).toBe('AEAD_AES_128_GCM');
      expect(a?.srtp.localKey).toEqual(b?.srtp.remoteKey);
      expect(a?.srtp.remoteSalt).toEqual(b?.srtp.localSalt);
    }
  });
});
