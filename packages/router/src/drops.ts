/** Why the router dropped a packet or a message; all but the first few are a peer's mistakes. */
export const routerDrops = [
  'rtp-truncated',
  'rtp-bad-version',
  'rtp-bad-padding',
  'rtp-empty-rtx',
  'rtp-unknown-session',
  'rtp-unknown-ssrc',
  'rtp-own-ssrc',
  'rtp-unexpected-payload-type',
  'rtp-duplicate',
  'rtp-too-old',
  'rtp-jump',
  'rtp-codec-changes',
  'forward-codec-differs',
  'rtcp-unknown-session',
  'rtcp-malformed',
  'nack-unknown-stream',
  'nack-too-old',
  'nack-limited',
] as const;

export type RouterDrop = (typeof routerDrops)[number];
