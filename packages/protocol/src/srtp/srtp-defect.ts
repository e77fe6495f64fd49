/**
 * Why a packet was neither opened nor sealed; the names of the counters too.
 *
 * - `truncated`: shorter than its headers and tag.
 * - `malformed`: not RTP or RTCP of version 2.
 * - `replayed`: seen before, or older than the replay window (RFC 3711 section 3.3.2).
 * - `authentication-failed`: the tag is wrong.
 * - `too-many-streams`: of a new SSRC beyond `srtpStreamsMax`.
 * - `index-reused`: to be sealed under an index that this SSRC used before, or that is older than the window, or of a
 *   retired SSRC.
 * - `resend-differs`: to be sealed once more under the index of another packet, or of this one with a change.
 * - `index-exhausted`: the key has sealed or opened all that it may (RFC 3711 section 9.2).
 * - `no-room`: the buffer has no room for the tag.
 */
export const srtpDefects = [
  'truncated',
  'malformed',
  'replayed',
  'authentication-failed',
  'too-many-streams',
  'index-reused',
  'resend-differs',
  'index-exhausted',
  'no-room',
] as const;

export type SrtpDefect = (typeof srtpDefects)[number];
