export { assert, BrokenInvariant, unreachable } from './assert.ts';
export { canonicalIp } from './canonical-ip.ts';
export { CodedError, type ErrorContext } from './coded-error.ts';
export { Counters } from './counters.ts';
export { Deadlines } from './deadlines.ts';
export { isHostName } from './host-name.ts';
export { formatIp, parseIp } from './ip-bytes.ts';
export type { Machine } from './machine.ts';
export type { Metric, MetricValue } from './metric.ts';
export { noSession, type PathHandle, type SessionHandle, type StreamHandle } from './packets/handles.ts';
export { HandleTable } from './packets/handle-table.ts';
export { PacketPool, packetSlotSize } from './packets/packet-pool.ts';
export { ReceiveBatch, receivedKind } from './packets/receive-batch.ts';
export { SendBatch, sendFlag } from './packets/send-batch.ts';
export { pooledRandom } from './pooled-random.ts';
export type { PortRange } from './port-range.ts';
export { type RandomBytes, randomUint16, randomUint32 } from './random.ts';
export { sourceNetwork } from './source-network.ts';
export { type BucketSize, TokenBucket } from './token-bucket.ts';
export { Touched } from './touched.ts';
export { formatTransportAddress, isIpv6, isLoopback, type TransportAddress } from './transport-address.ts';
export {
  after,
  type BitsPerSecond,
  bitsPerSecond,
  earliest,
  earliestOf,
  elapsed,
  type Milliseconds,
  milliseconds,
  type MonotonicMs,
  monotonicMs,
  never,
  type WallClockMs,
  wallClockMs,
} from './units.ts';
