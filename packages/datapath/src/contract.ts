import type {
  PacketPool,
  PathHandle,
  ReceiveBatch,
  SendBatch,
  SessionHandle,
  StreamHandle,
  TransportAddress,
} from '@rivero/core';
import type { SrtpProfile } from '@rivero/protocol/srtp';

/** SRTP master keys of both directions (RFC 5764 section 4.2, RFC 4568 section 6.1); local is what we send with. */
export interface SessionKeys {
  readonly profile: SrtpProfile;
  readonly localKey: Uint8Array;
  readonly localSalt: Uint8Array;
  readonly remoteKey: Uint8Array;
  readonly remoteSalt: Uint8Array;
  /** Packets that the remote key is good for; left out: as many as SRTP allows. */
  readonly remoteLifetime?: number;
}

export interface StreamOptions {
  readonly session: SessionHandle;
  readonly ssrc: number;
  /** One-byte-form header extension elements that every packet carries, such as MID (RFC 8285 section 4.2). */
  readonly extensionElements: Uint8Array;
  /**
   * Of so many last packets the tags are kept, so that `sendFlag.resend` sends the very same again and nothing else; about
   * 30 bytes each. 0 where RTX repairs.
   */
  readonly resendMax: number;
}

/** `control` is what keeps a session alive and adapts it: STUN, DTLS and RTCP. It waits where media is dropped already. */
export type Traffic = 'media' | 'control';

/** A bound datagram socket. Sends are tried at once; what the socket cannot take is lost. */
export interface DatagramPort {
  readonly local: TransportAddress;
  /** True when the socket still holds `bytes` to send them later: then they are its own and are not written again. */
  send(bytes: Uint8Array, length: number, remote: TransportAddress, traffic: Traffic): boolean;
  /** So much waits to be sent that a packet of this traffic had better be dropped. */
  isCongested(traffic: Traffic): boolean;
}

/** Two sockets of one session alone: RTP on an even port, RTCP on the next one (RFC 3550 section 11). */
export interface PortPair {
  readonly rtp: DatagramPort;
  readonly rtcp: DatagramPort;
}

/**
 * What a session on ports of its own does to its packets. `none`: plain RTP, as the caller asks for in so many words;
 * sessions on shared sockets always have keys.
 */
export type PortProtection = { readonly type: 'srtp'; readonly keys: SessionKeys } | { readonly type: 'none' };

/** What the other side of a port pair sends with. */
export interface RemoteKey {
  readonly profile: SrtpProfile;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  readonly lifetime?: number;
}

/** Where the other side of a port pair says that it receives. What cannot be sent to is taken as not said. */
export interface PortRemote {
  readonly rtp: TransportAddress | undefined;
  readonly rtcp: TransportAddress | undefined;
  /** RTCP goes the way of RTP (RFC 5761). */
  readonly rtcpMux: boolean;
}

export interface PortSessionOptions {
  readonly ports: PortPair;
  readonly protection: PortProtection;
  readonly remote: PortRemote;
}

/** A flow with a connection of its own: TCP with framing, or a datagram socket for one address alone. */
export interface StreamPath {
  /** Left out: `tcp`. */
  readonly protocol?: 'udp' | 'tcp';
  readonly local: TransportAddress;
  readonly remote: TransportAddress;
  /** Sends one packet; copies what it keeps. */
  write(packet: Uint8Array): void;
  /** So much waits to be sent that a packet of this traffic had better be dropped. */
  isCongested(traffic: Traffic): boolean;
  /** The path is closed. */
  close?(): void;
}

/** Both ends of a path. */
export interface PathEnds {
  /** Of the connection, or of the socket. */
  readonly local: TransportAddress;
  readonly remote: TransportAddress;
  readonly protocol: 'udp' | 'tcp';
}

/** Bytes of packets as they were on the wire, without the headers of UDP, TCP and IP. */
export interface TrafficCount {
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/**
 * What was dropped, and why; and what went through. `sent` counts also what the system refused afterwards; of that,
 * `send-failed` counts STUN, DTLS and RTCP, because to ask after each packet of media would cost it 5 %. `unsegmented`: packets
 * that the native datapath sent one by one, as the kernel would not make them of one message. Of what should be sent again,
 * `send-nothing-to-resend` counts packets that were never sent, or too long ago; `send-resend-differs` others than the one that was
 * sent under their number.
 */
export const datapathCounters = [
  'received',
  'sent',
  'resent',
  'bytes-received',
  'bytes-sent',
  'unsegmented',
  'receive-empty',
  'receive-too-long',
  'receive-from-port-0',
  'receive-unknown-kind',
  'receive-pool-empty',
  'receive-paths-full',
  'receive-unknown-path',
  'receive-unbound-path',
  'receive-other-source',
  'receive-truncated',
  'receive-malformed',
  'receive-replayed',
  'receive-authentication-failed',
  'receive-too-many-streams',
  'receive-index-exhausted',
  'send-stale-stream',
  'send-stale-session',
  'send-no-path',
  'send-congested',
  'send-failed',
  'send-too-long',
  'send-index-reused',
  'send-index-exhausted',
  'send-too-many-streams',
  'send-nothing-to-resend',
  'send-resend-differs',
] as const;

export type DatapathCounter = (typeof datapathCounters)[number];

/** The flows of a datapath. Those of datagram sockets open with the first STUN message, too. */
export interface DatapathPaths {
  /** A flow over a connection; `undefined` when there are too many. */
  openStream(stream: StreamPath): PathHandle | undefined;
  /**
   * The path to an address that we speak to first; the one that is there, if there is one. The local socket is chosen by
   * family and reachability. It counts as a stranger's until it is pinned or bound. `undefined` when no socket reaches the address,
   * nothing should be sent there (no IP address, port 0, link-local, multicast), or there are too many.
   */
  openDatagram(remote: TransportAddress): PathHandle | undefined;
  /**
   * Another path to the same address, by a socket of its own: for when the shared one is another session's. It is there until
   * {@link close}. `undefined` when no shared socket reaches the address and none of them has it, nothing should be sent
   * there, or there are too many such sockets.
   */
  openConnected(remote: TransportAddress): PathHandle | undefined;
  remote(path: PathHandle): TransportAddress | undefined;
  ends(path: PathHandle): PathEnds | undefined;
  close(path: PathHandle): void;
  /** Keeps the path when room is needed for new ones, as binding does: ICE has shown that it is a peer's. */
  pin(path: PathHandle): void;
  unpin(path: PathHandle): void;
}

/**
 * The muscle of one media worker: it opens what arrives and seals what leaves, in batches over shared buffers. Rows of
 * typed arrays go in and out, one call a batch, no object a packet; so a native implementation can stand in for the
 * twin. All calls are synchronous and come from the worker's one thread. Refused rows are counted, never thrown.
 *
 * Handles carry a generation: one of something closed does nothing.
 */
export interface Datapath {
  readonly pool: PacketPool;
  readonly paths: DatapathPaths;

  /** Who is given each batch of received packets; rows and unretained slots are gone when it returns. */
  onBatch(handler: (batch: ReceiveBatch) => void): void;

  /** A packet that came over a connection. */
  receiveOnPath(path: PathHandle, packet: Uint8Array): void;
  /** SRTP that comes by this path belongs to the session; ICE has shown that the path is the peer's. */
  bindPath(path: PathHandle, session: SessionHandle): void;
  /** Does nothing when the path is another session's by now. */
  unbindPath(path: PathHandle, session: SessionHandle): void;

  /** `undefined` when there are too many. */
  openSession(keys: SessionKeys, path: PathHandle | undefined): SessionHandle | undefined;
  /** What is sent to the session goes there from now on; `undefined`: nothing is sent, each row counts `send-no-path`. */
  setSessionPath(session: SessionHandle, path: PathHandle | undefined): void;
  /**
   * A session on two ports of its own, for peers without ICE; `undefined` when there are too many. Whoever sends to a
   * port first is its source, with keys once a packet of it was authentic; packets of others count `receive-other-source` until
   * it was silent for 5 s, or 1 s where the host is the same. Packets go to the named address, or to a source of another IP address (symmetric
   * RTP, RFC 4961), which also is the one where none was named; without keys, to a global address that was named whoever is heard,
   * and RTCP then comes only from there and from where RTP comes from. The ports are the caller's to close.
   */
  openPortSession(options: PortSessionOptions): SessionHandle | undefined;
  /** The other side named other addresses. Who was heard is forgotten. */
  setPortRemote(session: SessionHandle, remote: PortRemote): void;
  /** The other side sends with another key; ours stays, so that no index is sealed twice under it. Not for plain sessions. */
  setRemoteKey(session: SessionHandle, key: RemoteKey): void;
  /** A session whose key is nearly used up (RFC 3711 section 9.2), each once. */
  pollKeyLimit(): SessionHandle | undefined;
  /** SRTP and SRTCP that was sent, and that came and was authentic. */
  sessionTraffic(session: SessionHandle): TrafficCount | undefined;
  /** Closes its streams and unbinds its paths too. */
  closeSession(session: SessionHandle): void;

  /** `undefined` when there are too many, or the session is closed. */
  openStream(options: StreamOptions): StreamHandle | undefined;
  /** With the last stream of an SSRC that sent, the session has done with this SSRC: another stream of it sends nothing. */
  closeStream(stream: StreamHandle): void;

  /** Executes all rows and clears the batch. */
  send(batch: SendBatch): void;
  /** Sends bytes as they are: STUN and DTLS. */
  sendDatagram(path: PathHandle, bytes: Uint8Array): void;
  /** Seals and sends a compound. */
  sendRtcp(session: SessionHandle, compound: Uint8Array): void;

  counters(): Readonly<Record<DatapathCounter, number>>;
}
