import { IncomingMessage, type IncomingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { askedHostName, isOwnOrigin, type OriginRules } from './origin.ts';

function requestWith(headers: IncomingHttpHeaders): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  return request;
}

function isTaken(headers: IncomingHttpHeaders, rules: Partial<OriginRules> = {}): boolean {
  return isOwnOrigin(requestWith(headers), { trustProxy: false, hosts: undefined, ...rules });
}

describe('an origin', () => {
  it.each([
    [{ host: 'localhost:8080' }, true],
    [{ host: 'localhost:8080', origin: 'http://localhost:8080' }, true],
    [{ host: 'Meet.example', origin: 'https://meet.example' }, true],
    [{ host: '[2001:db8::1]:8443', origin: 'https://[2001:db8::1]:8443' }, true],
    [{ host: 'localhost:8080', origin: 'http://localhost:8081' }, false],
    [{ host: 'localhost:8080', origin: 'https://evil.example' }, false],
    [{ host: 'localhost:8080', origin: 'null' }, false],
    [{ origin: 'https://evil.example' }, false],
  ])('with the headers %j is taken: %s', (headers, taken) => {
    expect(isTaken(headers)).toBe(taken);
  });

  it('is compared with what a proxy wrote only where the proxy is trusted', () => {
    const headers = { host: '127.0.0.1:8080', 'x-forwarded-host': 'meet.example', origin: 'https://meet.example' };
    expect(isTaken(headers, { trustProxy: true })).toBe(true);
    expect(isTaken(headers)).toBe(false);
    expect(isTaken({ ...headers, 'x-forwarded-host': 'other.example' }, { trustProxy: true })).toBe(false);
    expect(isTaken({ host: 'meet.example', origin: 'https://meet.example' }, { trustProxy: true })).toBe(true);
  });
});

describe('the host that was asked for, where names are set,', () => {
  const hosts = ['localhost', 'meet.example'];

  it.each(['localhost:8080', 'meet.example', 'MEET.example.', '192.168.1.2:8443', '[::1]:8080'])(
    'may be %s',
    (host) => {
      expect(isTaken({ host }, { hosts })).toBe(true);
    },
  );

  it.each(['evil.example', 'evil.example:8080', 'meet.example.evil.example', 'localhost@evil.example', '', ':'])(
    'may not be %j, whether there is an origin or none',
    (host) => {
      expect(isTaken({ host }, { hosts })).toBe(false);
      expect(isTaken({ host, origin: `http://${host}` }, { hosts })).toBe(false);
    },
  );

  it('is what a trusted proxy wrote', () => {
    const headers = { host: '127.0.0.1:8080', 'x-forwarded-host': 'evil.example' };
    expect(isTaken(headers, { hosts, trustProxy: true })).toBe(false);
    expect(isTaken(headers, { hosts })).toBe(true);
  });
});

describe('the name of the host that was asked for', () => {
  it.each([
    ['meet.example', 'meet.example'],
    ['MEET.example.:8443', 'meet.example'],
    ['localhost:8080', 'localhost'],
    ['my_server', 'my_server'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['192.0.2.7:80', '192.0.2.7'],
    ['0x7f.1', '127.0.0.1'],
    ['[2001:DB8::1]:8443', '2001:db8::1'],
    ['[::ffff:127.0.0.1]', '::ffff:7f00:1'],
    ['proxy.example, meet.example', 'meet.example'],
    [`${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}:65535`, expect.any(String)],
  ])('%s is %s', (host, name) => {
    expect(askedHostName(requestWith({ host }), false)).toEqual(name);
  });

  it.each([
    '',
    ':',
    ':80',
    '.',
    'a..b',
    '-a.example',
    'a-.example',
    'meet.example:99999',
    'meet.example:80:80',
    'meet.example/path',
    'meet.example?transport=tcp',
    'meet.example#',
    'user@meet.example',
    'meet example',
    'm%65et.example',
    'bücher.example',
    '1.2.3.4.5',
    '256.1.1.1',
    '2001:db8::1',
    '[2001:db8::1',
    '[fe80::1%25eth0]',
    '[]',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(128)}example`,
    '\u0000',
  ])('is none in %j', (host) => {
    expect(askedHostName(requestWith({ host }), false)).toBeUndefined();
  });

  it('is none where no header has it', () => {
    expect(askedHostName(requestWith({}), true)).toBeUndefined();
  });
});
