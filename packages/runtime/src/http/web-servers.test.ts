import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CodedError } from '@rivero/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogs } from '../log/index.ts';
import { makeCertificate } from '../tls/index.ts';
import {
  type HealthReport,
  type MetricsPage,
  openWebServers,
  type WebServers,
  type WebServersOptions,
} from './index.ts';

const silent = openLogs({ levels: { standard: 'silent', modules: {} }, output: { write: () => {} }, format: 'json' });
let webRoot = '';
let sdkRoot = '';
let examplesRoot = '';
const exampleScript = "\n  import { joinRoom } from '/sdk.js';\n";
const examplePage = `<title>an example</title><script type="module">${exampleScript}</script>`;
let health: HealthReport = { status: 'ok' };
const metrics: MetricsPage = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  objectTo: ({ headers }) =>
    headers.host === 'strange' ? new CodedError('metrics-host-refused', 'Ask otherwise.') : undefined,
  read: () => Promise.resolve('plates_total 3\n'),
};
let opened: WebServers | undefined;

beforeEach(async () => {
  webRoot = await mkdtemp(path.join(tmpdir(), 'rivero-web-'));
  await mkdir(path.join(webRoot, 'assets'));
  await writeFile(path.join(webRoot, 'index.html'), '<title>the app</title>');
  await writeFile(path.join(webRoot, 'assets', 'index-Ab12.js'), 'void 0;');
  await writeFile(path.join(webRoot, 'icon.svg'), '<svg/>');
  sdkRoot = await mkdtemp(path.join(tmpdir(), 'rivero-sdk-'));
  await writeFile(path.join(sdkRoot, 'sdk.js'), 'export {};');
  await writeFile(path.join(sdkRoot, 'sdk.js.map'), '{}');
  examplesRoot = await mkdtemp(path.join(tmpdir(), 'rivero-examples-'));
  await mkdir(path.join(examplesRoot, 'plain-html'));
  await mkdir(path.join(examplesRoot, 'without-page'));
  await writeFile(path.join(examplesRoot, 'plain-html', 'index.html'), examplePage);
  await writeFile(path.join(examplesRoot, 'example.css'), 'body {}');
  health = { status: 'ok' };
});

afterEach(async () => {
  await opened?.stop();
  opened = undefined;
  await Promise.all([webRoot, sdkRoot, examplesRoot].map((folder) => rm(folder, { recursive: true, force: true })));
});

async function open(changes: Partial<WebServersOptions> = {}): Promise<WebServers> {
  opened = await openWebServers({
    log: silent.module('http'),
    webRoot,
    sdkRoot,
    examplesRoot,
    health: () => health,
    metrics,
    host: '127.0.0.1',
    httpPort: 0,
    httpsPort: 'off',
    certificate: () => Promise.reject(new Error('no certificate is needed')),
    ...changes,
  });
  return opened;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function get(url: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> {
  const sent = url.startsWith('https')
    ? tlsRequest(url, { headers, method, rejectUnauthorized: false })
    : request(url, { headers, method });
  sent.end();
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, headers: response.headers, body };
}

describe('web servers', () => {
  it('answer /healthz with 200 when the status is ok and 503 else, never cached', async () => {
    const { httpPort } = await open();
    const ok = await get(`http://127.0.0.1:${httpPort}/healthz`);
    expect(ok.status).toBe(200);
    expect(ok.headers['content-type']).toContain('application/json');
    expect(ok.headers['cache-control']).toBe('no-store');
    expect(JSON.parse(ok.body)).toEqual({ status: 'ok' });
    for (const status of ['starting', 'stopping', 'unhealthy'] as const) {
      health = { status, version: '1.2.3' };
      const answer = await get(`http://127.0.0.1:${httpPort}/healthz`);
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.body)).toEqual({ status, version: '1.2.3' });
    }
  });

  it.each(['/', '/?a=b', '/trickle-ice', '/meet', '/meet/room', '/meet/%E6%88%BF%E9%97%B4?name=N&join'])(
    'answer %s with the page, to be asked for each time',
    async (url) => {
      const { httpPort } = await open();
      const answer = await get(`http://127.0.0.1:${httpPort}${url}`);
      expect(answer.status).toBe(200);
      expect(answer.body).toBe('<title>the app</title>');
      expect(answer.headers['cache-control']).toBe('no-cache');
    },
  );

  it('let hashed files be kept for a year, others be asked for', async () => {
    const { httpPort } = await open();
    const hashed = await get(`http://127.0.0.1:${httpPort}/assets/index-Ab12.js`);
    expect(hashed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(hashed.headers['content-type']).toContain('javascript');
    const icon = await get(`http://127.0.0.1:${httpPort}/icon.svg`);
    expect(icon.headers['cache-control']).toBe('no-cache');
    const again = await get(`http://127.0.0.1:${httpPort}/icon.svg`, { 'if-none-match': String(icon.headers.etag) });
    expect(again.status).toBe(304);
  });

  it('send what was compressed beforehand to who takes it, with the type and the caching of the file', async () => {
    const { httpPort } = await open();
    const url = `http://127.0.0.1:${httpPort}/assets/index-Ab12.js`;
    await writeFile(path.join(webRoot, 'assets', 'index-Ab12.js.br'), 'as brotli');
    const packed = await get(url, { 'accept-encoding': 'gzip, br' });
    expect(packed.body).toBe('as brotli');
    expect(packed.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' });
    expect(packed.headers['content-type']).toContain('javascript');
    expect(packed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const plain = await get(url);
    expect(plain.body).toBe('void 0;');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.vary).toBe('accept-encoding');
  });

  it('answer /sdk.js with the SDK as a script, to be asked for each time', async () => {
    await writeFile(path.join(sdkRoot, 'sdk.js.gz'), 'as gzip');
    const { httpPort } = await open();
    const url = `http://127.0.0.1:${httpPort}/sdk.js`;
    const answer = await get(url);
    expect(answer).toMatchObject({ status: 200, body: 'export {};' });
    expect(answer.headers['content-type']).toContain('application/javascript');
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect((await get(url, { 'if-none-match': String(answer.headers.etag) })).status).toBe(304);
    expect(await get(url, { 'accept-encoding': 'gzip' })).toMatchObject({ status: 200, body: 'as gzip' });
    expect((await get(`${url}.map`)).status).toBe(200);
  });

  it('answer /examples/NAME/ with the page, whose script may run and no other in it', async () => {
    const { httpPort } = await open();
    const answer = await get(`http://127.0.0.1:${httpPort}/examples/plain-html/`);
    expect(answer).toMatchObject({ status: 200, body: examplePage });
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-cache');
    const hash = createHash('sha256').update(exampleScript).digest('base64');
    expect(answer.headers['content-security-policy']).toContain(
      `script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}';`,
    );
    const withoutSlash = await get(`http://127.0.0.1:${httpPort}/examples/plain-html`);
    expect(withoutSlash).toMatchObject({ status: 302, headers: { location: '/examples/plain-html/' } });
  });

  it('answer /examples/example.css with the looks that examples share', async () => {
    const { httpPort } = await open();
    const answer = await get(`http://127.0.0.1:${httpPort}/examples/example.css`);
    expect(answer).toMatchObject({ status: 200, body: 'body {}' });
    expect(answer.headers['content-type']).toBe('text/css; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-cache');
  });

  it('have no examples where there is no folder of them', async () => {
    await rm(examplesRoot, { recursive: true });
    const { httpPort } = await open();
    expect((await get(`http://127.0.0.1:${httpPort}/examples/plain-html/`)).status).toBe(404);
    expect((await get(`http://127.0.0.1:${httpPort}/examples/example.css`)).status).toBe(404);
  });

  it.each([
    '/absent',
    '/assets/absent.js',
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/..%2f..%2fx',
    '/assets',
    '/sdk.js.gz',
    '/sdk.mjs',
    '/examples',
    '/examples/',
    '/examples/absent/',
    '/examples/without-page/',
    '/examples/plain-html/index.html',
    '/examples/..%2fx/',
  ])('answer %s with 404 and the security headers', async (url) => {
    const { httpPort } = await open();
    const answer = await get(`http://127.0.0.1:${httpPort}${url}`);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'not-found' });
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    const page = await get(`http://127.0.0.1:${httpPort}${url}`, { accept: 'text/html' });
    expect(page.headers['content-type']).toContain('text/html');
  });

  it.each(['/absent', '/nowhere/deep?a=b.c', '/assetsx'])(
    'answer a browser that goes to %s with the app and 404',
    async (url) => {
      const { httpPort } = await open();
      const page = await get(`http://127.0.0.1:${httpPort}${url}`, { accept: 'text/html,*/*', 'if-none-match': '*' });
      expect(page).toMatchObject({ status: 404, body: '<title>the app</title>' });
      expect(page.headers['content-type']).toContain('text/html');
      expect(page.headers['cache-control']).toBe('no-store');
    },
  );

  it.each(['/assets/absent', '/examples/absent/', '/absent.html', '/sdk.mjs'])(
    'answer a browser that goes to %s with a page that says so, not with the app',
    async (url) => {
      const { httpPort } = await open();
      const page = await get(`http://127.0.0.1:${httpPort}${url}`, { accept: 'text/html' });
      expect(page.status).toBe(404);
      expect(page.body).toContain('There is no such page');
    },
  );

  it('let the page use camera and microphone, and no other origin run scripts in it', async () => {
    const { httpPort } = await open();
    const { headers } = await get(`http://127.0.0.1:${httpPort}/`);
    expect(headers['permissions-policy']).toContain('camera=(self), microphone=(self)');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).toContain("; connect-src 'self';");
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it('say what to do when the web app is not built', async () => {
    await rm(path.join(webRoot, 'index.html'));
    const { httpPort } = await open();
    const answer = await get(`http://127.0.0.1:${httpPort}/meet/room`);
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('npm run build:web');
  });

  it('answer /sdk.js and nothing else of its folder where the web app is not built', async () => {
    await rm(webRoot, { recursive: true });
    await writeFile(path.join(sdkRoot, 'sdk.js.br'), 'as brotli');
    const { httpPort } = await open();
    const url = `http://127.0.0.1:${httpPort}`;
    const answer = await get(`${url}/sdk.js`, { 'accept-encoding': 'br' });
    expect(answer).toMatchObject({ status: 200, body: 'as brotli', headers: { 'cache-control': 'no-cache' } });
    expect((await get(`${url}/sdk.js.map`)).status).toBe(200);
    expect((await get(`${url}/sdk.js.br`)).status).toBe(404);
  });

  it('have no SDK where it is not built, and the web app all the same', async () => {
    await rm(sdkRoot, { recursive: true });
    const { httpPort } = await open();
    expect((await get(`http://127.0.0.1:${httpPort}/sdk.js`)).status).toBe(404);
    expect((await get(`http://127.0.0.1:${httpPort}/`)).status).toBe(200);
  });

  it('tell metrics to whom there is no objection', async () => {
    const { httpPort } = await open();
    const url = `http://127.0.0.1:${httpPort}/metrics`;
    expect(await get(url)).toMatchObject({
      status: 200,
      body: 'plates_total 3\n',
      headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' },
    });
    const { status, body } = await get(url, { host: 'strange' });
    expect(status).toBe(403);
    expect(JSON.parse(body)).toEqual({ code: 'metrics-host-refused', message: 'Ask otherwise.' });
  });

  it('refuse a body of more than 64 KiB', async () => {
    const { httpPort } = await open();
    const sent = request(`http://127.0.0.1:${httpPort}/healthz`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
    });
    sent.on('error', () => {});
    sent.end('x'.repeat(65_537));
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(413);
    response.resume();
  });

  it('answer https with the given certificate and the same app', async () => {
    const made = makeCertificate({ names: ['localhost'], notBefore: new Date(0), notAfter: new Date(4e12) });
    const certificate = (): Promise<{ cert: string; key: string }> =>
      Promise.resolve({ cert: made.certificate, key: made.key });
    const { httpPort, httpsPort, servers } = await open({ httpsPort: 0, certificate });
    expect(servers).toHaveLength(2);
    for (const origin of [`http://127.0.0.1:${httpPort}`, `https://127.0.0.1:${httpsPort}`]) {
      expect((await get(`${origin}/healthz`)).status).toBe(200);
    }
  });

  it('can be https alone', async () => {
    const made = makeCertificate({ names: ['localhost'], notBefore: new Date(0), notAfter: new Date(4e12) });
    const certificate = (): Promise<{ cert: string; key: string }> =>
      Promise.resolve({ cert: made.certificate, key: made.key });
    const servers = await open({ httpPort: 'off', httpsPort: 0, certificate });
    expect(servers.httpPort).toBeUndefined();
    expect((await get(`https://127.0.0.1:${servers.httpsPort}/healthz`)).status).toBe(200);
  });

  it.each([
    { name: 'httpPort', setting: 'RIVERO_HTTP_PORT' },
    { name: 'httpsPort', setting: 'RIVERO_HTTPS_PORT' },
  ] as const)('refuse a taken port with the name $setting, and leave nothing open', async ({ name, setting }) => {
    const made = makeCertificate({ names: ['localhost'], notBefore: new Date(0), notAfter: new Date(4e12) });
    const certificate = (): Promise<{ cert: string; key: string }> =>
      Promise.resolve({ cert: made.certificate, key: made.key });
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const error: unknown = await open({ httpPort: 0, httpsPort: 0, certificate, [name]: port }).catch(
      (thrown: unknown) => thrown,
    );
    other.close();
    expect(error).toBeInstanceOf(CodedError);
    expect(error).toMatchObject({
      code: 'port-taken',
      message: `Port ${port} is taken by another program; set ${setting} to another port.`,
    });
  });

  it('refuse an address that the machine does not have', async () => {
    await expect(open({ host: '198.51.100.1' })).rejects.toMatchObject({ code: 'host-unknown' });
  });

  it('stop although clients keep connections open, idle, half-sent and upgraded ones', async () => {
    const web = await open();
    const { httpPort, servers } = web;
    for (const server of servers)
      server.on('upgrade', (_request, socket) => socket.write('HTTP/1.1 101 Go on\r\n\r\n'));
    const texts = ['', 'GET / HTTP/1.1\r\n', 'GET /x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'];
    const clients = texts.map((text) => {
      const client = connect(httpPort ?? 0, '127.0.0.1', () => client.write(text));
      client.on('error', () => {}).resume();
      return once(client, 'close');
    });
    await get(`http://127.0.0.1:${httpPort}/healthz`);
    const start = performance.now();
    await web.stop();
    expect(performance.now() - start).toBeLessThan(2000);
    await Promise.all(clients);
  });

  it('stop twice without harm', async () => {
    const web = await open();
    await web.stop();
    await web.stop();
  });
});
