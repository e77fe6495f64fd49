import {
  assert,
  Counters,
  HandleTable,
  type MonotonicMs,
  noSession,
  PacketPool,
  packetSlotSize,
  type PathHandle,
  type ReceiveBatch,
  receivedKind,
  type SendBatch,
  sendFlag,
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
import type { SocketDatapath } from '../socket-datapath.ts';
import { OwnPorts } from '../paths/own-ports.ts';
import { isMediaPacket, isRtcpPacket, isSignallingPacket, stunFirstByteMax } from '../paths/packet-kind.ts';
import type { Path } from '../paths/path-table.ts';
import { Paths } from '../paths/paths.ts';
import { ReceivedRows } from './received-rows.ts';
import { SentTags } from './sent-tags.ts';
import { openSession, replaceRemoteKey, type Session, type Stream } from './session.ts';
import { SessionPorts } from '../paths/session-ports.ts';
import { receiveDefectCounter, sendDefectCounter } from './srtp-defect-counter.ts';
import { writeHeader, writePayload } from './write-packet.ts';

export interface TwinOptions {
  /** Packets in memory at once, 2 KiB each: what is being received, and the routers' retransmission caches. */
  readonly slotsMax?: number;
}

const slotsMaxDefault = 16_384;
const sessionsMax = 8_192;
const streamsMax = 262_144;

/** In the column of paths: the session has ports of its own. */
const noPath = 0xffffffff as PathHandle;

/** Room that a tag and the header's growth may need. */
const overheadMax = 64;

/** The datapath in TypeScript: the specification of every other one. */
export class TwinDatapath implements SocketDatapath {
  readonly pool: PacketPool;
  readonly paths = new Paths();
  readonly #poolBuffer: Buffer;
  readonly #counters = new Counters<DatapathCounter>(datapathCounters);
  readonly #ownPorts = new OwnPorts();
  readonly #sessions = new HandleTable<SessionHandle, Session>(sessionsMax);
  readonly #streams = new HandleTable<StreamHandle, Stream>(streamsMax);
  readonly #rows: ReceivedRows;
  readonly #keyLimits: SessionHandle[] = [];
  /** Each packet is sealed here and sent at once. When the socket still holds it, the buffer is left to the socket. */
  #output = newOutput();

  constructor(options: TwinOptions = {}) {
    this.pool = new PacketPool(options.slotsMax ?? slotsMaxDefault);
    this.#rows = new ReceivedRows(this.pool, this.#counters);
    this.#poolBuffer = Buffer.from(this.pool.bytes.buffer);
  }

  onBatch(handler: (batch: ReceiveBatch) => void): void {
    this.#rows.onBatch(handler);
  }

  receive(port: DatagramPort, bytes: Uint8Array, ip: string, remotePort: number): void {
    if (bytes.length === 0) return this.#counters.count('receive-empty');
    // Nobody can be answered there, and a dgram socket throws when it is asked to.
    if (remotePort === 0) return this.#counters.count('receive-from-port-0');
    const known = this.paths.find(port, ip, remotePort);
    // A peer's first word is a check; whatever else comes from an address that we do not know is nobody's.
    if (known === undefined && bytes[0] > stunFirstByteMax) return this.#counters.count('receive-unknown-path');
    const slot = this.#rows.takeSlot(bytes);
    if (slot === -1) return;
    const path = known ?? this.paths.open(port, ip, remotePort);
    if (path === undefined) this.#counters.count('receive-paths-full');
    if (path === undefined || !this.#addRow(path, slot, bytes.length)) this.pool.release(slot);
    this.#rows.deliverWhenFull();
  }

  receiveAtOwnPort(port: DatagramPort, bytes: Uint8Array, remote: TransportAddress, now: MonotonicMs): void {
    const own = this.#ownPorts.admit(port, bytes, remote, now);
    if (typeof own === 'string') return this.#counters.count(own);
    const slot = this.#rows.takeSlot(bytes);
    if (slot === -1) return;
    if (this.#addMedia(own.session, noPath, slot, bytes.length)) own.end.hear(remote.ip, remote.port, now);
    else this.pool.release(slot);
    this.#rows.deliverWhenFull();
  }

  handleSendFailure(): void {
    this.#counters.count('send-failed');
  }

  deliver(): void {
    this.#rows.deliver();
  }

  receiveOnPath(path: PathHandle, packet: Uint8Array): void {
    if (packet.length === 0) return this.#counters.count('receive-empty');
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
    return this.#sessions.open(openSession({ type: 'srtp', keys }, { path }));
  }

  openPortSession({ ports, protection, remote }: PortSessionOptions): SessionHandle | undefined {
    const own = new SessionPorts(ports, remote, protection.type === 'srtp');
    const session = this.#sessions.open(openSession(protection, { ports: own }));
    if (session === undefined) return undefined;
    this.#ownPorts.open(session, own);
    return session;
  }

  setPortRemote(session: SessionHandle, remote: PortRemote): void {
    this.#sessions.get(session)?.ports?.setRemote(remote);
  }

  setRemoteKey(session: SessionHandle, key: RemoteKey): void {
    const found = this.#sessions.get(session);
    if (found !== undefined) replaceRemoteKey(found, key);
  }

  pollKeyLimit(): SessionHandle | undefined {
    return this.#keyLimits.shift();
  }

  setSessionPath(session: SessionHandle, path: PathHandle | undefined): void {
    const found = this.#sessions.get(session);
    if (found !== undefined) found.path = path;
  }

  sessionTraffic(session: SessionHandle): TrafficCount | undefined {
    const found = this.#sessions.get(session);
    return found && { bytesSent: found.bytesSent, bytesReceived: found.bytesReceived };
  }

  closeSession(session: SessionHandle): void {
    const closed = this.#sessions.close(session);
    if (closed === undefined) return;
    for (const stream of closed.streams) this.#streams.close(stream);
    this.paths.unbindAll(session);
    if (closed.ports !== undefined) this.#ownPorts.close(closed.ports);
  }

  openStream(options: StreamOptions): StreamHandle | undefined {
    const session = this.#sessions.get(options.session);
    if (session === undefined) return undefined;
    const handle = this.#streams.open({
      session: options.session,
      ssrc: options.ssrc,
      extensionElements: options.extensionElements,
      sent: options.resendMax === 0 ? undefined : new SentTags(options.resendMax),
    });
    if (handle !== undefined) session.streams.add(handle);
    return handle;
  }

  closeStream(stream: StreamHandle): void {
    const closed = this.#streams.close(stream);
    if (closed === undefined) return;
    const session = this.#sessions.get(closed.session);
    if (session === undefined) return;
    session.streams.delete(stream);
    const isLast = [...session.streams].every((other) => this.#streams.get(other)?.ssrc !== closed.ssrc);
    if (isLast) session.sender.retireSsrc(closed.ssrc);
  }

  send(batch: SendBatch): void {
    for (let row = 0; row < batch.count; row++) this.#sendRow(batch, row);
    batch.clear();
  }

  sendDatagram(path: PathHandle, bytes: Uint8Array): void {
    const found = this.paths.get(path);
    if (found === undefined) return this.#counters.count('send-no-path');
    if (bytes.length > packetSlotSize) return this.#counters.count('send-too-long');
    if (this.#isCongested(found, 'control')) return;
    this.#output.set(bytes);
    this.#transmit(found, bytes.length, 'control');
  }

  sendRtcp(session: SessionHandle, compound: Uint8Array): void {
    const found = this.#sessions.get(session);
    if (found === undefined) return this.#counters.count('send-stale-session');
    const path = found.ports === undefined ? this.#pathOf(found) : found.ports.rtcpPath;
    if (path === undefined) return this.#counters.count('send-no-path');
    if (compound.length > packetSlotSize - overheadMax) return this.#counters.count('send-too-long');
    if (this.#isCongested(path, 'control')) return;
    this.#output.set(compound);
    const length = found.sender.protectRtcp(this.#output, compound.length);
    if (typeof length === 'string') return this.#counters.count(sendDefectCounter(length));
    found.bytesSent += length;
    if (found.sender.isNearlyUsedUp) this.#tellKeyLimit(session, found);
    this.#transmit(path, length, 'control');
  }

  counters(): Readonly<Record<DatapathCounter, number>> {
    return this.#counters.snapshot();
  }

  sizes(): { readonly paths: number; readonly sessions: number; readonly streams: number } {
    return { paths: this.paths.size, sessions: this.#sessions.size, streams: this.#streams.size };
  }

  #receive(path: PathHandle, bytes: Uint8Array): void {
    const slot = this.#rows.takeSlot(bytes);
    if (slot === -1) return;
    if (!this.#addRow(path, slot, bytes.length)) this.pool.release(slot);
    this.#rows.deliverWhenFull();
  }

  /** Tells kinds by the first byte (RFC 7983 section 7) and opens SRTP; false when the packet is dropped. */
  #addRow(path: PathHandle, slot: number, length: number): boolean {
    const first = this.pool.bytes[slot * packetSlotSize];
    if (isSignallingPacket(first)) {
      this.#rows.put(receivedKind.datagram, slot, length, path, noSession);
      return true;
    }
    if (!isMediaPacket(first)) {
      this.#counters.count('receive-unknown-kind');
      return false;
    }
    return this.#addMedia(this.paths.get(path)?.session, path, slot, length);
  }

  #addMedia(handle: SessionHandle | undefined, path: PathHandle, slot: number, length: number): boolean {
    const session = handle === undefined ? undefined : this.#sessions.get(handle);
    if (handle === undefined || session === undefined) {
      this.#counters.count('receive-unbound-path');
      return false;
    }
    const offset = slot * packetSlotSize;
    const packet = this.pool.bytes.subarray(offset, offset + length);
    const isRtcp = isRtcpPacket(packet);
    const opened = isRtcp ? session.receiver.unprotectRtcp(packet) : session.receiver.unprotectRtp(packet);
    if (typeof opened === 'string') {
      this.#counters.count(receiveDefectCounter(opened));
      return false;
    }
    session.bytesReceived += length;
    if (session.receiver.isNearlyUsedUp) this.#tellKeyLimit(handle, session);
    this.#rows.put(isRtcp ? receivedKind.rtcp : receivedKind.rtp, slot, opened, path, handle);
    return true;
  }

  #sendRow(batch: SendBatch, row: number): void {
    const stream = this.#streams.get(batch.stream[row] as StreamHandle);
    if (stream === undefined) return this.#counters.count('send-stale-stream');
    const session = this.#sessions.get(stream.session);
    if (session === undefined) return this.#counters.count('send-stale-session');
    const path = this.#pathOf(session);
    if (path === undefined) return this.#counters.count('send-no-path');
    if (this.#isCongested(path, 'media')) return;
    const index = batch.rolloverCounter[row] * 65_536 + batch.sequence[row];
    const isResend = (batch.flags[row] & sendFlag.resend) !== 0;
    const before = isResend ? stream.sent?.find(index) : undefined;
    if (isResend && before === undefined) return this.#counters.count('send-nothing-to-resend');
    if (batch.payloadLength[row] > packetSlotSize - overheadMax * 2) return this.#counters.count('send-too-long');
    const out = this.#output;
    const headerLength = writeHeader(out, stream, batch, row);
    const plaintextLength = writePayload(out, headerLength, this.#poolBuffer, batch, row);
    const rolloverCounter = batch.rolloverCounter[row];
    const length =
      before === undefined
        ? session.sender.protectRtp(out, headerLength, plaintextLength, rolloverCounter)
        : session.sender.protectRtpAgain(out, { headerLength, plaintextLength, rolloverCounter }, before);
    if (typeof length === 'string') return this.#counters.count(sendDefectCounter(length));
    if (isResend) this.#counters.count('resent');
    else stream.sent?.keep(index, length, session.sender.sealTag);
    session.bytesSent += length;
    if (session.sender.isNearlyUsedUp) this.#tellKeyLimit(stream.session, session);
    this.#transmit(path, length, 'media');
  }

  #tellKeyLimit(handle: SessionHandle, session: Session): void {
    if (session.isKeyLimitTold) return;
    session.isKeyLimitTold = true;
    this.#keyLimits.push(handle);
  }

  /** Asked before anything is sealed, because what is dropped should cost nothing. */
  #isCongested({ port, stream }: Path, traffic: Traffic): boolean {
    const isCongested = (port ?? stream)?.isCongested(traffic) === true;
    if (isCongested) this.#counters.count('send-congested');
    return isCongested;
  }

  /** Sends the first `length` bytes of the output. */
  #transmit({ port, stream, remote }: Path, length: number, traffic: Traffic): void {
    if (port?.send(this.#output, length, remote, traffic) === true) this.#output = newOutput();
    stream?.write(this.#output.subarray(0, length));
    this.#counters.count('sent');
    this.#counters.count('bytes-sent', length);
  }

  #pathOf(session: Session): Path | undefined {
    if (session.ports !== undefined) return session.ports.rtp.path;
    return session.path === undefined ? undefined : this.paths.get(session.path);
  }
}

function newOutput(): Buffer {
  return Buffer.alloc(packetSlotSize);
}
