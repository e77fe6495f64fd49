import { describe, expect, it } from 'vitest';
import { hostCandidates, parseCandidate, serializeCandidate } from './index.ts';

const both = { udpPort: 7_000, tcpPort: 7_001 };

describe('hostCandidates', () => {
  it('makes a UDP and a passive TCP candidate for each address', () => {
    const candidates = hostCandidates({ ...both, addresses: ['192.0.2.1'], externalAddresses: [] });
    expect(candidates.map((candidate) => ({ ...candidate, priority: 0 }))).toEqual([
      { foundation: 'u0', component: 1, protocol: 'udp', priority: 0, address: '192.0.2.1', port: 7_000, type: 'host' },
      {
        foundation: 't0',
        component: 1,
        protocol: 'tcp',
        priority: 0,
        address: '192.0.2.1',
        port: 7_001,
        type: 'host',
        tcpType: 'passive',
      },
    ]);
  });

  it('makes none of a protocol without a port, and none without addresses', () => {
    const addresses = ['192.0.2.1', '2001:db8::1'];
    const protocols = (ports: { udpPort?: number; tcpPort?: number }) =>
      hostCandidates({ ...ports, addresses, externalAddresses: [] }).map(({ protocol }) => protocol);
    expect(protocols({ udpPort: 1 })).toEqual(['udp', 'udp']);
    expect(protocols({ tcpPort: 1 })).toEqual(['tcp', 'tcp']);
    expect(protocols({})).toEqual([]);
    expect(hostCandidates({ ...both, addresses: [], externalAddresses: [] })).toEqual([]);
  });

  it('prefers UDP to TCP, then external addresses in their order, then local IPv6, then local IPv4', () => {
    const candidates = hostCandidates({
      ...both,
      addresses: ['192.0.2.1', '2001:db8::1', '192.0.2.2', '2001:db8::2'],
      externalAddresses: ['203.0.113.9', '203.0.113.5'],
    });
    const inOrder = [...candidates].sort((a, b) => b.priority - a.priority);
    const addresses = ['203.0.113.9', '203.0.113.5', '2001:db8::1', '2001:db8::2', '192.0.2.1', '192.0.2.2'];
    expect(inOrder.map(({ protocol, address }) => `${protocol} ${address}`)).toEqual([
      ...addresses.map((address) => `udp ${address}`),
      ...addresses.map((address) => `tcp ${address}`),
    ]);
  });

  it('names an address that is both external and local once', () => {
    const options = { udpPort: 1, addresses: ['192.0.2.1', '192.0.2.2'], externalAddresses: ['192.0.2.2'] };
    expect(hostCandidates(options).map(({ address }) => address)).toEqual(['192.0.2.2', '192.0.2.1']);
  });

  it('gives every candidate its own foundation and priority, in lines that read the same', () => {
    const addresses = Array.from({ length: 100 }, (_, i) => `10.0.0.${i}`);
    const candidates = hostCandidates({ ...both, addresses, externalAddresses: [] });
    expect(new Set(candidates.map(({ foundation }) => foundation)).size).toBe(200);
    expect(new Set(candidates.map(({ priority }) => priority)).size).toBe(200);
    for (const candidate of candidates) expect(parseCandidate(serializeCandidate(candidate))).toEqual(candidate);
  });

  it('has the priority of RFC 6544 section 4.2 with type preference 90 and direction preference 4 for passive TCP', () => {
    const [candidate] = hostCandidates({ tcpPort: 1, addresses: ['192.0.2.1'], externalAddresses: [] });
    expect(candidate.priority).toBe(90 * 2 ** 24 + (4 * 2 ** 13 + 1) * 2 ** 8 + 255);
  });
});
