import { bitsPerSecond } from '@rivero/core';
import { openLogs } from '@rivero/runtime';
import { startTurn } from '@rivero/turn';

/** A process with our TURN server and nothing else, at the loopback address. Its words: port, username, password, datapath. */
const [port, username, password, datapath] = process.argv.slice(2);
const host = '127.0.0.1';
const logs = openLogs({
  levels: { standard: 'warn', modules: {} },
  output: { write: (text) => void process.stderr.write(text) },
  format: 'json',
});

await startTurn({
  datapath: datapath === 'twin' ? 'twin' : 'native',
  log: logs.module('turn'),
  host,
  port: Number(port),
  tlsPort: 'off',
  certificate: () => Promise.reject(new Error('nothing is shown without TLS')),
  realm: 'example.org',
  users: [{ username, password }],
  secrets: [],
  relayPorts: { first: 49_152, last: 65_535 },
  relayAddresses: [host],
  externalAddresses: [],
  allowedPeers: ['127.0.0.0/8'],
  mediaPorts: [],
  allocationsMax: 4_000,
  allocationsPerUserMax: 4_000,
  bandwidthPerUser: bitsPerSecond(0),
  tcpRelays: 'off',
});
