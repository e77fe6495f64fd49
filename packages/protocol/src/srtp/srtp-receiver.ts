import type { SrtpDefect } from './srtp-defect.ts';
import type { SrtpProfile } from './srtp-profile.ts';

/** The master key of one direction, as DTLS-SRTP exports it (RFC 5764 section 4.2). */
export interface SrtpMasterKey {
  readonly profile: SrtpProfile;
  readonly masterKey: Uint8Array;
  readonly masterSalt: Uint8Array;
}

export class SrtpReceiver {
  constructor(key: SrtpMasterKey) {
    void key;
  }

  unprotectRtp(packet: Uint8Array): number | SrtpDefect {
    return packet.length === 0 ? 'truncated' : 'authentication-failed';
  }

  unprotectRtcp(packet: Uint8Array): number | SrtpDefect {
    return packet.length === 0 ? 'truncated' : 'authentication-failed';
  }
}
