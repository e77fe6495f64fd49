import type { TransportAddress } from '@rivero/core';
import {
  emptyRtpHeader,
  parseRtpHeader,
  type RtpHeader,
  type RtpHeaderFields,
  writeRtpHeader,
} from '@rivero/protocol/rtp';
import { SrtpReceiver, SrtpSender } from '@rivero/protocol/srtp';
import type { SessionKeys } from '../src/index.ts';

/** The other end of a session: seals what the datapath receives, opens what it sends. */
export class RemotePeer {
  readonly address: TransportAddress;
  readonly #sender: SrtpSender;
  readonly #receiver: SrtpReceiver;

  /** `rtcpSealed`: packets of RTCP that it has sealed before. */
  constructor(address: TransportAddress, keys: SessionKeys, rtcpSealed = 0) {
    this.address = address;
    const { profile } = keys;
    this.#sender = new SrtpSender({ profile, masterKey: keys.localKey, masterSalt: keys.localSalt, rtcpSealed });
    this.#receiver = new SrtpReceiver({ profile, masterKey: keys.remoteKey, masterSalt: keys.remoteSalt });
  }

  sealRtp(fields: Partial<RtpHeaderFields>, payload: Uint8Array): Uint8Array {
    const out = new Uint8Array(12 + payload.length + 16);
    writeRtpHeader(out, 0, { payloadType: 96, marker: false, sequence: 1, timestamp: 0, ssrc: 7, ...fields });
    out.set(payload, 12);
    return out.subarray(0, expectLength(this.#sender.protectRtp(out, 12, 12 + payload.length, 0)));
  }

  sealRtcp(compound: Uint8Array): Uint8Array {
    const out = new Uint8Array(compound.length + 32);
    out.set(compound);
    return out.subarray(0, expectLength(this.#sender.protectRtcp(out, compound.length)));
  }

  openRtp(sealed: Uint8Array): {
    readonly header: RtpHeader;
    readonly bytes: Uint8Array;
    readonly payload: Uint8Array;
  } {
    const bytes = sealed.slice();
    const length = expectLength(this.#receiver.unprotectRtp(bytes));
    const header = emptyRtpHeader();
    const defect = parseRtpHeader(bytes, 0, length, header);
    if (defect !== undefined) throw new Error(defect);
    const { payloadOffset, payloadLength } = header;
    return { header, bytes, payload: bytes.subarray(payloadOffset, payloadOffset + payloadLength) };
  }

  openRtcp(sealed: Uint8Array): Uint8Array {
    const bytes = sealed.slice();
    return bytes.subarray(0, expectLength(this.#receiver.unprotectRtcp(bytes)));
  }
}

function expectLength(length: number | string): number {
  if (typeof length === 'string') throw new Error(length);
  return length;
}
