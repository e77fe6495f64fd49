import type { SrtpDefect } from './srtp-defect.ts';
import type { SrtpMasterKey } from './srtp-receiver.ts';

export class SrtpSender {
  constructor(key: SrtpMasterKey) {
    void key;
  }

  /** `plaintextLength` counts header and payload. */
  protectRtp(
    out: Uint8Array,
    headerLength: number,
    plaintextLength: number,
    rolloverCounter: number,
  ): number | SrtpDefect {
    (void out, headerLength, plaintextLength, rolloverCounter);
    return 'no-room';
  }

  protectRtcp(out: Uint8Array, plaintextLength: number): number | SrtpDefect {
    (void out, plaintextLength);
    return 'no-room';
  }
}
