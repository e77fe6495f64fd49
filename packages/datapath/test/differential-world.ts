import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  monotonicMs,
  type PathHandle,
  SendBatch,
  type SessionHandle,
  type StreamHandle,
  type TransportAddress,
} from '@rivero/core';
import { type DatapathChoice, openDatapath, openUdpSockets, type PortPair, type SocketDatapath } from '../src/index.ts';
import { collectRows, type Row } from './exchange.ts';
import { peersMax } from './differential-steps.ts';
import { implementations, type PortName } from './implementations.ts';

/** A datapath among peers. */
export interface World {
  readonly datapath: SocketDatapath;
  readonly peers: readonly TransportAddress[];
  readonly rows: Row[];
  /** One for all that is sent. */
  readonly batch: SendBatch;
  readonly sessions: SessionHandle[];
  readonly streams: StreamHandle[];
  /** The last path to each peer. */
  readonly paths: (PathHandle | undefined)[];
  /** Of sessions that have their own; left out: none has. */
  readonly ports: PortPair | undefined;
  /** In one wake-up. */
  receive(peer: number, packets: readonly Uint8Array[], port?: PortName): Promise<void>;
  /** What each peer was sent since the last time. */
  takeSent(): Promise<Buffer[][]>;
  close(): Promise<void>;
}

/** Opens a world: with sockets, or with arrays in their place. */
export type OpenWorld = (choice: 'twin' | 'native') => Promise<World>;

const slotsMax = 64;
const sendRowsMax = 16;

export async function openArrayWorld(choice: 'twin' | 'native'): Promise<World> {
  const under = implementations.find(({ name }) => name === choice)?.open(slotsMax);
  if (under === undefined) throw new Error(`there is no ${choice} datapath`);
  const peers = Array.from({ length: peersMax }, (_, i) => ({ ip: `203.0.113.${i + 1}`, port: 5_000 + i }));
  let now = 10_000;
  return {
    datapath: under.datapath as SocketDatapath,
    peers,
    rows: collectRows(under),
    batch: new SendBatch(sendRowsMax),
    sessions: [],
    streams: [],
    paths: [],
    ports: under.ports,
    receive: async (peer, packets, port) => {
      now += 300;
      for (const bytes of packets)
        if (port === undefined) under.receive(bytes, peers[peer]);
        else under.receiveAtOwnPort(port, bytes, peers[peer], monotonicMs(now));
    },
    takeSent: async () => {
      const sent = under.sent.splice(0);
      return peers.map(({ ip }) => sent.filter(({ to }) => to.ip === ip).map(({ bytes }) => Buffer.from(bytes)));
    },
    close: async () => {},
  };
}

export async function openSocketWorld(choice: DatapathChoice): Promise<World> {
  const { datapath } = openDatapath(choice, { slotsMax });
  const sockets = await openUdpSockets(datapath, ['127.0.0.1'], 0);
  const { port } = sockets.ports[0].local;
  const received: Buffer[][] = Array.from({ length: peersMax }, () => []);
  let count = 0;
  const peers: Socket[] = [];
  for (const [i, packets] of received.entries()) {
    const peer = createSocket('udp4');
    peer.on('message', (bytes, from) => {
      // Others on this machine may send to whoever had the port before.
      if (from.port !== port) return;
      packets.push(bytes);
      count += 1;
    });
    peer.bind(0, '127.0.0.1');
    await once(peer, 'listening');
    peers[i] = peer;
  }
  return {
    datapath,
    peers: peers.map((peer) => ({ ip: '127.0.0.1', port: peer.address().port })),
    rows: collectRows({ datapath }),
    batch: new SendBatch(sendRowsMax),
    sessions: [],
    streams: [],
    paths: [],
    ports: undefined,
    receive: async (peer, packets) => {
      const after = arrivals(datapath) + packets.length;
      for (const bytes of packets) peers[peer].send(bytes, port, '127.0.0.1');
      await until(() => arrivals(datapath) === after);
    },
    takeSent: async () => {
      await until(() => count === datapath.counters().sent);
      return received.map((packets) => packets.splice(0));
    },
    close: async () => {
      for (const peer of peers) peer.close();
      await sockets.close();
    },
  };
}

/** Datagrams that came, whatever became of them. */
function arrivals(datapath: SocketDatapath): number {
  const counts = datapath.counters();
  return counts.received + counts['receive-empty'] + counts['receive-unknown-path'];
}

/** A loopback loses nothing; so what does not come in two seconds never does. */
async function until(isSo: () => boolean): Promise<void> {
  const start = performance.now();
  while (!isSo()) {
    if (performance.now() - start > 2_000) throw new Error('datagrams are missing');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
