import type { SrtpMasterKey } from './srtp-master-key.ts';

/** Packets that one master key may protect (RFC 3711 section 9.2). */
const rtpPacketsMax = 2 ** 48;
const rtcpPacketsMax = 2 ** 31;

/** So many packets before the end of its life a key is nearly used up: a second or more of the fastest stream. */
const marginMax = 65_536;

/** With a short life, the last eighth of it. */
const marginFraction = 8;

/** How much of a master key's life is over. RTP and RTCP count apart; the key ends with the first of the two. */
export class KeyUsage {
  #rtpLeft: number;
  #rtcpLeft: number;
  readonly #rtpMargin: number;
  readonly #rtcpMargin: number;

  constructor({ lifetime = rtpPacketsMax, rtcpSealed = 0 }: SrtpMasterKey) {
    this.#rtpLeft = Math.min(lifetime, rtpPacketsMax);
    this.#rtcpLeft = Math.min(lifetime, rtcpPacketsMax);
    this.#rtpMargin = marginOf(this.#rtpLeft);
    this.#rtcpMargin = marginOf(this.#rtcpLeft);
    this.#rtcpLeft -= rtcpSealed;
  }

  /** It is time for another key. */
  get isNearlyUsedUp(): boolean {
    return this.#rtpLeft <= this.#rtpMargin || this.#rtcpLeft <= this.#rtcpMargin;
  }

  get isUsedUp(): boolean {
    return this.#rtpLeft <= 0 || this.#rtcpLeft <= 0;
  }

  countRtp(): void {
    this.#rtpLeft -= 1;
  }

  countRtcp(): void {
    this.#rtcpLeft -= 1;
  }
}

function marginOf(packets: number): number {
  return Math.min(marginMax, Math.floor(packets / marginFraction));
}
