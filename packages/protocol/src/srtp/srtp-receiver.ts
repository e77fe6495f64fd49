import { readUint32 } from './bytes.ts';
import { KeyUsage } from './key-usage.ts';
import { estimatePacketIndex, packetIndex, rtpIndexMax } from './packet-index.ts';
import type { SrtpDefect } from './srtp-defect.ts';
import type { SrtpMasterKey } from './srtp-master-key.ts';
import { srtpProfiles } from './srtp-profile.ts';
import { rtcpWindowBlocks, rtpWindowBlocks, SrtpStreams } from './srtp-streams.ts';
import { openSrtpTransform, type RtpPosition, type SrtpTransform } from './srtp-transform.ts';

const rtpFixedHeaderLength = 12;
const rtcpHeaderLength = 8;
const rtcpIndexLength = 4;

/**
 * Opens what one peer sends under one master key: any number of SSRCs up to `srtpStreamsMax`, each with its rollover
 * counter and replay window. Nothing in it changes before a packet is authenticated.
 */
export class SrtpReceiver {
  readonly #transform: SrtpTransform;
  readonly #usage: KeyUsage;
  readonly #rtpTagLength: number;
  readonly #rtcpTagLength: number;
  readonly #rtpStreams = new SrtpStreams(rtpWindowBlocks);
  readonly #rtcpStreams = new SrtpStreams(rtcpWindowBlocks);
  readonly #position: RtpPosition = { ssrc: 0, sequence: 0, rolloverCounter: 0 };
  /** The highest index of each SSRC under the key before this one. */
  readonly #before: ReadonlyMap<number, number>;

  /** `before` opened what the peer sent under another key: rollover counters go on (RFC 3711 section 3.3.1). */
  constructor(key: SrtpMasterKey, before?: SrtpReceiver) {
    this.#before = before === undefined ? new Map() : before.#rtpStreams.highest();
    this.#transform = openSrtpTransform(key);
    this.#usage = new KeyUsage(key);
    this.#rtpTagLength = srtpProfiles[key.profile].rtpTagLength;
    this.#rtcpTagLength = srtpProfiles[key.profile].rtcpTagLength;
  }

  /** The key should be replaced: it is good for few more packets (RFC 3711 section 9.2). */
  get isNearlyUsedUp(): boolean {
    return this.#usage.isNearlyUsedUp;
  }

  /**
   * Authenticates the SRTP packet and decrypts it in place; answers the length of header and payload. What is not
   * authentic is left as it was (RFC 3711 section 3.3).
   */
  unprotectRtp(packet: Uint8Array): number | SrtpDefect {
    const headerLength = rtpHeaderLength(packet, packet.length - this.#rtpTagLength);
    if (typeof headerLength === 'string') return headerLength;
    const ssrc = readUint32(packet, 8);
    const sequence = (packet[2] << 8) | packet[3];
    const window = this.#rtpStreams.get(ssrc);
    if (window === undefined && this.#rtpStreams.isFull) return 'too-many-streams';
    const index = estimatePacketIndex(window?.highest ?? -1, sequence);
    if (index > rtpIndexMax || this.#usage.isUsedUp) return 'index-exhausted';
    if (index < 0 || window?.isNew(index) === false) return 'replayed';

    const position = this.#position;
    position.ssrc = ssrc;
    position.sequence = sequence;
    position.rolloverCounter = Math.floor(index / 0x10000);
    const isOpened = window === undefined ? this.#openFirst(packet, headerLength) : this.#open(packet, headerLength);
    if (!isOpened) return 'authentication-failed';
    (window ?? this.#rtpStreams.open(ssrc)).add(packetIndex(position.rolloverCounter, sequence));
    this.#usage.countRtp();
    return packet.length - this.#rtpTagLength;
  }

  #open(packet: Uint8Array, headerLength: number): boolean {
    return this.#transform.openRtp(packet, headerLength, this.#position);
  }

  /** Of an SSRC under this key: in the cycle after the key before, or in cycle 0, as many begin anew with each key. */
  #openFirst(packet: Uint8Array, headerLength: number): boolean {
    const position = this.#position;
    const index = estimatePacketIndex(this.#before.get(position.ssrc | 0) ?? -1, position.sequence);
    position.rolloverCounter = index < 0 || index > rtpIndexMax ? 0 : Math.floor(index / 0x10000);
    if (this.#open(packet, headerLength)) return true;
    if (position.rolloverCounter === 0) return false;
    position.rolloverCounter = 0;
    return this.#open(packet, headerLength);
  }

  /**
   * Authenticates the SRTCP packet and decrypts it in place; answers the length of the RTCP compound. What is not
   * authentic is left as it was (RFC 3711 section 3.4).
   */
  unprotectRtcp(packet: Uint8Array): number | SrtpDefect {
    const length = packet.length - this.#rtcpTagLength - rtcpIndexLength;
    if (length < rtcpHeaderLength) return 'truncated';
    if (packet[0] >> 6 !== 2) return 'malformed';
    const ssrc = readUint32(packet, 4);
    const index = readUint32(packet, this.#transform.rtcpIndexOffset(packet.length)) & 0x7fffffff;
    const window = this.#rtcpStreams.get(ssrc);
    if (window === undefined && this.#rtcpStreams.isFull) return 'too-many-streams';
    if (this.#usage.isUsedUp) return 'index-exhausted';
    if (window?.isNew(index) === false) return 'replayed';
    if (!this.#transform.openRtcp(packet, ssrc)) return 'authentication-failed';
    (window ?? this.#rtcpStreams.open(ssrc)).add(index);
    this.#usage.countRtcp();
    return length;
  }
}

/** Bytes of header, CSRCs and header extension of an RTP packet that has `length` bytes before its tag. */
function rtpHeaderLength(bytes: Uint8Array, length: number): number | SrtpDefect {
  if (length < rtpFixedHeaderLength) return 'truncated';
  if (bytes[0] >> 6 !== 2) return 'malformed';
  let end = rtpFixedHeaderLength + (bytes[0] & 0x0f) * 4;
  if ((bytes[0] & 0x10) !== 0) {
    if (end + 4 > length) return 'truncated';
    end += 4 + ((bytes[end + 2] << 8) | bytes[end + 3]) * 4;
  }
  return end > length ? 'truncated' : end;
}
