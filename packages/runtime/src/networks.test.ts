import { describe, expect, it } from 'vitest';
import { Networks } from './networks.ts';

describe('networks', () => {
  it.each([
    [['10.0.0.0/8'], '10.1.2.3', true],
    [['10.0.0.0/8'], '11.1.2.3', false],
    [['127.0.0.1'], '127.0.0.1', true],
    [['127.0.0.1'], '127.0.0.2', false],
    [['127.0.0.1'], '::ffff:127.0.0.1', true],
    [['10.0.0.0/8', '::1'], '::1', true],
    [['fe80::/10'], 'fe80::1%eth0', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['0.0.0.0/0'], '', false],
    [['0.0.0.0/0'], 'localhost', false],
    [[], '127.0.0.1', false],
  ])('%j have %j: %j', (networks, address, expected) => {
    expect(new Networks(networks).has(address)).toBe(expected);
  });
});
