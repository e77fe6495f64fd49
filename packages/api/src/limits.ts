/** Longest name of a participant, in UTF-16 units. */
export const nameLengthMax = 64;
export const roomIdLengthMax = 64;
export const trackIdLengthMax = 64;
export const midLengthMax = 32;
export const resumeTokenLengthMax = 128;
/**
 * Longest offer, in UTF-16 units; SDP is ASCII, but for names nobody needs. Chromium 156 offers 147,000 in a room of 25
 * with camera and microphone each.
 */
export const offerLengthMax = 256 * 1024;
/** Tracks that one participant publishes: camera, microphone, and a screen with its sound. */
export const tracksMax = 4;
/** Receive sections of one kind that are asked for at once. */
export const sectionsNeededMax = 1_000;
/** Largest signaling message, in bytes: the longest offer, escaped as JSON, and its tracks. */
export const messageBytesMax = 512 * 1024;
export const participantIdLengthMax = 64;
export const hostTokenLengthMax = 128;
/** Longest chat message, in UTF-16 units. */
export const chatLengthMax = 2_000;
/** Chat messages that a room keeps for those who come later. */
export const chatHistoryMax = 100;
/** What these have together at most, in UTF-16 units: everybody who enters is sent all of it. */
export const chatHistoryLengthMax = 50_000;
/** Longest ICE candidate, in UTF-16 units. */
export const candidateLengthMax = 1_024;
/** Participants whose streams one message of the group protocol asks for: more than a room can have. */
export const groupSessionsMax = 1_000;
/** Longest message with a shared cursor, in UTF-16 units: each is sent to everybody. */
export const groupCursorLengthMax = 1_024;
