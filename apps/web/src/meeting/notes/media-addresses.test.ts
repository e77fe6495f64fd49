import { describe, expect, it } from 'vitest';
import { mediaAddresses, mediaHosts, mediaPorts } from './media-addresses.ts';

const answer = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=candidate:1 1 udp 2130706431 192.0.2.2 40000 typ host',
  'a=candidate:2 1 tcp 1671430143 192.0.2.2 40000 typ host tcptype passive',
  'a=candidate:3 1 UDP 2130706175 2001:db8::2 40001 typ host',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=candidate:1 1 udp 2130706431 192.0.2.2 40000 typ host',
  'a=candidate:odd',
  '',
].join('\r\n');

describe('the addresses for media', () => {
  it('are those of the answer, each once', () => {
    expect(mediaAddresses(answer)).toEqual([
      { protocol: 'UDP', host: '192.0.2.2', port: 40_000 },
      { protocol: 'TCP', host: '192.0.2.2', port: 40_000 },
      { protocol: 'UDP', host: '2001:db8::2', port: 40_001 },
    ]);
    expect(mediaPorts(mediaAddresses(answer))).toBe('UDP 40000, TCP 40000, UDP 40001');
    expect(mediaHosts(mediaAddresses(answer))).toBe('192.0.2.2, 2001:db8::2');
  });

  it('leave out what leads nowhere from another machine, unless there is nothing else', () => {
    const at = (...hosts: readonly string[]): string =>
      mediaHosts(hosts.map((host) => ({ protocol: 'UDP', host, port: 40_000 })));
    expect(at('127.0.0.1', '::1', 'fe80::1', '192.0.2.2')).toBe('192.0.2.2');
    expect(at('127.0.0.1', '::1')).toBe('127.0.0.1, ::1');
    expect(at('192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4')).toBe('192.0.2.1, 192.0.2.2, 192.0.2.3');
  });

  it('are none where the answer has none', () => {
    expect(mediaAddresses('v=0\r\n')).toEqual([]);
    expect(mediaPorts([])).toBe('');
  });
});
