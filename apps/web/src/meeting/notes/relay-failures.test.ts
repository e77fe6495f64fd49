import { describe, expect, it } from 'vitest';
import { relayAddresses, relayFailures, relayHosts, relayPorts } from './relay-failures.ts';

const udp = 'turn:192.0.2.7:3478?transport=udp';
const tcp = 'turn:192.0.2.7:3478?transport=tcp';
const tls = 'turns:192.0.2.7:5349?transport=tcp';
const servers: readonly RTCIceServer[] = [
  { urls: 'stun:192.0.2.7:3478' },
  { urls: [udp, tcp, tls], username: 'ann', credential: 'secret' },
];
const addresses = relayAddresses(servers);

function told(...errors: readonly (readonly [code: number, url: string, text?: string])[]): readonly string[] {
  return relayFailures(
    addresses,
    errors.map(([code, url, text = '']) => ({ code, url, text })),
  ).map(({ ports, error }) => `${ports.join('+')}: ${error.code}`);
}

describe('the relays', () => {
  it('are the TURN servers that the browser was given, as somebody who opens a firewall needs them', () => {
    expect(addresses).toHaveLength(3);
    expect(relayPorts(addresses)).toBe('UDP 3478, TCP 3478, TCP 5349');
    expect(relayHosts(addresses)).toBe('192.0.2.7');
    expect(relayAddresses([{ urls: 'turn:[2001:db8::7]' }, { urls: 'turn:' }])).toEqual([
      { transport: 'udp', host: '2001:db8::7', port: 3478 },
    ]);
  });

  it('fail for one reason each, which is told once', () => {
    expect(told([401, udp], [401, 'turn:192.0.2.7:3478'], [401, tcp], [701, tls])).toEqual([
      'UDP 3478+TCP 3478: 401',
      'TLS 5349: 701',
    ]);
  });

  it('do not answer when browsers say nothing of them', () => {
    expect(told()).toEqual(['UDP 3478+TCP 3478+TLS 5349: 0']);
    expect(told([701, udp, 'TURN allocate request timed out.'])).toEqual(['UDP 3478+TCP 3478+TLS 5349: 701']);
  });

  it('are not judged by what one of several networks cannot reach, nor by STUN', () => {
    expect(told([701, tcp, 'Address not associated with the desired network interface.'])).toEqual([
      'UDP 3478+TCP 3478+TLS 5349: 0',
    ]);
    expect(told([86, 'stun:192.0.2.7:3478'])).toEqual(['UDP 3478+TCP 3478+TLS 5349: 0']);
  });

  it('fail with errors without words one by one', () => {
    expect(told([599, udp, 'A'], [599, tcp, 'B'], [401, tls])).toEqual([
      'UDP 3478: 599',
      'TCP 3478: 599',
      'TLS 5349: 401',
    ]);
  });
});
