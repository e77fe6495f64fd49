/** ERROR-CODE: class and number as one, such as 401 (RFC 8489 section 14.8). */
export interface StunError {
  readonly code: number;
  readonly reason: string;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

export function parseErrorCode(value: Uint8Array): StunError | undefined {
  if (value.length < 4) return undefined;
  const code = (value[2] & 0x07) * 100 + value[3];
  if (code < 300 || code > 699 || value[3] > 99) return undefined;
  return { code, reason: decoder.decode(value.subarray(4)) };
}

export function serializeErrorCode(error: StunError): Uint8Array {
  const reason = encoder.encode(error.reason);
  const value = new Uint8Array(4 + reason.length);
  value[2] = Math.floor(error.code / 100);
  value[3] = error.code % 100;
  value.set(reason, 4);
  return value;
}
