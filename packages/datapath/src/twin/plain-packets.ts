import { type PlainRtp, type SealedRtp, type SrtpDefect, sealTagLength } from '@rivero/protocol/srtp';

const rtpHeaderLength = 12;
const rtcpHeaderLength = 8;

/** In the place of SRTP where a session is to have none: packets go and come as they are. */
export const plainPackets = {
  isNearlyUsedUp: false,

  /** In the clear no packet gives another one away: whichever is as long may go under a number again. */
  sealTag: new Uint8Array(sealTagLength),

  protectRtp(out: Uint8Array, _headerLength: number, plaintextLength: number): number | SrtpDefect {
    return plaintextLength > out.length ? 'no-room' : plaintextLength;
  },

  protectRtpAgain(out: Uint8Array, { plaintextLength }: PlainRtp, { length }: SealedRtp): number | SrtpDefect {
    if (plaintextLength > out.length) return 'no-room';
    return plaintextLength === length ? length : 'resend-differs';
  },

  protectRtcp(out: Uint8Array, plaintextLength: number): number | SrtpDefect {
    return plaintextLength > out.length ? 'no-room' : plaintextLength;
  },

  retireSsrc(): void {},

  unprotectRtp(packet: Uint8Array): number | SrtpDefect {
    return checked(packet, rtpHeaderLength);
  },

  unprotectRtcp(packet: Uint8Array): number | SrtpDefect {
    return checked(packet, rtcpHeaderLength);
  },
} as const;

/** Nothing of it is believed: whoever reads the packet checks the rest. */
function checked(packet: Uint8Array, headerLength: number): number | SrtpDefect {
  if (packet.length < headerLength) return 'truncated';
  return packet[0] >> 6 === 2 ? packet.length : 'malformed';
}
