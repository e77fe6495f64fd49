/**
 * Why bytes are not RTCP. One bad packet spoils its whole compound.
 *
 * - `truncated`: a packet's length goes beyond the bytes, or its fields beyond its length.
 * - `bad-version`: not version 2.
 * - `bad-padding`: padding in another than the last packet, or of an impossible length.
 * - `malformed`: fields that contradict each other.
 */
export const rtcpDefects = ['truncated', 'bad-version', 'bad-padding', 'malformed'] as const;

export type RtcpDefect = (typeof rtcpDefects)[number];
