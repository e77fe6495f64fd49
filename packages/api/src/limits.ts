/** Longest name of a participant, in characters. */
export const nameLengthMax = 64;
export const roomIdLengthMax = 64;
export const offerLengthMax = 256 * 1024;
/** Tracks that one participant publishes. */
export const tracksMax = 16;
/** Largest signaling message, in bytes. */
export const messageBytesMax = 512 * 1024;
