import { packetSlotSize, type PathHandle, SendBatch, type SessionHandle, type StreamHandle } from '@rivero/core';
import type { SrtpProfile } from '@rivero/protocol/srtp';
import { keyPair, type OpenDatapath } from './implementations.ts';
import { RemotePeer } from './remote-peer.ts';

export const peerAddress = { ip: '203.0.113.5', port: 5_000 };
export const payload = Uint8Array.from({ length: 100 }, (_, i) => i);
export const stun = Uint8Array.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
export const receiverReport = Uint8Array.from([0x80, 201, 0, 1, 0, 0, 0, 9]);

export interface Row {
  readonly kind: number;
  readonly bytes: Uint8Array;
  readonly path: PathHandle;
  readonly session: SessionHandle;
}

/** Copies of everything that is delivered. */
export function collectRows({ datapath }: Pick<OpenDatapath, 'datapath'>): Row[] {
  const rows: Row[] = [];
  datapath.onBatch((batch) => {
    for (let row = 0; row < batch.count; row++) {
      const offset = batch.offset[row];
      rows.push({
        kind: batch.kind[row],
        bytes: datapath.pool.bytes.slice(offset, offset + batch.length[row]),
        path: batch.path[row] as PathHandle,
        session: batch.session[row] as SessionHandle,
      });
    }
  });
  return rows;
}

/** The path of the peer, learned from a datagram of it. */
export function openPath(open: OpenDatapath, address = peerAddress): PathHandle {
  const rows = collectRows(open);
  open.receive(stun, address);
  open.deliver();
  return rows[0].path;
}

export function openSession(open: OpenDatapath, profile: SrtpProfile = 'AEAD_AES_128_GCM', address = peerAddress) {
  const keys = keyPair(profile);
  const path = openPath(open, address);
  const session = open.datapath.openSession(keys.ours, path);
  if (session === undefined) throw new Error('no session');
  open.datapath.bindPath(path, session);
  return { path, session, keys, peer: new RemotePeer(address, keys.theirs) };
}

export function openStream(
  open: OpenDatapath,
  session: SessionHandle,
  extensionElements = new Uint8Array(0),
  resendMax = 0,
  ssrc = 0xcafe,
) {
  const stream = open.datapath.openStream({ session, ssrc, extensionElements, resendMax });
  if (stream === undefined) throw new Error('no stream');
  return stream;
}

export interface RowToSend {
  readonly stream: StreamHandle;
  readonly sequence: number;
  readonly flags?: number;
  readonly originalSequence?: number;
  readonly elements?: Uint8Array;
  readonly payloadLength?: number;
  readonly payloadType?: number;
  readonly timestamp?: number;
  /** Instead of {@link payload}. */
  readonly payload?: Uint8Array;
}

/** Sends the rows in one batch; the payloads lie in slots of the pool. */
export function send({ datapath }: OpenDatapath, rows: readonly RowToSend[]): SendBatch {
  const batch = new SendBatch(16);
  const slots = rows.map(() => datapath.pool.take());
  for (const options of rows) {
    const row = batch.count++;
    const bytes = options.payload ?? payload;
    datapath.pool.bytes.set(bytes, slots[row] * packetSlotSize);
    batch.stream[row] = options.stream;
    batch.payloadOffset[row] = slots[row] * packetSlotSize;
    batch.payloadLength[row] = options.payloadLength ?? bytes.length;
    batch.rolloverCounter[row] = Math.floor(options.sequence / 65_536);
    batch.sequence[row] = options.sequence & 0xffff;
    batch.timestamp[row] = options.timestamp ?? 0xfedcba98;
    batch.payloadType[row] = options.payloadType ?? 111;
    batch.flags[row] = options.flags ?? 0;
    batch.originalSequence[row] = options.originalSequence ?? 0;
    batch.extensionOffset[row] = batch.extensionUsed;
    batch.extensionLength[row] = options.elements?.length ?? 0;
    batch.extensionBytes.set(options.elements ?? [], batch.extensionUsed);
    batch.extensionUsed += options.elements?.length ?? 0;
  }
  datapath.send(batch);
  for (const slot of slots) datapath.pool.release(slot);
  return batch;
}
