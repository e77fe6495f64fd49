declare const handle: unique symbol;
type Handle<Of extends string> = number & { readonly [handle]: Of };

/** One flow to a peer: our local socket or TCP connection, and its address. Index and generation in 32 bits. */
export type PathHandle = Handle<'path'>;

/** One session's SRTP keys and its present path. Index and generation in 32 bits. */
export type SessionHandle = Handle<'session'>;

/** One outgoing RTP stream: an SSRC under a session's key. Index and generation in 32 bits. */
export type StreamHandle = Handle<'stream'>;

/** In a column of sessions: none. */
export const noSession = 0xffffffff as SessionHandle;
