import { describe, expect, it } from 'vitest';
import { formatTransportAddress, isIpv6, isLoopback } from './transport-address.ts';

describe('TransportAddress', () => {
  it('is written as URLs write it', () => {
    expect(formatTransportAddress({ ip: '192.0.2.1', port: 5000 })).toBe('192.0.2.1:5000');
    expect(formatTransportAddress({ ip: '2001:db8::1', port: 5000 })).toBe('[2001:db8::1]:5000');
  });

  it('tells families apart', () => {
    expect(isIpv6('::1')).toBe(true);
    expect(isIpv6('127.0.0.1')).toBe(false);
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1'])('%s is a loopback address', (ip) => {
    expect(isLoopback(ip)).toBe(true);
  });

  it.each(['12.7.0.1', '::', '::2', '127.example.org', '127.0.0.1.example.org', 'localhost'])('%s is none', (text) => {
    expect(isLoopback(text)).toBe(false);
  });
});
