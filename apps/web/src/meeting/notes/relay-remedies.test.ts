import { expect, it } from 'vitest';
import { relayRemedies, serverRemedies } from './relay-remedies.ts';

const tls = 'turns:192.0.2.7:5349?transport=tcp';
const udp = 'turn:192.0.2.7:3478?transport=udp';

it.each([
  [[0], ['reach']],
  [
    [401, 701],
    ['reach', 'secret'],
  ],
  [[401, 441], ['secret']],
  [
    [486, 508, 500],
    ['limits', 'log'],
  ],
  [[599], ['log']],
] as const)('relays that fail with %j are to be mended by %j', (codes, remedies) => {
  expect(relayRemedies(codes.map((code) => ({ ports: [], error: { code, text: '', url: udp } })))).toEqual(remedies);
});

it('a relay by TLS may want another certificate', () => {
  const failure = { ports: [], error: { code: 701, text: 'Failed to establish connection', url: tls } };
  expect(relayRemedies([failure])).toEqual(['reach', 'certificate']);
});

it('ports that are open already are not all that is told of a relay by TLS', () => {
  const silent = { ports: [], error: { code: 0, text: '', url: udp } };
  const untrusted = { ports: [], error: { code: 701, text: 'Failed to establish connection', url: tls } };
  expect(serverRemedies([silent])).toEqual([]);
  expect(serverRemedies([silent, untrusted])).toEqual(['certificate']);
});
