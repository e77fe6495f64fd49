import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monotonicMs } from '@rivero/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SrtpProfile } from '../../srtp/index.ts';
import { DtlsAssociation, type DtlsCertificate, type DtlsOptions, type SrtpKeys } from '../index.ts';
import { certificate, drain } from './pair.ts';

const openssl = 'openssl';
const hasOpenssl = spawnSync(openssl, ['version']).status === 0;

const profiles = [
  ['AES128_CM_HMAC_SHA1_80', 'SRTP_AES128_CM_SHA1_80', 60],
  ['AEAD_AES_128_GCM', 'SRTP_AEAD_AES_128_GCM', 56],
] as const satisfies readonly (readonly [SrtpProfile, string, number])[];

const cases = profiles.flatMap(([profile, name, length]) =>
  (['ecdsa', 'rsa'] as const).map((type) => ({ profile, name, length, type })),
);

/** `openssl` with what it printed so far. */
class Child {
  readonly process: ChildProcess;
  output = '';

  constructor(parameters: readonly string[]) {
    this.process = spawn(openssl, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}

/** An association on a UDP socket of the loopback interface with a real clock. */
class Endpoint {
  readonly socket: Socket;
  readonly association: DtlsAssociation;
  srtp: SrtpKeys | undefined;
  received = '';
  closed: string | undefined;
  #remote: Pick<RemoteInfo, 'address' | 'port'> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DtlsOptions) {
    this.association = new DtlsAssociation(options);
    this.socket = createSocket('udp4');
    this.socket.on('message', (bytes, remote) => {
      this.#remote = remote;
      this.association.handleDatagram(bytes, monotonicMs(performance.now()));
      this.flush();
    });
  }

  async bind(): Promise<number> {
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    return this.socket.address().port;
  }

  start(port: number): void {
    this.#remote = { address: '127.0.0.1', port };
    this.association.start(monotonicMs(performance.now()));
    this.flush();
  }

  flush(): void {
    for (const output of drain(this.association)) {
      if (output.type === 'datagram') this.socket.send(output.bytes, this.#remote?.port, this.#remote?.address);
      else if (output.type === 'connected') this.srtp = output.srtp;
      else if (output.type === 'data') this.received += Buffer.from(output.bytes).toString();
      else this.closed = output.reason;
    }
    clearTimeout(this.#timer);
    const wait = this.association.deadline() - performance.now();
    if (!Number.isFinite(wait)) return;
    this.#timer = setTimeout(() => {
      this.association.handleTimeout(monotonicMs(performance.now()));
      this.flush();
    }, wait);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.socket.close();
  }
}

/** Client key, server key, client salt, server salt, as the exporter made them (RFC 5764 section 4.2). */
function keyingMaterial(srtp: SrtpKeys | undefined, role: 'client' | 'server'): string {
  if (srtp === undefined) return 'no keys';
  const { localKey, localSalt, remoteKey, remoteSalt } = srtp;
  const ordered = [localKey, remoteKey, localSalt, remoteSalt];
  const [a, b, c, d] = role === 'client' ? ordered : [remoteKey, localKey, remoteSalt, localSalt];
  return Buffer.concat([a, b, c, d]).toString('hex').toUpperCase();
}

describe.skipIf(!hasOpenssl)('with openssl (skipped when it is not installed)', () => {
  let folder = '';
  const children: Child[] = [];
  const endpoints: Endpoint[] = [];

  const files = (type: 'ecdsa' | 'rsa') => ['-cert', `${folder}/${type}.crt`, '-key', `${folder}/${type}.key`];
  const theirs = (type: 'ecdsa' | 'rsa'): DtlsCertificate => certificate(`${type}-other`);
  const srtp = (name: string, length: number) => [
    '-use_srtp',
    name,
    '-keymatexport',
    'EXTRACTOR-dtls_srtp',
    '-keymatexportlen',
    `${length}`,
  ];

  function start(parameters: readonly string[]): Child {
    const child = new Child(parameters);
    children.push(child);
    return child;
  }

  function endpoint(role: 'client' | 'server', peer: DtlsCertificate, more: Partial<DtlsOptions>): Endpoint {
    const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
    const own = { role, random, certificate: certificate('ecdsa'), remoteFingerprints: [peer.fingerprint] };
    const made = new Endpoint({ ...own, ...more });
    endpoints.push(made);
    return made;
  }

  async function until(child: Child, condition: () => boolean): Promise<void> {
    const end = performance.now() + 20_000;
    while (!condition()) {
      if (performance.now() > end) throw new Error(`it did not happen; openssl said: ${child.output}`);
      await new Promise((resolve) => void setTimeout(resolve, 5));
    }
  }

  async function startServer(type: 'ecdsa' | 'rsa', more: readonly string[]): Promise<{ child: Child; port: number }> {
    const child = start(['s_server', '-accept', '127.0.0.1:0', '-dtls1_2', '-naccept', '1', ...files(type), ...more]);
    await until(child, () => /ACCEPT \S+:\d+\s/.test(child.output));
    return { child, port: Number(/ACCEPT \S+:(\d+)\s/.exec(child.output)?.[1]) };
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dtls-openssl-'));
    for (const type of ['ecdsa', 'rsa'] as const) {
      const { der, privateKey } = theirs(type);
      await writeFile(`${folder}/${type}.crt`, new X509Certificate(der).toString());
      await writeFile(`${folder}/${type}.key`, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    }
  });

  afterEach(async () => {
    for (const made of endpoints.splice(0)) made.close();
    for (const child of children.splice(0)) await child.stop();
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(cases)(
    's_client with $type connects to our server with $profile: equal keys, data both ways, farewell',
    async ({ profile, name, length, type }) => {
      const server = endpoint('server', theirs(type), { srtpProfiles: [profile] });
      const port = await server.bind();
      const client = start([
        's_client',
        '-connect',
        `127.0.0.1:${port}`,
        '-dtls1_2',
        ...files(type),
        ...srtp(name, length),
      ]);
      await until(client, () => server.srtp !== undefined && client.output.includes('Keying material: '));
      expect(server.srtp?.profile).toBe(profile);
      expect(client.output).toContain(`Keying material: ${keyingMaterial(server.srtp, 'server')}`);

      client.process.stdin?.write('from openssl\n');
      await until(client, () => server.received === 'from openssl\n');
      server.association.sendData(Buffer.from('from our server\n'));
      server.flush();
      await until(client, () => client.output.includes('from our server'));

      client.process.stdin?.end('Q\n');
      await until(client, () => server.closed !== undefined);
      expect(server.closed).toBe('close-notify');
    },
  );

  it.each(cases)(
    'our client connects to s_server with $type and $profile: equal keys, data both ways, farewell',
    async ({ profile, name, length, type }) => {
      const { child, port } = await startServer(type, ['-Verify', '1', ...srtp(name, length)]);
      const client = endpoint('client', theirs(type), { srtpProfiles: [profile] });
      await client.bind();
      client.start(port);
      await until(child, () => client.srtp !== undefined && child.output.includes('Keying material: '));
      expect(client.srtp?.profile).toBe(profile);
      expect(child.output).toContain(`Keying material: ${keyingMaterial(client.srtp, 'client')}`);

      client.association.sendData(Buffer.from('from our client\n'));
      client.flush();
      await until(child, () => child.output.includes('from our client'));
      child.process.stdin?.write('from openssl\n');
      await until(child, () => client.received === 'from openssl\n');

      client.association.close();
      client.flush();
      await until(child, () => /DONE|shutdown|CONNECTION CLOSED/i.test(child.output));
    },
  );

  it.each([
    ['any', []],
    ['PSS', ['-sigalgs', 'RSA-PSS+SHA256']],
    ['PKCS #1', ['-sigalgs', 'RSA+SHA256']],
    ['PKCS #1 with SHA-384', ['-sigalgs', 'RSA+SHA384']],
    ['the suites of browsers', ['-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256']],
    ['secp256r1', ['-groups', 'P-256']],
  ] as const)('s_client connects to our server with an RSA certificate: %s', async (_, more) => {
    const [profile, name, length] = profiles[1];
    const server = endpoint('server', theirs('rsa'), { certificate: certificate('rsa'), srtpProfiles: [profile] });
    const port = await server.bind();
    const connect = ['s_client', '-connect', `127.0.0.1:${port}`, '-dtls1_2', ...more];
    const client = start([...connect, ...files('rsa'), ...srtp(name, length)]);
    await until(client, () => server.srtp !== undefined && client.output.includes('Keying material: '));
    expect(client.output).toContain(keyingMaterial(server.srtp, 'server'));
    expect(client.output).toMatch(/Cipher\s+(is|:) ECDHE-RSA-AES128-GCM-SHA256/);
    expect(server.association.remoteCertificate).toEqual(theirs('rsa').der);
  });

  it.each(['ecdsa', 'rsa'] as const)(
    'our client with an RSA certificate connects to s_server with %s',
    async (type) => {
      for (const sigalgs of ['RSA-PSS+SHA256', 'RSA+SHA256']) {
        const [profile, name, length] = profiles[1];
        const more = ['-Verify', '1', '-client_sigalgs', sigalgs, ...srtp(name, length)];
        const { child, port } = await startServer(type, more);
        const client = endpoint('client', theirs(type), { certificate: certificate('rsa'), srtpProfiles: [profile] });
        await client.bind();
        client.start(port);
        await until(child, () => client.srtp !== undefined && child.output.includes('Keying material: '));
        expect(child.output).toContain(keyingMaterial(client.srtp, 'client'));
        expect(client.association.remoteCertificate).toEqual(theirs(type).der);
      }
    },
  );

  it('our client answers the cookie of s_server, and a server that asks for no certificate', async () => {
    const [, name, length] = profiles[0];
    const { child, port } = await startServer('ecdsa', ['-listen', ...srtp(name, length)]);
    const client = endpoint('client', theirs('ecdsa'), {});
    await client.bind();
    client.start(port);
    await until(child, () => client.srtp !== undefined && child.output.includes('Keying material: '));
    expect(child.output).toContain(keyingMaterial(client.srtp, 'client'));
  });

  it('s_client answers the cookie of our server, in small datagrams', async () => {
    const [profile, name, length] = profiles[1];
    const cookie = { secret: new Uint8Array(32).fill(3), address: Uint8Array.of(127, 0, 0, 1) };
    const server = endpoint('server', theirs('rsa'), { srtpProfiles: [profile], cookie, mtu: 300 });
    const port = await server.bind();
    const mtu = ['-mtu', '300'];
    const client = start([
      's_client',
      '-connect',
      `127.0.0.1:${port}`,
      '-dtls1_2',
      ...mtu,
      ...files('rsa'),
      ...srtp(name, length),
    ]);
    await until(client, () => server.srtp !== undefined && client.output.includes('Keying material: '));
    expect(client.output).toContain(keyingMaterial(server.srtp, 'server'));
  });

  it('our server refuses an s_client with another certificate than promised, or none', async () => {
    const [, name, length] = profiles[0];
    for (const [parameters, reason] of [
      [files('rsa'), 'fingerprint-mismatch'],
      [[], 'certificate-missing'],
    ] as const) {
      const server = endpoint('server', theirs('ecdsa'), {});
      const port = await server.bind();
      const client = start([
        's_client',
        '-connect',
        `127.0.0.1:${port}`,
        '-dtls1_2',
        ...parameters,
        ...srtp(name, length),
      ]);
      await until(client, () => server.closed !== undefined);
      expect(server.closed).toBe(reason);
    }
  });

  it('our client refuses an s_server without SRTP', async () => {
    const { child, port } = await startServer('ecdsa', []);
    const client = endpoint('client', theirs('ecdsa'), {});
    await client.bind();
    client.start(port);
    await until(child, () => client.closed !== undefined);
    expect(client.closed).toBe('no-common-srtp-profile');
  });
});
