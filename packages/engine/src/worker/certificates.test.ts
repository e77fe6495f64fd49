import { wallClockMs } from '@rivero/core';
import { generateCertificate } from '@rivero/protocol/dtls';
import { describe, expect, it } from 'vitest';
import { Certificates } from './certificates.ts';

const random = (length: number): Uint8Array => new Uint8Array(length).fill(7);
const now = () => wallClockMs(Date.UTC(2030, 0));

/** A certificate and its key in one text, as the settings name it. */
function pemOf(type: 'rsa' | 'ecdsa'): string {
  const { der, privateKey } = generateCertificate({ type, random, now: now() });
  const base64 = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)
    ?.join('\n');
  const certificate = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
  return certificate + String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

describe('the certificates of a worker', () => {
  it('are made once, when they are asked for', () => {
    const certificates = new Certificates({ pems: {}, random, now });
    const rsa = certificates.of('rsa');
    expect(rsa.type).toBe('rsa');
    expect(certificates.of('rsa')).toBe(rsa);
    expect(certificates.of('ecdsa').type).toBe('ecdsa');
  });

  it('are made beside the thread when they are prepared, once for all who wait, and at once with P-256', async () => {
    const certificates = new Certificates({ pems: {}, random, now });
    expect(certificates.prepare('ecdsa')).toBeUndefined();
    const preparing = certificates.prepare('rsa');
    expect(preparing).toBeDefined();
    expect(certificates.prepare('rsa')).toBe(preparing);
    let turns = 0;
    for (; certificates.prepare('rsa') !== undefined; turns++)
      await new Promise((resolve) => void setImmediate(resolve));
    expect(turns).toBeGreaterThan(10);
    await preparing;
    expect(certificates.of('rsa').type).toBe('rsa');
    expect(new Certificates({ pems: { rsa: pemOf('rsa') }, random, now }).prepare('rsa')).toBeUndefined();
  });

  it('are the operator’s where there are some, in either order of certificate and key', () => {
    const pem = pemOf('ecdsa');
    const [certificate, key] = pem.split(/(?=-----BEGIN PRIVATE)/);
    const [first, second] = [pem, key + certificate].map((text) =>
      new Certificates({ pems: { ecdsa: text }, random, now }).of('ecdsa'),
    );
    expect(first.der).toEqual(second.der);
    expect(new Certificates({ pems: { ecdsa: pem }, random, now }).of('rsa').type).toBe('rsa');
  });

  it('are refused when they cannot be read, or have a key of the other kind', () => {
    const refusal = (pems: { rsa?: string; ecdsa?: string }) => () => new Certificates({ pems, random, now });
    expect(refusal({ rsa: 'hello' })).toThrow(expect.objectContaining({ code: 'dtls-certificate-unreadable' }));
    expect(refusal({ rsa: pemOf('ecdsa') })).toThrow(expect.objectContaining({ code: 'dtls-certificate-unsupported' }));
  });
});
