import { randomBytes, X509Certificate } from 'node:crypto';
import { wallClockMs } from '@rivero/core';
import { generateCertificate } from '@rivero/protocol/dtls';
import type { TurnCertificate } from '../client-listeners.ts';

/** One that nobody signed. */
export function makeCertificate(): TurnCertificate {
  const { der, privateKey } = generateCertificate({
    type: 'ecdsa',
    random: (length) => new Uint8Array(randomBytes(length)),
    now: wallClockMs(Date.now()),
  });
  return {
    cert: new X509Certificate(der).toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

export const certificate = makeCertificate();
