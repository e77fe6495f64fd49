import { expect, it } from 'vitest';
import { sourceNetwork } from './source-network.ts';

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8::/64'],
  ['64:ff9b::203.0.113.7', '64:ff9b::/64'],
  ['::1', '::/64'],
])('who speaks from %s is %s', (ip, source) => {
  expect(sourceNetwork(ip)).toBe(source);
});
