import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIceUrl, urlLengthMax } from './ice-url.ts';

describe('the address of a STUN or TURN server', () => {
  it.each([
    // RFC 7064 appendix B, RFC 7065 appendix B.
    ['stun:example.org', 'stun', 'example.org', 'name', 3478, 'udp'],
    ['stun:example.org:8000', 'stun', 'example.org', 'name', 8000, 'udp'],
    ['turn:example.org', 'turn', 'example.org', 'name', 3478, 'udp'],
    ['turns:example.org', 'turns', 'example.org', 'name', 5349, 'tls'],
    ['turn:example.org:8000', 'turn', 'example.org', 'name', 8000, 'udp'],
    ['turn:example.org?transport=udp', 'turn', 'example.org', 'name', 3478, 'udp'],
    ['turn:example.org?transport=tcp', 'turn', 'example.org', 'name', 3478, 'tcp'],
    ['turns:example.org?transport=tcp', 'turns', 'example.org', 'name', 5349, 'tls'],
    ['stun:192.0.2.7', 'stun', '192.0.2.7', 'ipv4', 3478, 'udp'],
    ['turn:[2001:db8::7]', 'turn', '2001:db8::7', 'ipv6', 3478, 'udp'],
    ['turn:[::ffff:192.0.2.7]:443?transport=tcp', 'turn', '::ffff:192.0.2.7', 'ipv6', 443, 'tcp'],
    ['turn:my_server.internal.:65535', 'turn', 'my_server.internal.', 'name', 65_535, 'udp'],
  ] as const)('%s is %s of %s', (text, scheme, host, hostKind, port, transport) => {
    expect(readIceUrl(text)).toEqual({ type: 'right', url: { text, scheme, host, hostKind, port, transport } });
  });

  it('is written as browsers take it: no spaces around it, small letters where case does not count', () => {
    const reading = readIceUrl(' TURN:Example.org?Transport=TCP ');
    expect(reading).toMatchObject({ type: 'right', url: { text: 'turn:Example.org?transport=tcp', transport: 'tcp' } });
  });

  it.each([
    ['', 'empty', undefined],
    ['  ', 'empty', undefined],
    ['turn.example.org:3478', 'scheme', 'turn:turn.example.org:3478'],
    ['192.0.2.7', 'scheme', 'turn:192.0.2.7'],
    ['https://turn.example.org/path', 'scheme', 'turn:turn.example.org'],
    ['!!!', 'scheme', undefined],
    ['stuns:example.org:5349', 'stuns', 'stun:example.org'],
    ['turn://example.org:3478/', 'slashes', 'turn:example.org:3478'],
    ['turn:ann:secret@example.org?transport=tcp', 'user', 'turn:example.org?transport=tcp'],
    ['turn:example.org/path', 'rest', 'turn:example.org'],
    ['stun:2001:db8::7', 'brackets', 'stun:[2001:db8::7]'],
    ['turn:[2001:db8::g]', 'host', undefined],
    ['turn:[fe80::1%eth0]', 'host', undefined],
    ['turn:', 'host', undefined],
    ['turn:300.0.2.7', 'host', undefined],
    ['turn:192.0.2', 'host', undefined],
    ['turn: example.org:3478 ?transport=tcp', 'host', 'turn:example.org:3478?transport=tcp'],
    ['turn:bücher.example:80', 'host', 'turn:xn--bcher-kva.example:80'],
    ['turn://ann:secret@2001:db8::7', 'slashes', 'turn:[2001:db8::7]'],
    ['turn:a..b', 'host', undefined],
    ['turn:example.org:0', 'port', 'turn:example.org'],
    ['turn:example.org:65536', 'port', 'turn:example.org'],
    ['turn:example.org:', 'port', 'turn:example.org'],
    ['turn:[::1]:x?transport=tcp', 'port', 'turn:[::1]?transport=tcp'],
    ['stun:example.org?transport=udp', 'stun-query', 'stun:example.org'],
    ['turn:example.org?transport=sctp', 'transport', 'turn:example.org'],
    ['turn:example.org?', 'transport', 'turn:example.org'],
    ['turn:example.org?transport=udp?transport=tcp', 'transport', 'turn:example.org'],
    ['turns:example.org?transport=udp', 'turns-udp', 'turns:example.org?transport=tcp'],
  ] as const)('%j is wrong: %s; nearest is %s', (text, problem, nearest) => {
    expect(readIceUrl(text)).toEqual({ type: 'wrong', problem, ...(nearest === undefined ? {} : { nearest }) });
  });

  it(`has ${urlLengthMax} characters at most`, () => {
    const label = 'x'.repeat(60);
    const name = [label, label, label, label].join('.');
    expect(readIceUrl(`turn:${name}`).type).toBe('right');
    expect(readIceUrl(`turn:${name}.${'x'.repeat(urlLengthMax - name.length - 6)}`)).toMatchObject({ problem: 'host' });
    expect(readIceUrl(`turn:${name}.${'x'.repeat(urlLengthMax - name.length - 5)}`)).toMatchObject({
      problem: 'too-long',
    });
  });

  it('is read whatever is typed, and what is offered instead is right', () => {
    const piece = constantFrom(
      'turn',
      's',
      'stun',
      ':',
      '//',
      '[',
      ']',
      '::1',
      '?',
      'transport=',
      'tcp',
      '@',
      'a.b',
      '7',
    );
    assert(
      property(
        oneof(
          string(),
          array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          const reading = readIceUrl(text);
          if (reading.type === 'wrong' && reading.nearest !== undefined) {
            expect(readIceUrl(reading.nearest).type).toBe('right');
          }
        },
      ),
    );
  });
});
