import { afterEach, describe, expect, it, vi } from 'vitest';
import { findHttpsAddress } from './https-address.ts';
import { diagnoseServer } from './server-diagnosis.ts';

afterEach(() => vi.unstubAllGlobals());

function answerWith(answer: () => Promise<Response>): void {
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('fetch', answer);
}

const json = { 'content-type': 'application/json; charset=utf-8' };

describe('the server that no transport reaches', () => {
  it('is not asked without a network', async () => {
    vi.stubGlobal('navigator', { onLine: false });
    expect(await diagnoseServer()).toBe('offline');
  });

  it.each([
    ['down', 'nothing', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['down', "a proxy's error page", async () => new Response('', { status: 502 })],
    ['starting', '503', async () => new Response('{}', { status: 503, headers: json })],
    ['blocked', '200', async () => new Response('{}', { headers: json })],
  ] as const)('is %s when it answers %s', async (diagnosis, _what, answer) => {
    answerWith(answer);
    expect(await diagnoseServer()).toBe(diagnosis);
  });
});

describe('the https address', () => {
  const page = new URL('http://192.0.2.7:8080/meet/tea?name=Ann');

  it.each([
    [8443, 'https://192.0.2.7:8443/meet/tea?name=Ann'],
    [443, 'https://192.0.2.7/meet/tea?name=Ann'],
    [undefined, undefined],
    ['8443', undefined],
  ])('of a server that tells the port %j is %s', async (httpsPort, address) => {
    answerWith(async () => Response.json({ status: 'ok', httpsPort }));
    expect(await findHttpsAddress(page)).toBe(address);
  });

  it('of a server that does not answer is not known', async () => {
    answerWith(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await findHttpsAddress(page)).toBe(undefined);
  });
});
