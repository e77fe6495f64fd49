import { networkInterfaces } from 'node:os';
import { CodedError } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { type OwnAddresses, rtpAddress } from './rtp-address.ts';

const own: OwnAddresses = { addresses: ['192.0.2.2', '2001:db8::2', '127.0.0.1', '::1'] };
const mapped: OwnAddresses = { ...own, externalIpv4: '203.0.113.1', externalIpv6: '2001:db8::ff' };
const loopback = Object.entries(networkInterfaces()).find(([, all]) => all?.some(({ internal }) => internal));

describe('the address that descriptions of an RTP endpoint name', () => {
  it('is the first one of its family', () => {
    expect(rtpAddress('ipv4', own, undefined)).toBe('192.0.2.2');
    expect(rtpAddress('ipv6', own, { networkInterfaces: [] })).toBe('2001:db8::2');
  });

  it('is the external one of the machine, or of the endpoint before that', () => {
    expect(rtpAddress('ipv4', mapped, undefined)).toBe('203.0.113.1');
    expect(rtpAddress('ipv6', mapped, { networkInterfaces: [] })).toBe('2001:db8::ff');
    const settings = { networkInterfaces: [], externalIpv4: '198.51.100.4', externalIpv6: '2001:db8::44' };
    expect(rtpAddress('ipv4', mapped, settings)).toBe('198.51.100.4');
    expect(rtpAddress('ipv6', mapped, settings)).toBe('2001:db8::44');
  });

  it('is one of the named network interfaces, which need no external one', () => {
    const [name = ''] = loopback ?? [];
    expect(rtpAddress('ipv4', mapped, { networkInterfaces: [name] })).toBe('127.0.0.1');
  });

  it('is refused where there is none', () => {
    const refused = (ip: 'ipv4' | 'ipv6', addresses: OwnAddresses, names: readonly string[]): string => {
      try {
        return rtpAddress(ip, addresses, { networkInterfaces: names });
      } catch (error) {
        return error instanceof CodedError ? error.code : String(error);
      }
    };
    expect(refused('ipv6', { addresses: ['192.0.2.2'] }, [])).toBe('rtp-no-address');
    expect(refused('ipv4', own, ['no-such-interface'])).toBe('rtp-no-address');
  });
});
