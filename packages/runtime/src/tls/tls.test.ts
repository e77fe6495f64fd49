import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CodedError, wallClockMs } from '@rivero/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSelfSigned, readOwnCertificate, type SelfSignedOptions } from './index.ts';
import { makeCertificate } from './make-certificate.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);
let dataDir = '';

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'rivero-tls-'));
});

afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

function options(changes: Partial<SelfSignedOptions> = {}): SelfSignedOptions {
  return {
    dataDir,
    hostname: 'My-Host',
    localAddresses: [
      { family: 'IPv4', address: '192.0.2.10' },
      { family: 'IPv6', address: '2001:db8::10' },
    ],
    externalAddresses: [],
    now: wallClockMs(start),
    ...changes,
  };
}

async function certificateFor(changes: Partial<SelfSignedOptions> = {}): Promise<X509Certificate> {
  return new X509Certificate((await openSelfSigned(options(changes))).cert);
}

describe('self-made certificate', () => {
  it('is for localhost, the machine by name and every address of it', async () => {
    const certificate = await certificateFor({ externalAddresses: ['203.0.113.7', '2001:db8::99'] });
    for (const name of ['localhost', 'my-host']) expect(certificate.checkHost(name), name).toBe(name);
    for (const ip of ['127.0.0.1', '::1', '192.0.2.10', '2001:db8::10', '203.0.113.7', '2001:db8::99']) {
      expect(certificate.checkIP(ip), ip).toBe(ip);
    }
    expect(certificate.checkIP('192.0.2.11')).toBeUndefined();
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
  });

  it('is kept in a file for this user only, and stays the same', async () => {
    const first = await openSelfSigned(options());
    const { mode } = await stat(path.join(dataDir, 'tls', 'self-made.pem'));
    expect(mode & 0o777).toBe(0o600);
    expect(await openSelfSigned(options({ now: wallClockMs(start + 700 * day) }))).toEqual(first);
  });

  it('is made by each of two starts at once, and is one of theirs from then on', async () => {
    const made = await Promise.all([openSelfSigned(options()), openSelfSigned(options())]);
    expect(made).toContainEqual(await openSelfSigned(options()));
    expect(await readdir(path.join(dataDir, 'tls'))).toEqual(['self-made.pem']);
  });

  it('is made anew in the last 30 of its 820 days', async () => {
    const first = await certificateFor();
    expect(Date.parse(first.validTo) - start).toBe(820 * day);
    const kept = await certificateFor({ now: wallClockMs(start + 790 * day) });
    expect(kept.serialNumber).toBe(first.serialNumber);
    const renewed = await certificateFor({ now: wallClockMs(start + 790 * day + 1) });
    expect(renewed.serialNumber).not.toBe(first.serialNumber);
  });

  it('is made anew for a new IPv4 or external address, and keeps the names it had', async () => {
    const home = await certificateFor();
    const office = [{ family: 'IPv4', address: '198.51.100.5' }] as const;
    const moved = await certificateFor({ localAddresses: office });
    expect(moved.serialNumber).not.toBe(home.serialNumber);
    expect(moved.checkIP('192.0.2.10')).toBe('192.0.2.10');
    expect((await certificateFor()).serialNumber).toBe(moved.serialNumber);
    const outside = await certificateFor({ externalAddresses: ['2001:db8::77'] });
    expect(outside.serialNumber).not.toBe(moved.serialNumber);
  });

  it('stays when only IPv6 addresses change or some go away', async () => {
    const first = await certificateFor();
    const changed = await certificateFor({ localAddresses: [{ family: 'IPv6', address: '2001:db8::11' }] });
    expect(changed.serialNumber).toBe(first.serialNumber);
  });

  it('names 64 addresses at most', async () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ family: 'IPv4', address: `192.0.2.${index}` }) as const);
    const certificate = await certificateFor({ localAddresses: many });
    expect(certificate.subjectAltName?.split(', ')).toHaveLength(64);
    expect((await certificateFor({ localAddresses: many })).serialNumber).toBe(certificate.serialNumber);
  });

  it.each(['', 'garbage', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])(
    'is made anew when its file holds %j',
    async (text) => {
      await certificateFor();
      const file = path.join(dataDir, 'tls', 'self-made.pem');
      await writeFile(file, text);
      expect((await certificateFor()).checkHost('localhost')).toBe('localhost');
      expect(await readFile(file, 'utf8')).not.toBe(text);
    },
  );

  it('is refused with the folder when it cannot be kept', async () => {
    const folder = path.join(dataDir, 'tls');
    await writeFile(folder, '');
    await expect(openSelfSigned(options())).rejects.toMatchObject({
      code: 'data-dir-unwritable',
      message: `The folder ${folder} cannot be read or written (EEXIST); change its rights, or set RIVERO_DATA_DIR to another folder.`,
    });
  });

  it('leaves a host name out that is no DNS name', async () => {
    const certificate = await certificateFor({ hostname: 'my host_ä' });
    expect(certificate.subjectAltName).not.toContain('my host');
  });

  it('may end after 2049', () => {
    const made = makeCertificate({
      names: ['localhost'],
      notBefore: new Date(Date.UTC(2049, 11, 31, 23, 59, 59)),
      notAfter: new Date(Date.UTC(2050, 0, 1)),
    });
    const { validFrom, validTo } = new X509Certificate(made.certificate);
    expect([validFrom, validTo]).toEqual(['Dec 31 23:59:59 2049 GMT', 'Jan  1 00:00:00 2050 GMT']);
  });
});

describe('own certificate', () => {
  const period = { notBefore: new Date(start), notAfter: new Date(start + day) };

  async function write(name: string, text: string): Promise<string> {
    const file = path.join(dataDir, name);
    await writeFile(file, text);
    return file;
  }

  async function refusal(certFile: string, keyFile: string): Promise<{ code: string; message: string }> {
    const error: unknown = await readOwnCertificate(certFile, keyFile).catch((thrown: unknown) => thrown);
    if (!(error instanceof CodedError)) throw new Error('it was not refused');
    return { code: error.code, message: error.message };
  }

  it('is read when both files fit', async () => {
    const { certificate, key } = makeCertificate({ names: ['example.org'], ...period });
    const [certFile, keyFile] = [await write('cert.pem', certificate), await write('key.pem', key)];
    expect(await readOwnCertificate(certFile, keyFile)).toEqual({ cert: certificate, key });
  });

  it('is refused with the setting to change when a file is missing, no PEM, or of another pair', async () => {
    const one = makeCertificate({ names: ['example.org'], ...period });
    const other = makeCertificate({ names: ['example.org'], ...period });
    const cert = await write('cert.pem', one.certificate);
    const key = await write('key.pem', one.key);
    const otherKey = await write('other.pem', other.key);
    const garbage = await write('garbage.pem', 'garbage');
    const absent = path.join(dataDir, 'absent.pem');
    expect(await refusal(absent, key)).toEqual({
      code: 'tls-file-unreadable',
      message: `RIVERO_TLS_CERT names ${absent}, which cannot be read (ENOENT); set it to another file.`,
    });
    expect((await refusal(cert, absent)).message).toContain('RIVERO_TLS_KEY');
    expect((await refusal(garbage, key)).code).toBe('tls-file-invalid');
    expect((await refusal(cert, garbage)).code).toBe('tls-file-invalid');
    expect((await refusal(cert, otherKey)).code).toBe('tls-pair-mismatch');
  });
});
