import { describe, expect, it } from 'vitest';
import { readCandidate, withPort } from './gathered-candidate.ts';

describe('a candidate', () => {
  it('of Chromium 156 tells its server, and how it speaks with the relay', () => {
    const candidate =
      'candidate:3138064867 1 udp 24911871 192.0.2.2 62854 typ relay raddr 198.51.100.7 rport 37536 generation 0 ufrag kona network-id 1';
    expect(readCandidate({ candidate, url: 'turn:192.0.2.2:38461?transport=tcp', relayProtocol: 'tcp' })).toEqual({
      type: 'relay',
      protocol: 'udp',
      tcpType: undefined,
      address: '192.0.2.2',
      port: 62_854,
      isHidden: false,
      priority: { type: 1, local: 31_775, component: 1 },
      foundation: '3138064867',
      relatedAddress: '198.51.100.7',
      relatedPort: 37_536,
      url: 'turn:192.0.2.2:38461?transport=tcp',
      relayProtocol: 'tcp',
    });
  });

  it('of Firefox 153 has capital letters, and tells neither', () => {
    const tcp = { candidate: 'candidate:3 1 TCP 2105524479 fd00::2 9 typ host tcptype active' };
    expect(readCandidate(tcp)).toMatchObject({
      type: 'host',
      protocol: 'tcp',
      tcpType: 'active',
      address: 'fd00::2',
      priority: { type: 125, local: 32_704, component: 1 },
      url: undefined,
      relayProtocol: undefined,
    });
  });

  it('with a name of the local network hides its address', () => {
    const candidate = 'candidate:1 1 udp 2113937151 4b7a7ab0-9c4e-4a0c-9b0b-6f9e8a3c1d2e.local 54400 typ host';
    expect(readCandidate({ candidate, url: '', relayProtocol: null })).toMatchObject({
      isHidden: true,
      url: undefined,
    });
    expect(readCandidate({ candidate: candidate.replace('.local', '.localnet') })).toMatchObject({ isHidden: false });
  });

  it('has a priority of 32 bits, which is no negative number', () => {
    const candidate = 'candidate:1 256 udp 4294967295 192.0.2.1 1 typ prflx raddr 0.0.0.0 rport 0';
    expect(readCandidate({ candidate })).toMatchObject({ priority: { type: 255, local: 65_535, component: 256 } });
  });

  it.each([
    '',
    'candidate:',
    'end-of-candidates',
    'candidate:1 1 udp x 192.0.2.1 1 typ host',
    'candidate:1 1 udp 1 a 1 typ odd',
  ])('%j is none', (candidate) => {
    expect(readCandidate({ candidate })).toBe(undefined);
  });
});

describe('an address with its port', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1:7'],
    ['fd00::2', '[fd00::2]:7'],
    ['a.local', 'a.local:7'],
  ])('%s is %s', (address, text) => {
    expect(withPort(address, 7)).toBe(text);
  });
});
