import { assert } from '@rivero/core';
import { areEqual, readUint32 } from './bytes.ts';
import { KeyUsage } from './key-usage.ts';
import { packetIndex, rtcpIndexMax } from './packet-index.ts';
import type { SrtpDefect } from './srtp-defect.ts';
import type { SrtpMasterKey } from './srtp-master-key.ts';
import { srtpProfiles } from './srtp-profile.ts';
import { rtpWindowBlocks, SrtpStreams } from './srtp-streams.ts';
import {
  openSrtpTransform,
  type RtpPosition,
  type SealTag,
  sealTagLength,
  type SrtpTransform,
} from './srtp-transform.ts';

const rtpFixedHeaderLength = 12;
const rtcpHeaderLength = 8;
const rtcpIndexLength = 4;
const rolloverCounterMax = 0xffffffff;

/** An RTP packet before it is sealed: header and payload together have `plaintextLength` bytes. */
export interface PlainRtp {
  readonly headerLength: number;
  readonly plaintextLength: number;
  readonly rolloverCounter: number;
}

/** What is kept of a packet that was sealed, to know the same one again; the length is that of the whole. */
export interface SealedRtp {
  readonly length: number;
  readonly tag: SealTag;
}

/**
 * Seals what we send to one peer under one master key. The caller says each RTP packet's index (rollover counter, and
 * the sequence number in the header); no two packets are ever sealed under one (SSRC, index), because that would give away the
 * keystream and, with GCM, the authentication key.
 */
export class SrtpSender {
  readonly #transform: SrtpTransform;
  readonly #usage: KeyUsage;
  readonly #rtpTagLength: number;
  readonly #rtcpTagLength: number;
  readonly #streams = new SrtpStreams(rtpWindowBlocks);
  readonly #position: RtpPosition = { ssrc: 0, sequence: 0, rolloverCounter: 0 };
  /** One count for all SSRCs: a receiver sees gaps in an SSRC's index, which RFC 3711 section 3.4 lets it bear. */
  #nextRtcpIndex: number;
  #sealTag: SealTag = new Uint8Array(sealTagLength);

  constructor(key: SrtpMasterKey) {
    this.#transform = openSrtpTransform(key);
    this.#usage = new KeyUsage(key);
    this.#nextRtcpIndex = key.rtcpSealed ?? 0;
    this.#rtpTagLength = srtpProfiles[key.profile].rtpTagLength;
    this.#rtcpTagLength = srtpProfiles[key.profile].rtcpTagLength;
  }

  /** The key should be replaced: it is good for few more packets (RFC 3711 section 9.2). */
  get isNearlyUsedUp(): boolean {
    return this.#usage.isNearlyUsedUp;
  }

  /** Of the packet that {@link protectRtp} sealed last; a view, valid until the next call. */
  get sealTag(): SealTag {
    return this.#sealTag;
  }

  /**
   * Encrypts in place the RTP packet at the beginning of `out`, of which `plaintextLength` bytes (header and payload
   * together) are written and the first `headerLength` stay in the clear, and writes the tag behind it. Answers the
   * length of the whole (RFC 3711 section 3.3).
   */
  protectRtp(
    out: Uint8Array,
    headerLength: number,
    plaintextLength: number,
    rolloverCounter: number,
  ): number | SrtpDefect {
    assert(
      headerLength >= rtpFixedHeaderLength && headerLength <= plaintextLength,
      'an RTP packet begins with its header',
    );
    const length = plaintextLength + this.#rtpTagLength;
    if (length > out.length) return 'no-room';
    if (rolloverCounter > rolloverCounterMax || this.#usage.isUsedUp) return 'index-exhausted';
    const ssrc = readUint32(out, 8);
    const sequence = (out[2] << 8) | out[3];
    const index = packetIndex(rolloverCounter, sequence);
    let window = this.#streams.get(ssrc);
    if (window === undefined) {
      if (this.#streams.isRetired(ssrc)) return 'index-reused';
      if (this.#streams.isFull) return 'too-many-streams';
      window = this.#streams.open(ssrc);
    } else if (!window.isNew(index)) {
      return 'index-reused';
    }
    window.add(index);
    this.#usage.countRtp();
    this.#sealTag = this.#sealRtp(out, headerLength, plaintextLength, rolloverCounter);
    return length;
  }

  /**
   * Seals a packet once more that was sealed before, into the very bytes that were sent: `sealed` is what was kept of it.
   * Any other packet is refused as `resend-differs`, and nothing that was sealed is left in `out`. The same bytes tell nobody anything
   * new: so the index's window is not asked, and the key is not used any more by it (RFC 3711 sections 9.1 and 9.2).
   */
  protectRtpAgain(
    out: Uint8Array,
    { headerLength, plaintextLength, rolloverCounter }: PlainRtp,
    sealed: SealedRtp,
  ): number | SrtpDefect {
    const length = plaintextLength + this.#rtpTagLength;
    if (length > out.length) return 'no-room';
    if (length !== sealed.length) return 'resend-differs';
    const tag = this.#sealRtp(out, headerLength, plaintextLength, rolloverCounter);
    if (areEqual(tag, sealed.tag, 0, sealTagLength)) return length;
    out.fill(0, 0, length);
    return 'resend-differs';
  }

  /** No RTP of this SSRC is sealed from now on, whatever its index: that makes room for another one. */
  retireSsrc(ssrc: number): void {
    this.#streams.retire(ssrc);
  }

  /**
   * Encrypts in place the RTCP compound of `plaintextLength` bytes at the beginning of `out` and writes index and tag
   * behind it. Answers the length of the whole (RFC 3711 section 3.4).
   */
  protectRtcp(out: Uint8Array, plaintextLength: number): number | SrtpDefect {
    assert(plaintextLength >= rtcpHeaderLength, 'an RTCP packet has a header and an SSRC');
    const length = plaintextLength + this.#rtcpTagLength + rtcpIndexLength;
    if (length > out.length) return 'no-room';
    if (this.#nextRtcpIndex > rtcpIndexMax || this.#usage.isUsedUp) return 'index-exhausted';
    const index = this.#nextRtcpIndex;
    this.#nextRtcpIndex += 1;
    this.#usage.countRtcp();
    this.#transform.sealRtcp(out, plaintextLength, readUint32(out, 4), index);
    return length;
  }

  #sealRtp(out: Uint8Array, headerLength: number, plaintextLength: number, rolloverCounter: number): SealTag {
    const position = this.#position;
    position.ssrc = readUint32(out, 8);
    position.sequence = (out[2] << 8) | out[3];
    position.rolloverCounter = rolloverCounter;
    return this.#transform.sealRtp(out, headerLength, plaintextLength, position);
  }
}
