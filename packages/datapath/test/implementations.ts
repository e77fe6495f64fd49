import type { MonotonicMs, TransportAddress } from '@rivero/core';
import { type SrtpProfile, srtpProfiles } from '@rivero/protocol/srtp';
import {
  type DatagramPort,
  type Datapath,
  type PortPair,
  type SessionKeys,
  type Traffic,
  TwinDatapath,
  openDatapath,
  type SocketDatapath,
} from '../src/index.ts';

/** One of the two ports of a pair. */
export type PortName = 'rtp' | 'rtcp';

/** A datagram that left the datapath. */
export interface SentDatagram {
  readonly bytes: Uint8Array;
  readonly to: TransportAddress;
  /** From a port of a session alone; left out: from the shared one. */
  readonly from?: PortName;
}

/** A datapath with a socket that is an array. */
export interface OpenDatapath {
  readonly datapath: Datapath;
  readonly sent: SentDatagram[];
  receive(bytes: Uint8Array, from: TransportAddress): void;
  /** Two ports for one session. */
  readonly ports: PortPair;
  receiveAtOwnPort(name: PortName, bytes: Uint8Array, from: TransportAddress, now: MonotonicMs): void;
  deliver(): void;
  /** What the socket has no room for. */
  setCongested(congested: readonly Traffic[]): void;
  /** The socket keeps what it is given, without a copy, to send it later. */
  setHolding(isHolding: boolean): void;
  sizes(): { readonly paths: number; readonly sessions: number; readonly streams: number };
}

export interface Implementation {
  readonly name: string;
  readonly open: (slotsMax?: number) => OpenDatapath;
}

function open(datapath: SocketDatapath): OpenDatapath {
  const sent: SentDatagram[] = [];
  let congested: readonly Traffic[] = [];
  let isHolding = false;
  const portOf = (local: TransportAddress, from?: PortName): DatagramPort => ({
    local,
    send: (bytes, length, to) => {
      const packet = bytes.subarray(0, length);
      sent.push({ bytes: isHolding ? packet : new Uint8Array(packet), to, ...(from === undefined ? {} : { from }) });
      return isHolding;
    },
    isCongested: (traffic) => congested.includes(traffic),
  });
  const port = portOf({ ip: '192.0.2.1', port: 40_000 });
  const ports: PortPair = {
    rtp: portOf({ ip: '0.0.0.0', port: 20_000 }, 'rtp'),
    rtcp: portOf({ ip: '0.0.0.0', port: 20_001 }, 'rtcp'),
  };
  datapath.paths.addPort(port);
  return {
    datapath,
    sent,
    receive: (bytes, { ip, port: remotePort }) => datapath.receive(port, bytes, ip, remotePort),
    ports,
    receiveAtOwnPort: (name, bytes, from, now) => datapath.receiveAtOwnPort(ports[name], bytes, from, now),
    deliver: () => datapath.deliver(),
    setCongested: (value) => {
      congested = value;
    },
    setHolding: (value) => {
      isHolding = value;
    },
    sizes: () => datapath.sizes(),
  };
}

/** Where it is not built it is not tested; datapath-builds.test.ts says so where it could be. */
const isNativeThere = openDatapath('auto').type === 'native';

/** Every datapath that keeps the contract. */
export const implementations: readonly Implementation[] = [
  { name: 'twin', open: (slotsMax = 64) => open(new TwinDatapath({ slotsMax })) },
  ...(isNativeThere
    ? [{ name: 'native', open: (slotsMax = 64) => open(openDatapath('native', { slotsMax }).datapath) }]
    : []),
];

/** Keys of both ends of one session: what one sends with, the other receives with. */
export function keyPair(profile: SrtpProfile, seed = 1): { readonly ours: SessionKeys; readonly theirs: SessionKeys } {
  const { keyLength, saltLength } = srtpProfiles[profile];
  const bytes = (length: number, first: number): Uint8Array =>
    Uint8Array.from({ length }, (_, i) => (first * 31 + i * 7) & 0xff);
  const one = { key: bytes(keyLength, seed), salt: bytes(saltLength, seed + 1) };
  const other = { key: bytes(keyLength, seed + 2), salt: bytes(saltLength, seed + 3) };
  const keys = (local: typeof one, remote: typeof one): SessionKeys => ({
    profile,
    localKey: local.key,
    localSalt: local.salt,
    remoteKey: remote.key,
    remoteSalt: remote.salt,
  });
  return { ours: keys(one, other), theirs: keys(other, one) };
}
