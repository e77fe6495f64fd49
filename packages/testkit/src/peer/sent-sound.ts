import {
  audioLevelByte,
  audioLevelSilence,
  closeOneByteExtension,
  extensionElementsOffset,
  writeAudioLevel,
  writeRtpHeader,
} from '@rivero/protocol/rtp';

/** Header extension id of the audio level in our offers. */
const audioLevelId = 1;
const payloadLength = 80;

/** Of Opus, 20 ms at 48 kHz. */
const ticksPerPacket = 960;

/** Sound that the peer sends: packets of 20 ms that carry nothing but how loud they are. */
export class SentSound {
  readonly trackId: string;
  readonly ssrc: number;
  /** May change, as when the sender takes another codec. */
  payloadType: number;
  #sequence = 0;
  /** In -dBov (RFC 6464): 0 is the loudest, 127 silence. */
  level = audioLevelSilence;

  constructor(options: { readonly trackId: string; readonly ssrc: number; readonly payloadType: number }) {
    this.trackId = options.trackId;
    this.ssrc = options.ssrc;
    this.payloadType = options.payloadType;
  }

  /** The next RTP packet, its header's length and its rollover counter. */
  nextPacket(): { readonly packet: Uint8Array; readonly headerLength: number; readonly rolloverCounter: number } {
    const index = this.#sequence++;
    const { payloadType, ssrc, level } = this;
    const packet = new Uint8Array(extensionElementsOffset + 4 + payloadLength);
    const timestamp = (index * ticksPerPacket) >>> 0;
    writeRtpHeader(packet, 0, { payloadType, marker: false, sequence: index & 0xffff, timestamp, ssrc });
    const end = writeAudioLevel(packet, extensionElementsOffset, audioLevelId, audioLevelByte(level, true));
    const headerLength = closeOneByteExtension(packet, 0, end - extensionElementsOffset);
    const used = packet.subarray(0, headerLength + payloadLength);
    return { packet: used, headerLength, rolloverCounter: Math.floor(index / 65_536) };
  }
}
