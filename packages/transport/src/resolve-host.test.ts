import { expect, it } from 'vitest';
import { resolveHost } from './resolve-host.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['localhost', '127.0.0.1'],
  ['nowhere.invalid', undefined],
])('%s is at %s', async (host, ip) => {
  expect(await resolveHost(host)).toBe(ip);
});
