import type { SrtpDefect } from '@rivero/protocol/srtp';

const rtpHeaderLength = 12;
const rtcpHeaderLength = 8;

/** In the place of SRTP where a session is to have none: packets go and come as they are. */
export const plainPackets = {
  isNearlyUsedUp: false,

  protectRtp(out: Uint8Array, _headerLength: number, plaintextLength: number): number | SrtpDefect {
    return plaintextLength > out.length ? 'no-room' : plaintextLength;
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
