import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from './is-private-address.ts';

describe('an address', () => {
  it.each([
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '169.254.1.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.7',
    '::ffff:192.168.1.7',
    'fc00::1',
    'fd00::2',
    'fe80::1',
    'febf::1',
    '::1',
  ])('%s is of a private network', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    '9.255.255.255',
    '11.0.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.255.255',
    '172.32.0.1',
    '192.167.1.1',
    '198.51.100.4',
    '::ffff:198.51.100.4',
    '2001:db8::1',
    'fec0::1',
    '::2',
    'fd.example',
    'a.local',
  ])('%s is not', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});
