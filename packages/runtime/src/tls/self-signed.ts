import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type WallClockMs, wallClockMs } from '@rivero/core';
import { keepFile } from '../keep-file.ts';
import type { LocalAddress } from '../local-addresses.ts';
import { canonicalName } from './canonical-name.ts';
import { makeCertificate } from './make-certificate.ts';
import type { TlsPair } from './tls-pair.ts';

const day = 86_400_000;

/** Days that a certificate is good for; Apple's systems accept no more than 825 (support.apple.com/HT210176). */
const validityDays = 820;

/** A certificate with less left than this is made anew. */
const renewalDays = 30;

/** Names in one certificate; the oldest are dropped. */
export const certificateNamesMax = 64;

export interface SelfSignedOptions {
  readonly dataDir: string;
  readonly hostname: string;
  readonly localAddresses: readonly LocalAddress[];
  /** Addresses of the NAT in front of this machine. */
  readonly externalAddresses: readonly string[];
  readonly now: WallClockMs;
}

interface KeptPair extends TlsPair {
  readonly names: readonly string[];
  readonly goodUntil: WallClockMs;
}

/**
 * The self-made certificate that is kept in the data folder. People accept it by hand, so it stays the same as long as
 * it can: a new one is made when it nears its end or lacks the machine's name, an IPv4 or an external address. IPv6
 * addresses alone change too often to ask for a new one. A new one also carries the names of the old, so that a laptop
 * that moves between two networks settles on one certificate. `data-dir-unwritable` when it cannot be kept.
 */
export async function openSelfSigned(options: SelfSignedOptions): Promise<TlsPair> {
  const file = path.join(options.dataDir, 'tls', 'self-made.pem');
  const kept = await readKept(file);
  const needed = neededNames(options);
  if (kept !== undefined && isStillGood(kept, needed, options.now)) return { key: kept.key, cert: kept.cert };
  const ipv6 = options.localAddresses.filter(({ family }) => family === 'IPv6').map(({ address }) => address);
  const all = [...needed, ...ipv6, ...(kept?.names ?? [])].map((name) => canonicalName(name));
  const names = [...new Set(all)].slice(0, certificateNamesMax);
  const { certificate, key } = makeCertificate({
    names,
    notBefore: new Date(options.now - day),
    notAfter: new Date(options.now + validityDays * day),
  });
  // In one file, so that they can never be of different making.
  await keepFile(file, key + certificate);
  return { key, cert: certificate };
}

/** The names without which a kept certificate is no longer good. */
function neededNames({ hostname, localAddresses, externalAddresses }: SelfSignedOptions): readonly string[] {
  const dnsName = /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/.test(hostname) ? [hostname] : [];
  const ipv4 = localAddresses.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
  const all = ['localhost', ...dnsName, '127.0.0.1', '::1', ...externalAddresses, ...ipv4];
  return all.map((name) => canonicalName(name)).slice(0, certificateNamesMax);
}

function isStillGood(kept: KeptPair, needed: readonly string[], now: WallClockMs): boolean {
  return kept.goodUntil - now >= renewalDays * day && needed.every((name) => kept.names.includes(name));
}

/** Undefined when there is none, or when what is there is no use. */
async function readKept(file: string): Promise<KeptPair | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    const [key = ''] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/.exec(text) ?? [];
    const cert = text.slice(key.length);
    const parsed = new X509Certificate(cert);
    if (!parsed.checkPrivateKey(createPrivateKey(key))) return undefined;
    const altNames = (parsed.subjectAltName ?? '').split(', ');
    const names = altNames.map((name) => canonicalName(name.replace(/^(DNS|IP Address):/, '')));
    return { key, cert, names, goodUntil: wallClockMs(Date.parse(parsed.validTo)) };
  } catch {
    return undefined;
  }
}
