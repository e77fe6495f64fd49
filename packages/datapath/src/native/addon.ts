import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { PathHandle, SendBatch, SessionHandle, StreamHandle } from '@rivero/core';
import { datapathCounters } from '../contract.ts';
import type { DatagramRows } from './datagram-rows.ts';
import { type ArrayArguments, sharedArrays, type SharedMemory } from './shared-memory.ts';

/** What native/src/datapath-addon.cc gives: the part of a datapath that handles every packet. Addresses are 4 or 16 bytes. */
export interface DatapathAddon {
  /** The number of a bound socket, or minus what errno says. */
  openSocket(ip: Uint8Array, port: number): number;
  closeSocket(socket: number): void;
  localPort(socket: number): number;
  isCongested(socket: number, isControl: boolean): boolean;
  sendFrom(socket: number, ip: Uint8Array, port: number, bytes: Uint8Array): void;
  openPath(path: PathHandle, socket: number, ip: Uint8Array, port: number): void;
  closePath(path: PathHandle): void;
  /** `noSession`: it is nobody's. */
  bindPath(path: PathHandle, session: SessionHandle): void;
  openSession(session: SessionHandle, profile: number, local: Uint8Array, remote: Uint8Array, lifetime: number): void;
  closeSession(session: SessionHandle): void;
  setSessionPath(session: SessionHandle, path: PathHandle): void;
  setRemoteKey(session: SessionHandle, profile: number, keys: Uint8Array, lifetime: number): void;
  retireSsrc(session: SessionHandle, ssrc: number): void;
  bytesSent(session: SessionHandle): number;
  bytesReceived(session: SessionHandle): number;
  openStream(
    stream: StreamHandle,
    session: SessionHandle,
    ssrc: number,
    extensionElements: Uint8Array,
    resendMax: number,
  ): void;
  closeStream(stream: StreamHandle): void;
  /** Rows are those of this batch, with these arrays, from now on. */
  attachBatch(batch: SendBatch, ...arrays: ArrayArguments): void;
  /** A packet that JavaScript received; true when it became a row. */
  receive(path: PathHandle, session: SessionHandle, bytes: Uint8Array): boolean;
  /** Executes rows whose packets leave by sockets of the addon; the others stand in `foreignRows`. */
  send(count: number): void;
  /** The length of the sealed packet in `output`; 0: it was dropped and counted. */
  sealRow(row: number): number;
  sealRtcp(session: SessionHandle, compound: Uint8Array): number;
  sendRtcp(session: SessionHandle, compound: Uint8Array): void;
  sendDatagram(path: PathHandle, bytes: Uint8Array): void;
  /** `noSession`: none. */
  pollKeyLimit(): SessionHandle;
}

/** What native/src/sockets-addon.cc gives. Addresses are 4 or 16 bytes. */
export interface SocketsAddon {
  /** The number of a bound socket, or minus what errno says. */
  openSocket(ip: Uint8Array, port: number): number;
  /** Sends what there is first. The number is no other's before the next turn of the event loop. */
  closeSocket(socket: number): void;
  localPort(socket: number): number;
  /** Sends the outgoing rows, of which none is left. */
  flush(): void;
  /** Closes all. */
  close(): void;
}

/** What the addon reads and writes besides. */
export interface SocketsMemory {
  readonly received: DatagramRows;
  readonly outgoing: DatagramRows;
  readonly counters: Float64Array;
}

export type CreateDatapath = (memory: SharedMemory, onBatch: () => void) => DatapathAddon;

/** Outgoing rows that are there when `onWakeUp` ends are sent. */
export type CreateSockets = (memory: SocketsMemory, onWakeUp: () => void) => SocketsAddon;

interface AddonModule {
  readonly DatapathAddon?: new (memory: SharedMemory, onBatch: () => void, ...arrays: ArrayArguments) => DatapathAddon;
  readonly SocketsAddon: new (memory: SocketsMemory, onWakeUp: () => void, ...arrays: ArrayArguments) => SocketsAddon;
  readonly counterNames: readonly string[];
}

/** The addon, or why there is none. */
export type LoadedAddon =
  | { readonly type: 'loaded'; readonly create: CreateDatapath; readonly createSockets: CreateSockets }
  | { readonly type: 'absent'; readonly reason: string };

const addonFile = fileURLToPath(new URL('../../native/build/Release/rivero_datapath.node', import.meta.url));

/** Where it can be built (scripts/prepare/native-datapath.mjs). */
const platforms: ReadonlySet<string> = new Set(['linux-x64', 'linux-arm64']);

/** In the order in which native/src/sockets-addon.cc takes them. */
function socketsArrays({ received, outgoing, counters }: SocketsMemory): ArrayArguments {
  return [received.rows, received.bytes, received.count, outgoing.rows, outgoing.bytes, outgoing.count, counters];
}

/** Loads what `npm run build:native` made. */
export function loadAddon(file = addonFile): LoadedAddon {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.has(platform)) return { type: 'absent', reason: `there is none for ${platform}` };
  if (!existsSync(file)) return { type: 'absent', reason: 'it is not built' };
  let module: AddonModule;
  try {
    module = createRequire(import.meta.url)(file);
  } catch (error) {
    return { type: 'absent', reason: error instanceof Error ? error.message : String(error) };
  }
  const { DatapathAddon, SocketsAddon, counterNames } = module;
  if (DatapathAddon === undefined || counterNames?.join(' ') !== datapathCounters.join(' '))
    return { type: 'absent', reason: 'it was built from other sources; npm run build:native builds it anew' };
  return {
    type: 'loaded',
    create: (memory, onBatch) => new DatapathAddon(memory, onBatch, ...sharedArrays(memory)),
    createSockets: (memory, onWakeUp) => new SocketsAddon(memory, onWakeUp, ...socketsArrays(memory)),
  };
}
