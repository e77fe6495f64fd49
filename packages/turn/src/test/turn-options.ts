import { bitsPerSecond } from '@rivero/core';
import type { TurnOptions } from '../start-turn.ts';
import { certificate } from './certificate.ts';

/** At any free ports of the loopback addresses, for nobody yet. */
export const turnOptions: Omit<TurnOptions, 'log'> = {
  datapath: 'auto',
  host: '127.0.0.1',
  port: 0,
  tlsPort: 0,
  certificate: () => Promise.resolve(certificate),
  realm: 'example.org',
  users: [],
  secrets: [],
  relayPorts: { first: 61_000, last: 65_535 },
  relayAddresses: ['127.0.0.1', '::1'],
  externalAddresses: [],
  allowedPeers: [],
  mediaPorts: [],
  allocationsMax: 4_000,
  allocationsPerUserMax: 64,
  bandwidthPerUser: bitsPerSecond(0),
  tcpRelays: 'users',
};
