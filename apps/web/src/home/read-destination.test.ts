import { describe, expect, it } from 'vitest';
import { readDestination } from './read-destination.ts';

const origin = 'https://meet.example.org';

describe('what is typed where a room is asked for', () => {
  it.each([
    ['weekly', '/meet/weekly'],
    ['  weekly  ', '/meet/weekly'],
    ['Room-1._~', '/meet/Room-1._~'],
    ['x'.repeat(64), `/meet/${'x'.repeat(64)}`],
    ['https://meet.example.org/meet/weekly', '/meet/weekly'],
    ['HTTPS://MEET.EXAMPLE.ORG/meet/Weekly/', '/meet/Weekly'],
    ['meet.example.org/meet/weekly', '/meet/weekly'],
    ['/meet/weekly', '/meet/weekly'],
    ['https://meet.example.org/meet/weekly?lang=en#host=t0ken', '/meet/weekly?lang=en#host=t0ken'],
  ])('%s goes to %s', (text, path) => {
    expect(readDestination(text, origin)).toEqual({ type: 'here', path });
  });

  it.each([
    ['https://other.example/meet/weekly', 'https://other.example/meet/weekly', 'other.example'],
    ['other.example:8443/meet/a', 'https://other.example:8443/meet/a', 'other.example:8443'],
    ['https://meet.example.org:444/meet/a', 'https://meet.example.org:444/meet/a', 'meet.example.org:444'],
  ])('%s is on another server', (text, address, host) => {
    expect(readDestination(text, origin)).toEqual({ type: 'elsewhere', address, host });
  });

  it.each([
    'https://meet.example.org',
    'https://meet.example.org/examples/plain-html/',
    'https://meet.example.org/meet/',
    'https://meet.example.org/meet/a/b',
    'https://meet.example.org/meet/caf%C3%A9',
    'https://',
    '/meet/a%20b',
    'javascript://meet.example.org/meet/a',
    'ftp://other.example/meet/a',
  ])('%s is a link to no room', (text) => {
    expect(readDestination(text, origin)).toEqual({ type: 'no-room' });
  });

  it.each(['', '   ', '\n'])('%j is nothing yet', (text) => {
    expect(readDestination(text, origin)).toEqual({ type: 'empty' });
  });

  it('a name of 65 characters is too long by one', () => {
    expect(readDestination('x'.repeat(65), origin)).toEqual({ type: 'too-long', count: 65 });
  });

  it.each([
    ['Team Meeting', 'Team-Meeting'],
    ['Café  Müller!', 'Cafe-Muller'],
    ['周会 2026', '2026'],
    ['a/b', 'a-b'],
    [`${'x'.repeat(63)} y`, 'x'.repeat(63)],
    ['周会', undefined],
    ['..', undefined],
    ['!', undefined],
  ])('%s is no name, but %s would be', (text, nearest) => {
    expect(readDestination(text, origin)).toEqual({ type: 'odd', nearest });
  });
});
