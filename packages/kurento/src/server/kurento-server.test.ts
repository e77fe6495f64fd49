import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, milliseconds, monotonicMs, type MonotonicMs } from '@rivero/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { FakeModel } from '../../test/fake-model.ts';
import { frameBytesMax } from '../rpc/index.ts';
import { type KurentoServer, type KurentoServerOptions, openKurentoServer } from './kurento-server.ts';
import { pingInterval, silenceMax } from './kurento-socket.ts';

const certificate = makeCertificate();
const token = 'a-token-of-some-length';

let model: FakeModel;
let server: KurentoServer | undefined;
let clients: WebSocket[];
let now: MonotonicMs;

async function open(options: Partial<KurentoServerOptions> = {}): Promise<KurentoServer> {
  server = await openKurentoServer({
    model,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    host: '127.0.0.1',
    port: 0,
    tlsPort: 'off',
    certificate: () => Promise.reject(new Error('no certificate')),
    allowedAddresses: undefined,
    token: undefined,
    allowedOrigins: [],
    now: () => now,
    ...options,
  });
  return server;
}

function client(path = '/kurento', options: ClientOptions = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${server?.port}${path}`, options);
  clients.push(socket);
  return socket;
}

async function opened(socket: WebSocket): Promise<WebSocket> {
  await once(socket, 'open');
  return socket;
}

interface Answer {
  readonly result?: { readonly value?: unknown; readonly sessionId?: string };
  readonly error?: { readonly code: number };
}

async function ask(socket: WebSocket, method: string, params: unknown = {}): Promise<Answer> {
  const answered = once(socket, 'message');
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  const [data] = (await answered) as readonly Buffer[];
  return JSON.parse(String(data)) as Answer;
}

/** What a handshake is refused with. */
async function refusal(path: string, options: ClientOptions = {}): Promise<{ status: number; code: unknown }> {
  const socket = client(path, options);
  const refused = await new Promise<{ status: number; code: unknown }>((resolve, reject) => {
    socket.on('open', () => reject(new Error('it was let in')));
    socket.on('error', () => {});
    socket.on('unexpected-response', (_request, response) => {
      response.on('data', (body: Buffer) => {
        const { code } = JSON.parse(body.toString()) as { readonly code: unknown };
        resolve({ status: response.statusCode ?? 0, code });
      });
    });
  });
  return refused;
}

async function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

beforeEach(() => {
  model = new FakeModel();
  clients = [];
  now = monotonicMs(0);
});

afterEach(async () => {
  for (const socket of clients) socket.terminate();
  await server?.close();
  server = undefined;
});

describe('the server', () => {
  it('answers at /kurento whatever the query, and tells events', async () => {
    await open();
    const socket = await opened(client('/kurento?x=1'));
    const sessionId = String((await ask(socket, 'connect')).result?.sessionId);
    const told = once(socket, 'message');
    model.raise({ sessionId, objectId: 'o', type: 'Error', data: {} });
    expect(String((await told)[0])).toBe(
      '{"jsonrpc":"2.0","method":"onEvent","params":{"value":{"data":{},"object":"o","type":"Error"}}}',
    );
  });

  it.each(['/', '/kurento2', '/kurento/', '//', '/%zz'])('closes a socket at %s with 1002', async (path) => {
    await open();
    expect(await closing(client(path))).toEqual({ code: 1002, reason: 'Invalid path' });
  });

  it('listens on both loopback addresses as localhost', async () => {
    const { port } = await open({ host: 'localhost' });
    for (const host of ['127.0.0.1', '[::1]']) {
      const socket = new WebSocket(`ws://${host}:${port}/kurento`);
      clients.push(socket);
      expect((await ask(await opened(socket), 'ping')).result).toEqual({ value: 'pong' });
    }
  });

  it('fails as the system says when its port is taken, and leaves none open', async () => {
    const { port } = await open();
    await expect(open({ port: 0, tlsPort: port ?? 0, certificate: async () => certificate })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('answers to plain HTTP where it is', async () => {
    const { port } = await open();
    const asked = request({ port, host: '127.0.0.1', path: '/kurento' }).end();
    const [response] = await once(asked, 'response');
    expect(response.statusCode).toBe(426);
    response.resume();
  });

  it('sends no compression, for old clients', async () => {
    await open();
    expect((await opened(client('/kurento', { perMessageDeflate: true }))).extensions).toBe('');
  });

  it('shares sessions between both of its ports', async () => {
    const { port, tlsPort } = await open({ tlsPort: 0, certificate: async () => certificate });
    expect(tlsPort).not.toBe(port);
    const plain = await opened(client());
    const sessionId = (await ask(plain, 'connect')).result?.sessionId;
    const encrypted = new WebSocket(`wss://127.0.0.1:${tlsPort}/kurento`, { rejectUnauthorized: false });
    clients.push(encrypted);
    expect((await ask(await opened(encrypted), 'connect', { sessionId })).result?.sessionId).toBe(sessionId);
  });

  it('closes with 1001, its sessions too, whoever hangs on', async () => {
    const { port } = await open();
    const socket = await opened(client());
    await ask(socket, 'connect');
    const idle = connect({ port: port ?? 0, host: '127.0.0.1' });
    await once(idle, 'connect');
    const idleClosed = once(idle, 'close');
    const closed = closing(socket);
    await server?.close();
    expect(await closed).toEqual({ code: 1001, reason: 'The server is being stopped' });
    await idleClosed;
    expect([...model.sessions]).toEqual([]);
  });
});

describe('a frame', () => {
  it('may be binary, as the official client sends it, and is answered as text', async () => {
    await open();
    const socket = await opened(client());
    const answered = once(socket, 'message');
    socket.send(Buffer.from('{"jsonrpc":"2.0","id":"ü","method":"ping"}'));
    const [data, isBinary] = await answered;
    expect([String(data), isBinary]).toEqual(['{"id":"ü","jsonrpc":"2.0","result":{"value":"pong"}}', false]);
  });

  it(`of more than ${frameBytesMax} bytes ends its socket with 1009, others go on`, async () => {
    await open();
    const [socket, other] = [await opened(client()), await opened(client())];
    const frame = (length: number): string => {
      const begin = '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"';
      return `${begin}${'x'.repeat(length - begin.length - 3)}"}}`;
    };
    const answered = once(socket, 'message');
    socket.send(frame(frameBytesMax));
    await answered;
    socket.send(frame(frameBytesMax + 1));
    expect((await closing(socket)).code).toBe(1009);
    expect((await ask(other, 'ping')).result?.value).toBe('pong');
  });

  it.each<[string, number, (socket: WebSocket) => void]>([
    ['of bytes', 1007, (socket) => socket.send(Buffer.from([0x7b, 0xff, 0x7d]))],
    ['of bytes that are no JSON', 1007, (socket) => socket.send(Buffer.alloc(1_000))],
    ['of half a JSON', 1007, (socket) => socket.send('{"jsonrpc":"2.0","id"')],
    ['without anything', 1007, (socket) => socket.send('')],
  ])('%s ends its socket with %i, others go on', async (_name, code, send) => {
    await open();
    const [socket, other] = [await opened(client()), await opened(client())];
    send(socket);
    expect((await closing(socket)).code).toBe(code);
    expect((await ask(other, 'ping')).result?.value).toBe('pong');
  });
});

describe('access', () => {
  it.each([
    [{ allowedAddresses: new Set(['10.0.0.1', '::1']) }, {}, 403, 'kurento-address-refused'],
    [{}, { origin: 'https://evil.example' }, 403, 'kurento-origin-refused'],
    [{}, { origin: 'null' }, 403, 'kurento-origin-refused'],
    [{ allowedOrigins: ['https://good.example'] }, { origin: 'http://good.example' }, 403, 'kurento-origin-refused'],
    [{}, { origin: 'http://evil.example', headers: asBrowser('evil.example') }, 403, 'kurento-origin-refused'],
    [{}, { origin: 'http://evil.example', headers: { host: 'other.example' } }, 403, 'kurento-origin-refused'],
    // A browser that calls itself something else, or nothing.
    [{}, { origin: 'http://evil.example', headers: unnamedBrowser('evil.example') }, 403, 'kurento-origin-refused'],
    [{}, { origin: 'http://[', headers: { host: '[' } }, 403, 'kurento-origin-refused'],
    [{ token }, {}, 401, 'kurento-token-missing'],
    [{ token }, { headers: { authorization: `Basic ${token}` } }, 401, 'kurento-token-missing'],
    [{ token }, { headers: { authorization: `Bearer ${token}x` } }, 401, 'kurento-token-wrong'],
    [{ token, allowedOrigins: ['https://a.example'] }, { origin: 'https://a.example' }, 401, 'kurento-token-missing'],
  ])('with %j is refused to %j with %i %s', async (rules, options, status, code) => {
    await open(rules);
    expect(await refusal('/kurento', options)).toEqual({ status, code });
    expect(server?.statistics().sockets).toBe(0);
  });

  it('is refused with a wrong token in the address', async () => {
    await open({ token });
    expect(await refusal('/kurento?token=wrong')).toEqual({ status: 401, code: 'kurento-token-wrong' });
    expect(await refusal('/other')).toEqual({ status: 401, code: 'kurento-token-missing' });
  });

  it.each([
    [{ allowedAddresses: new Set(['127.0.0.1']) }, '/kurento', {}],
    [{ allowedAddresses: undefined }, '/kurento', {}],
    [{ allowedOrigins: ['https://good.example'] }, '/kurento', { origin: 'https://good.example' }],
    [{ token }, '/kurento', { headers: { authorization: `Bearer ${token}` }, origin: 'https://any.example' }],
    [{ token }, `/kurento?token=${token}`, {}],
    [{ token }, `/kurento?access_token=${token}`, {}],
  ])('with %j is given to %s %j', async (rules, path, options) => {
    await open(rules);
    expect((await ask(await opened(client(path, options)), 'ping')).result?.value).toBe('pong');
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['http://192.0.2.1:8888', asBrowser('192.0.2.1:8888')],
    ['http://[::1]:8888', asBrowser('[::1]:8888')],
    ['http://localhost:8888', asBrowser('LOCALHOST:8888')],
    ['http://kms.example:8888', { host: 'kms.example:8888' }],
    ['http://kms.example:8888', { host: 'kms.example:8888', 'user-agent': 'Java/17' }],
    ['kms.example:8888', { host: 'kms.example:8888' }],
  ])('is given to who names the asked address as the origin: %s with %j', async (origin, headers) => {
    await open();
    await opened(client('/kurento', { origin, headers }));
  });
});

describe('a client that does not read', () => {
  it('is cut off before its answers fill the memory, others go on', async () => {
    await open();
    const [slow, other] = [await opened(client()), await opened(client())];
    slow.pause();
    const params = { object: 'manager_ServerManager', operation: 'big', operationParams: { length: 1_000_000 } };
    await vi.waitFor(() => {
      slow.send(JSON.stringify({ jsonrpc: '2.0', method: 'invoke', params }));
      now = after(now, milliseconds(200));
      expect(server?.statistics().sockets).toBe(1);
    }, 10_000);
    expect((await ask(other, 'ping')).result?.value).toBe('pong');
  });
});

describe('a silent socket', () => {
  it(`is asked for a sign of life after ${pingInterval} ms, and closed ${silenceMax} ms after the last`, async () => {
    await open();
    const [alive, dead] = [await opened(client()), await opened(client('/kurento', { autoPong: false }))];
    const signs = vi.fn();
    alive.on('ping', signs);
    const deadClosed = once(dead, 'close');
    for (let pings = 0; pings < 2; pings++) {
      const pinged = once(alive, 'ping');
      now = after(now, pingInterval);
      await pinged;
      // Its sign of life has come by then.
      await ask(alive, 'ping');
    }
    await deadClosed;
    expect(signs).toHaveBeenCalledTimes(2);
    expect(alive.readyState).toBe(WebSocket.OPEN);
  });

  it('that takes no part in the closing handshake is cut off', async () => {
    await open();
    const socket = await opened(client());
    socket.pause();
    socket.send('half');
    await vi.waitFor(() => {
      now = after(now, milliseconds(500));
      expect(server?.statistics().sockets).toBe(0);
    }, 5_000);
  });
});

function unnamedBrowser(host: string): Readonly<Record<string, string>> {
  return { host, 'user-agent': 'SomeApp/1.0', 'accept-language': 'en' };
}

function asBrowser(host: string): { readonly host: string; readonly 'user-agent': string } {
  return { host, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0' };
}

/** Both in one PEM, which serves as either. */
function makeCertificate(): { readonly cert: string; readonly key: string } {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const files = ['-nodes', '-subj', '/CN=localhost', '-keyout', '-', '-out', '-'];
  const pem = execFileSync('openssl', ['req', '-x509', ...curve, ...files], { encoding: 'utf8', stdio: 'pipe' });
  return { cert: pem, key: pem };
}
