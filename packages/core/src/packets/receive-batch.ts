/** What a received packet turned out to be. */
export const receivedKind = {
  /** Anything that SRTP does not open: STUN, DTLS, or noise; `path` says where from. */
  datagram: 0,
  /** RTP, authenticated and decrypted in place; `session` says whose. */
  rtp: 1,
  /** RTCP, authenticated and decrypted in place; `session` says whose. */
  rtcp: 2,
} as const;

/**
 * What one wake-up of the socket brought, as columns: row `i` of every array is one packet. The rows and the slots they
 * name are valid until the handler returns; who needs a packet longer retains its slot.
 */
export class ReceiveBatch {
  readonly capacity: number;
  count = 0;
  readonly kind: Uint8Array;
  readonly slot: Uint32Array;
  /** Absolute offset of the packet's first byte in the pool. */
  readonly offset: Uint32Array;
  readonly length: Uint16Array;
  /** The path it came by (see datapath). */
  readonly path: Uint32Array;
  /** Handle of the session whose keys opened it; `noSession` for datagrams. */
  readonly session: Uint32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.kind = new Uint8Array(capacity);
    this.slot = new Uint32Array(capacity);
    this.offset = new Uint32Array(capacity);
    this.length = new Uint16Array(capacity);
    this.path = new Uint32Array(capacity);
    this.session = new Uint32Array(capacity);
  }
}
