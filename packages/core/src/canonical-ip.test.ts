import { expect, it } from 'vitest';
import { canonicalIp } from './canonical-ip.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '::ffff:c000:201'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:192.0.2.1%eth0', '192.0.2.1'],
  ['fe80::1', 'fe80::1'],
])('a socket says %s of %s', (told, ip) => {
  expect(canonicalIp(told)).toBe(ip);
});
