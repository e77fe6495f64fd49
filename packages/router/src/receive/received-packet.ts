import { type MonotonicMs, monotonicMs } from '@rivero/core';

/** One packet of a producer, as consumers need it. Filled again for every packet. */
export interface ReceivedPacket {
  /** Extended sequence number in the producer's stream. */
  sequence: number;
  /** How many packets the producer had received before. */
  arrival: number;
  slot: number;
  /** Absolute in the pool. */
  payloadOffset: number;
  payloadLength: number;
  timestamp: number;
  marker: boolean;
  /** RFC 6464, level and voice bit as on the wire; -1: none. */
  audioLevel: number;
  /** 3GPP TS 26.114, as on the wire; -1: none. */
  videoOrientation: number;
  isKeyframeStart: boolean;
  arrivedAt: MonotonicMs;
}

/** One to be filled. */
export function emptyPacket(): ReceivedPacket {
  return {
    sequence: 0,
    arrival: 0,
    slot: 0,
    payloadOffset: 0,
    payloadLength: 0,
    timestamp: 0,
    marker: false,
    audioLevel: -1,
    videoOrientation: -1,
    isKeyframeStart: false,
    arrivedAt: monotonicMs(0),
  };
}

export function copyPacket(from: ReceivedPacket, into: ReceivedPacket): void {
  into.sequence = from.sequence;
  into.arrival = from.arrival;
  into.slot = from.slot;
  into.payloadOffset = from.payloadOffset;
  into.payloadLength = from.payloadLength;
  into.timestamp = from.timestamp;
  into.marker = from.marker;
  into.audioLevel = from.audioLevel;
  into.videoOrientation = from.videoOrientation;
  into.isKeyframeStart = from.isKeyframeStart;
  into.arrivedAt = from.arrivedAt;
}
