import { assert } from '@rivero/core';

/** Channel numbers that clients may bind (RFC 8656 section 12). */
export const channelMin = 0x4000;
export const channelMax = 0x4fff;

/** And the last of those that clients took before (RFC 5766 section 11), which a server takes from them. */
export const channelMaxBefore = 0x7fff;

export const channelHeaderLength = 4;

/** A view into what came. */
export interface ChannelData {
  readonly channel: number;
  readonly data: Uint8Array;
}

/** True when the first byte says ChannelData and not STUN (RFC 8656 section 12.4); above 0x4f it is from RFC 5766. */
export function isChannelData(first: number): boolean {
  return first >= 0x40 && first <= 0x7f;
}

/**
 * Reads one message; bytes behind its data are padding.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |         Channel Number        |            Length             |
 *     |                       Application Data                        |
 *
 * Source: RFC 8656 section 12.4.
 */
export function parseChannelData(bytes: Uint8Array): ChannelData | 'truncated' | 'not-channel-data' {
  if (bytes.length < channelHeaderLength) return 'truncated';
  if (!isChannelData(bytes[0])) return 'not-channel-data';
  const length = (bytes[2] << 8) | bytes[3];
  if (bytes.length < channelHeaderLength + length) return 'truncated';
  const data = bytes.subarray(channelHeaderLength, channelHeaderLength + length);
  return { channel: (bytes[0] << 8) | bytes[1], data };
}

/** Channel and length as one number: what stands before the data, the highest byte first. */
export function channelHeader(channel: number, data: Uint8Array): number {
  assert(channel >= channelMin && channel <= channelMaxBefore, 'a channel number is one that a server takes');
  assert(data.length <= 0xffff, 'the data fits its length');
  return channel * 0x10000 + data.length;
}

/**
 * `isPadded`: to a multiple of 4, as connections want it (RFC 8656 section 12.5). The bytes are of Node's pool: new ones cost
 * ten times as much.
 */
export function serializeChannelData(channel: number, data: Uint8Array, isPadded: boolean): Uint8Array {
  const length = isPadded ? (data.length + 3) & ~3 : data.length;
  const slice = Buffer.allocUnsafe(channelHeaderLength + length);
  slice.writeUInt32BE(channelHeader(channel, data), 0);
  slice.set(data, channelHeaderLength);
  slice.fill(0, channelHeaderLength + data.length);
  return new Uint8Array(slice.buffer, slice.byteOffset, slice.length);
}
