/** Bits of the `flags` column. */
export const sendFlag = {
  /** The RTP marker bit. */
  marker: 1,
  /** Wrap as RTX (RFC 4588): the payload is preceded by `originalSequence`. */
  rtx: 2,
  /**
   * Send again what this stream sent under this very index: the row says the packet once more, which gives the same bytes.
   * For receivers without RTX. Dropped and counted when the stream no longer knows of it, or the row says anything else.
   */
  resend: 4,
} as const;

/** Bytes for pre-encoded header extension elements of one batch. */
const extensionBytesMax = 64 * 1024;

/**
 * RTP packets to send, as columns: row `i` of every array is one descriptor. The executor builds the RTP header from
 * the stream's template and the row, seals payload and header with the stream's session key, and sends. Rows are best
 * ordered receiver by receiver. Executed synchronously by `flush`, so payloads need to live only until then.
 */
export class SendBatch {
  readonly capacity: number;
  count = 0;
  /** Stream handle (see datapath): index and generation, so a row for a closed stream is refused. */
  readonly stream: Uint32Array;
  /** Absolute offset of the RTP payload in the packet pool, and its length without padding. */
  readonly payloadOffset: Uint32Array;
  readonly payloadLength: Uint16Array;
  /** The extended sequence number: rollover counter and sequence number (RFC 3711 section 3.3.1). */
  readonly rolloverCounter: Uint32Array;
  readonly sequence: Uint16Array;
  readonly timestamp: Uint32Array;
  readonly payloadType: Uint8Array;
  /** Bits of `sendFlag`. */
  readonly flags: Uint8Array;
  /** With `sendFlag.rtx`: the sequence number that the lost packet had in the stream it was first sent on. */
  readonly originalSequence: Uint16Array;
  /** One-byte-form header extension elements (RFC 8285 section 4.2) behind the stream's own: a range of `extensionBytes`. */
  readonly extensionOffset: Uint32Array;
  readonly extensionLength: Uint8Array;
  /** Scratch for the elements; `extensionUsed` grows while rows are written and falls to 0 at `clear`. */
  readonly extensionBytes = new Uint8Array(extensionBytesMax);
  extensionUsed = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.stream = new Uint32Array(capacity);
    this.payloadOffset = new Uint32Array(capacity);
    this.payloadLength = new Uint16Array(capacity);
    this.rolloverCounter = new Uint32Array(capacity);
    this.sequence = new Uint16Array(capacity);
    this.timestamp = new Uint32Array(capacity);
    this.payloadType = new Uint8Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.originalSequence = new Uint16Array(capacity);
    this.extensionOffset = new Uint32Array(capacity);
    this.extensionLength = new Uint8Array(capacity);
  }

  /** Forgets all rows; called by whoever executed them. */
  clear(): void {
    this.count = 0;
    this.extensionUsed = 0;
  }
}
