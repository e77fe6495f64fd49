import type { Metric } from '@rivero/core';
import { turnDropReasons } from '@rivero/protocol/turn-server';
import type { TurnStatistics } from './turn-statistics.ts';

const transports = ['udp', 'tcp', 'tls'] as const;

/** What is told to Prometheus of a TURN server. */
export const turnMetrics: readonly Metric<TurnStatistics>[] = [
  {
    name: 'rivero_turn_allocations',
    type: 'gauge',
    help: 'Allocations that are open, by what carries the messages of their clients: udp, tcp or tls.',
    labels: ['transport'],
    read: ({ allocations }) =>
      transports.map((transport) => ({ value: allocations[transport], labels: { transport } })),
  },
  {
    name: 'rivero_turn_allocations_created_total',
    type: 'counter',
    help: 'Allocations that were made.',
    read: ({ counted }) => counted.allocated,
  },
  {
    name: 'rivero_turn_relayed_bytes_total',
    type: 'counter',
    help: 'Bytes that were relayed, without headers, to peers (to_peer) and to clients (from_peer).',
    labels: ['direction'],
    read: ({ counted }) => directions(counted['bytes-from-clients'], counted['bytes-from-peers']),
  },
  {
    name: 'rivero_turn_relayed_packets_total',
    type: 'counter',
    help: 'Packets that were relayed to peers (to_peer) and to clients (from_peer); TCP to peers counts in bytes only.',
    labels: ['direction'],
    read: ({ counted }) => directions(counted['packets-from-clients'], counted['packets-from-peers']),
  },
  {
    name: 'rivero_turn_refused_peers_total',
    type: 'counter',
    help: 'Times that a client wanted to be relayed to an address to which nobody is: private, loopback, our own and others.',
    read: ({ counted }) => counted['peer-refused'],
  },
  {
    name: 'rivero_turn_quota_refusals_total',
    type: 'counter',
    help: 'Allocations that were refused as a user, a source or the whole server had as many as it may.',
    read: ({ counted }) => counted['quota-reached'],
  },
  {
    name: 'rivero_turn_authentication_failures_total',
    type: 'counter',
    help: 'Requests with wrong credentials, or with a name whose time is over.',
    read: ({ counted }) => counted['authentication-failed'],
  },
  {
    name: 'rivero_turn_challenges_total',
    type: 'counter',
    help: 'Answers that asked for credentials or for newer ones, those to wrong credentials included.',
    read: ({ counted }) => counted.challenged,
  },
  {
    name: 'rivero_turn_refused_requests_total',
    type: 'counter',
    help: 'Requests that were answered with an error, 401 to strangers included.',
    read: ({ counted }) => counted.refused,
  },
  {
    name: 'rivero_turn_stun_answers_total',
    type: 'counter',
    help: 'STUN Binding requests that were answered.',
    read: ({ counted }) => counted['binding-answered'],
  },
  {
    name: 'rivero_turn_dropped_total',
    type: 'counter',
    help: 'What was dropped without an answer, by reason.',
    labels: ['reason'],
    read: ({ counted }) =>
      [...turnDropReasons, 'socket-full' as const].map((reason) => ({ value: counted[reason], labels: { reason } })),
  },
  {
    name: 'rivero_turn_connections',
    type: 'gauge',
    help: 'Connections of clients, tcp or tls.',
    labels: ['transport'],
    read: ({ connections: { tcp, tls } }) => [
      { value: tcp, labels: { transport: 'tcp' } },
      { value: tls, labels: { transport: 'tls' } },
    ],
  },
  {
    name: 'rivero_turn_peer_data_connections',
    type: 'gauge',
    help: 'Peer data connections (TCP, RFC 6062), those that are being made included.',
    read: ({ peerDataConnections }) => peerDataConnections,
  },
];

function directions(toPeer: number, fromPeer: number): ReturnType<Metric<never>['read']> {
  return [
    { value: toPeer, labels: { direction: 'to_peer' } },
    { value: fromPeer, labels: { direction: 'from_peer' } },
  ];
}
