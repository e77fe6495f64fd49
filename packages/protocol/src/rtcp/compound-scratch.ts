/**
 * Where the packets of one compound are written, one behind the other, before they are copied to a buffer of their size. It is
 * filled again for each: buffers are garbage outside of V8's heap, which its collector frees one by one while media waits.
 */
let scratch = new Uint8Array(2_048);
let used = 0;

/** Begins with these bytes. */
export function beginCompound(start: Uint8Array): void {
  used = 0;
  reserve(start.length);
  scratch.set(start);
  used = start.length;
}

/** So many zero bytes behind what is there; to be filled before the next call. */
export function appendToCompound(length: number): DataView<ArrayBuffer> {
  reserve(length);
  const view = new DataView(scratch.buffer, used, length);
  scratch.fill(0, used, used + length);
  used += length;
  return view;
}

/** A copy of all of it. */
export function endCompound(): Uint8Array {
  return scratch.slice(0, used);
}

function reserve(length: number): void {
  if (used + length <= scratch.length) return;
  const larger = new Uint8Array(2 * (used + length));
  larger.set(scratch.subarray(0, used));
  scratch = larger;
}
