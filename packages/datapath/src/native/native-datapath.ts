import {
  assert,
  HandleTable,
  type MonotonicMs,
  noSession,
  PacketPool,
  packetSlotSize,
  parseIp,
  type PathHandle,
  type ReceiveBatch,
  type SendBatch,
  type SessionHandle,
  type StreamHandle,
  type TransportAddress,
} from '@rivero/core';
import {
  type DatagramPort,
  type DatapathCounter,
  datapathCounters,
  type PortRemote,
  type PortSessionOptions,
  type RemoteKey,
  type SessionKeys,
  type StreamOptions,
  type Traffic,
  type TrafficCount,
} from '../contract.ts';
import { OwnPorts } from '../paths/own-ports.ts';
import { stunFirstByteMax } from '../paths/packet-kind.ts';
import type { Path } from '../paths/path-table.ts';
import { Paths } from '../paths/paths.ts';
import { SessionPorts } from '../paths/session-ports.ts';
import type { SocketDatapath } from '../socket-datapath.ts';
import { admitStrangers } from './admit-strangers.ts';
import type { DatapathAddon } from './addon.ts';
import { nativeKeys, noKeys } from './native-keys.ts';
import { NativePort } from './native-port.ts';
import { batchArrays, countOf, openSharedMemory, type SharedMemory } from './shared-memory.ts';

export interface NativeOptions {
  readonly create: (memory: SharedMemory, onBatch: () => void) => DatapathAddon;
  /** Packets in memory at once, 2 KiB each. */
  readonly slotsMax?: number;
}

/** One peer's session, as far as the addon does not need it. */
interface Session {
  readonly isProtected: boolean;
  readonly ports: SessionPorts | undefined;
  path: PathHandle | undefined;
  /** SSRCs of its streams. */
  readonly streams: Map<StreamHandle, number>;
}

const slotsMaxDefault = 16_384;
const sessionsMax = 8_192;
const streamsMax = 262_144;

/** In the column of paths, and to the addon: none. */
const noPath = 0xffffffff as PathHandle;

/** Where each count is. */
const counterIndexes: ReadonlyMap<DatapathCounter, number> = new Map(datapathCounters.map((name, i) => [name, i]));

/**
 * The datapath whose packets C++ handles: it receives, opens, seals and sends. What decides is here, as in the twin: which
 * paths, sessions and streams there are. Connections and sockets of one session are JavaScript's: their packets are opened and
 * sealed by the addon, too, and move here.
 */
export class NativeDatapath implements SocketDatapath {
  readonly pool: PacketPool;
  readonly paths: Paths;
  readonly #addon: DatapathAddon;
  readonly #memory: SharedMemory;
  readonly #batch: ReceiveBatch;
  readonly #output: Buffer;
  #handler: (batch: ReceiveBatch) => void = () => {};
  readonly #nativePorts: NativePort[] = [];
  readonly #ownPorts = new OwnPorts();
  readonly #sessions = new HandleTable<SessionHandle, Session>(sessionsMax);
  readonly #streams = new HandleTable<StreamHandle, SessionHandle>(streamsMax);
  /** Whose rows the addon sends. */
  #attached: SendBatch | undefined;

  constructor(options: NativeOptions) {
    this.pool = new PacketPool(options.slotsMax ?? slotsMaxDefault);
    const { memory, batch } = openSharedMemory(this.pool);
    this.#memory = memory;
    this.#batch = batch;
    this.#output = Buffer.from(memory.output.buffer);
    const addon = options.create(memory, () => this.deliver());
    this.#addon = addon;
    this.paths = new Paths({
      handlePathOpened: (path, port, { ip, port: remotePort }) => {
        if (port instanceof NativePort) addon.openPath(path, port.number, parseIp(ip), remotePort);
      },
      handlePathBound: (path, session) => addon.bindPath(path, session ?? noSession),
      handlePathClosed: (path) => addon.closePath(path),
    });
  }

  /** Binds a socket of the addon, which receives from now on; or answers what errno says. */
  openSocket(ip: string, port: number): NativePort | number {
    const number = this.#addon.openSocket(parseIp(ip), port);
    if (number < 0) return -number;
    const opened = new NativePort(this.#addon, number, ip);
    this.#nativePorts[number] = opened;
    return opened;
  }

  onBatch(handler: (batch: ReceiveBatch) => void): void {
    this.#handler = handler;
  }

  receive(port: DatagramPort, bytes: Uint8Array, ip: string, remotePort: number): void {
    if (bytes.length === 0) return this.#count('receive-empty');
    if (remotePort === 0) return this.#count('receive-from-port-0');
    const known = this.paths.find(port, ip, remotePort);
    if (known === undefined && bytes[0] > stunFirstByteMax) return this.#count('receive-unknown-path');
    const hasRoom = bytes.length <= packetSlotSize && this.pool.freeCount > 0;
    const path = known ?? (hasRoom ? this.paths.open(port, ip, remotePort) : noPath);
    if (path === undefined) return this.#count('receive-paths-full');
    this.#receive(path, bytes);
  }

  receiveAtOwnPort(port: DatagramPort, bytes: Uint8Array, remote: TransportAddress, now: MonotonicMs): void {
    const own = this.#ownPorts.admit(port, bytes, remote, now);
    if (typeof own === 'string') return this.#count(own);
    if (this.#addon.receive(noPath, own.session, bytes)) own.end.hear(remote.ip, remote.port, now);
  }

  handleSendFailure(): void {
    this.#count('send-failed');
  }

  deliver(): void {
    const { counts } = this.#memory;
    if (counts[countOf.strangers] > 0) {
      admitStrangers(this.#memory, this.pool, (socket, ip, remotePort) => this.#openPath(socket, ip, remotePort));
    }
    const batch = this.#batch;
    batch.count = counts[countOf.received];
    if (batch.count === 0) return;
    try {
      this.#handler(batch);
    } finally {
      // More than the handler was given when packets came within it.
      for (let row = 0; row < counts[countOf.received]; row++) this.pool.release(batch.slot[row]);
      batch.count = 0;
      counts[countOf.received] = 0;
    }
  }

  receiveOnPath(path: PathHandle, packet: Uint8Array): void {
    if (packet.length === 0) return this.#count('receive-empty');
    if (this.paths.get(path) !== undefined) this.#receive(path, packet);
  }

  bindPath(path: PathHandle, session: SessionHandle): void {
    const found = this.#sessions.get(session);
    assert(found?.ports === undefined, 'a session with ports of its own has no shared path');
    this.paths.bind(path, session);
  }

  unbindPath(path: PathHandle, session: SessionHandle): void {
    this.paths.unbind(path, session);
  }

  openSession(keys: SessionKeys, path: PathHandle | undefined): SessionHandle | undefined {
    const session = this.#openSession(keys, undefined, path);
    if (session !== undefined) this.#addon.setSessionPath(session, path ?? noPath);
    return session;
  }

  openPortSession({ ports, protection, remote }: PortSessionOptions): SessionHandle | undefined {
    const own = new SessionPorts(ports, remote, protection.type === 'srtp');
    const session = this.#openSession(protection.type === 'srtp' ? protection.keys : undefined, own, undefined);
    if (session !== undefined) this.#ownPorts.open(session, own);
    return session;
  }

  setPortRemote(session: SessionHandle, remote: PortRemote): void {
    this.#sessions.get(session)?.ports?.setRemote(remote);
  }

  setRemoteKey(session: SessionHandle, { profile, key, salt, lifetime }: RemoteKey): void {
    const found = this.#sessions.get(session);
    if (found === undefined) return;
    assert(found.isProtected, 'a plain session has no keys');
    const life = lifetime === undefined ? {} : { lifetime };
    const keys = nativeKeys({ profile, masterKey: key, masterSalt: salt, ...life });
    this.#addon.setRemoteKey(session, keys.profile, keys.bytes, keys.lifetime);
  }

  pollKeyLimit(): SessionHandle | undefined {
    const session = this.#addon.pollKeyLimit();
    return session === noSession ? undefined : session;
  }

  setSessionPath(session: SessionHandle, path: PathHandle | undefined): void {
    const found = this.#sessions.get(session);
    if (found === undefined) return;
    found.path = path;
    this.#addon.setSessionPath(session, path ?? noPath);
  }

  sessionTraffic(session: SessionHandle): TrafficCount | undefined {
    if (this.#sessions.get(session) === undefined) return undefined;
    return { bytesSent: this.#addon.bytesSent(session), bytesReceived: this.#addon.bytesReceived(session) };
  }

  closeSession(session: SessionHandle): void {
    const closed = this.#sessions.close(session);
    if (closed === undefined) return;
    for (const stream of closed.streams.keys()) {
      this.#streams.close(stream);
      this.#addon.closeStream(stream);
    }
    this.#addon.closeSession(session);
    this.paths.unbindAll(session);
    if (closed.ports !== undefined) this.#ownPorts.close(closed.ports);
  }

  openStream({ session, ssrc, extensionElements, resendMax }: StreamOptions): StreamHandle | undefined {
    const found = this.#sessions.get(session);
    const stream = found && this.#streams.open(session);
    if (stream === undefined) return undefined;
    found?.streams.set(stream, ssrc);
    this.#addon.openStream(stream, session, ssrc, extensionElements, resendMax);
    return stream;
  }

  closeStream(stream: StreamHandle): void {
    const session = this.#streams.close(stream);
    if (session === undefined) return;
    this.#addon.closeStream(stream);
    const streams = this.#sessions.get(session)?.streams;
    const ssrc = streams?.get(stream);
    if (streams === undefined || ssrc === undefined) return;
    streams.delete(stream);
    if ([...streams.values()].every((other) => other !== ssrc)) this.#addon.retireSsrc(session, ssrc);
  }

  send(batch: SendBatch): void {
    if (batch !== this.#attached) this.#attach(batch);
    this.#addon.send(batch.count);
    const { counts, foreignRows } = this.#memory;
    for (let i = 0; i < counts[countOf.foreign]; i++) this.#sendForeign(batch, foreignRows[i]);
    batch.clear();
  }

  sendDatagram(path: PathHandle, bytes: Uint8Array): void {
    const found = this.paths.get(path);
    if (found === undefined) return this.#count('send-no-path');
    if (found.port instanceof NativePort) return this.#addon.sendDatagram(path, bytes);
    if (bytes.length > packetSlotSize) return this.#count('send-too-long');
    if (this.#isCongested(found, 'control')) return;
    this.#output.set(bytes);
    this.#count('sent');
    this.#count('bytes-sent', bytes.length);
    this.#transmit(found, bytes.length, 'control');
  }

  sendRtcp(session: SessionHandle, compound: Uint8Array): void {
    const found = this.#sessions.get(session);
    if (found === undefined) return this.#count('send-stale-session');
    const path = found.ports === undefined ? this.#pathOf(found) : found.ports.rtcpPath;
    if (path === undefined) return this.#count('send-no-path');
    if (path.port instanceof NativePort) return this.#addon.sendRtcp(session, compound);
    if (this.#isCongested(path, 'control')) return;
    const length = this.#addon.sealRtcp(session, compound);
    if (length > 0) this.#transmit(path, length, 'control');
  }

  counters(): Readonly<Record<DatapathCounter, number>> {
    const { counters } = this.#memory;
    return Object.fromEntries(datapathCounters.map((name, i) => [name, counters[i]])) as Record<
      DatapathCounter,
      number
    >;
  }

  sizes(): { readonly paths: number; readonly sessions: number; readonly streams: number } {
    return { paths: this.paths.size, sessions: this.#sessions.size, streams: this.#streams.size };
  }

  #openSession(
    keys: SessionKeys | undefined,
    ports: SessionPorts | undefined,
    path: PathHandle | undefined,
  ): SessionHandle | undefined {
    const session = this.#sessions.open({ isProtected: keys !== undefined, ports, path, streams: new Map() });
    if (session === undefined) return undefined;
    const { local, remote } = keys === undefined ? { local: noKeys, remote: noKeys } : bothKeys(keys);
    this.#addon.openSession(session, local.profile, local.bytes, remote.bytes, remote.lifetime);
    return session;
  }

  #receive(path: PathHandle, bytes: Uint8Array): void {
    this.#addon.receive(path, this.paths.get(path)?.session ?? noSession, bytes);
  }

  /** Gives the stranger of a row a path; `undefined` when there are too many. */
  #openPath(socket: number, ip: string, remotePort: number): PathHandle | undefined {
    const port = this.#nativePorts[socket];
    const path = this.paths.find(port, ip, remotePort) ?? this.paths.open(port, ip, remotePort);
    if (path === undefined) this.#count('receive-paths-full');
    return path;
  }

  #attach(batch: SendBatch): void {
    assert(batch.capacity <= this.#memory.foreignRows.length, 'a batch has more rows than JavaScript could send');
    this.#addon.attachBatch(batch, ...batchArrays(batch));
    this.#attached = batch;
  }

  #sendForeign(batch: SendBatch, row: number): void {
    const handle = this.#streams.get(batch.stream[row] as StreamHandle);
    const session = handle === undefined ? undefined : this.#sessions.get(handle);
    const path = session && this.#pathOf(session);
    if (path === undefined) return this.#count('send-no-path');
    if (this.#isCongested(path, 'media')) return;
    const length = this.#addon.sealRow(row);
    if (length > 0) this.#transmit(path, length, 'media');
  }

  /** Asked before anything is sealed, because what is dropped should cost nothing. */
  #isCongested({ port, stream }: Path, traffic: Traffic): boolean {
    const isCongested = (port ?? stream)?.isCongested(traffic) === true;
    if (isCongested) this.#count('send-congested');
    return isCongested;
  }

  /** Sends the first `length` bytes of the output by JavaScript's sockets, which may keep what they are given. */
  #transmit({ port, stream, remote }: Path, length: number, traffic: Traffic): void {
    port?.send(Buffer.from(this.#output.subarray(0, length)), length, remote, traffic);
    stream?.write(this.#output.subarray(0, length));
  }

  #pathOf(session: Session): Path | undefined {
    if (session.ports !== undefined) return session.ports.rtp.path;
    return session.path === undefined ? undefined : this.paths.get(session.path);
  }

  #count(name: DatapathCounter, by = 1): void {
    this.#memory.counters[counterIndexes.get(name) ?? 0] += by;
  }
}

function bothKeys({ profile, localKey, localSalt, remoteKey, remoteSalt, remoteLifetime }: SessionKeys) {
  const lifetime = remoteLifetime === undefined ? {} : { lifetime: remoteLifetime };
  return {
    local: nativeKeys({ profile, masterKey: localKey, masterSalt: localSalt }),
    remote: nativeKeys({ profile, masterKey: remoteKey, masterSalt: remoteSalt, ...lifetime }),
  };
}
