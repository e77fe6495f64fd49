import type { Counters, MonotonicMs } from '@rivero/core';
import type { RouterDrop } from '../drops.ts';
import type { Producer } from '../producer.ts';
import { copyPacket, emptyPacket, type ReceivedPacket } from '../receive/received-packet.ts';
import type { SpeakerDetector } from '../speakers/speaker-detector.ts';

/** A packet that another router received, in our pool. Filled again for each. */
export interface ImportedPacket extends ReceivedPacket {
  /** Of the stream there. */
  epoch: number;
  payloadType: number;
  /** Nothing came but its audio level. */
  isLevelOnly: boolean;
}

/** One to be filled. */
export function emptyImportedPacket(): ImportedPacket {
  return { ...emptyPacket(), epoch: 0, payloadType: 0, isLevelOnly: false };
}

/**
 * What happens to each packet that another router received, ordered and found to be new: level → stream → cache → queued
 * for the consumers.
 */
export class ImportPath {
  readonly #drops: Counters<RouterDrop>;
  readonly #speakers: SpeakerDetector;

  constructor(drops: Counters<RouterDrop>, speakers: SpeakerDetector) {
    this.#drops = drops;
    this.#speakers = speakers;
  }

  /** True when it is among the producer's `pending`. */
  handlePacket(producer: Producer, imported: ImportedPacket, now: MonotonicMs): boolean {
    if (imported.audioLevel !== -1 && producer.voice !== undefined)
      this.#speakers.handleLevel(producer.voice, imported.audioLevel & 0x7f, now);
    if (imported.isLevelOnly) return false;
    if (imported.epoch !== producer.importedEpoch && !this.#begin(producer, imported)) return false;
    const packet = producer.pending.add();
    copyPacket(imported, packet);
    packet.arrival = producer.packetCount;
    packet.arrivedAt = now;
    producer.sequences.advance(packet.sequence);
    producer.packetCount += 1;
    if (packet.isKeyframeStart) producer.keyframes.handleKeyframe();
    producer.cache.put(packet, now);
    return true;
  }

  /** Another stream took over there. False: it has a codec that nobody told us of. */
  #begin(producer: Producer, { epoch, payloadType }: ImportedPacket): boolean {
    const codec = producer.codecs.find((one) => one.payloadType === payloadType);
    if (codec === undefined) {
      this.#drops.count('rtp-unexpected-payload-type');
      return false;
    }
    producer.beginImported(epoch, codec);
    return true;
  }
}
