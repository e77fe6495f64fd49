import type { BitsPerSecond, Milliseconds } from '@rivero/core';
import type { MediaKind } from './contract.ts';

/** Which way media of one kind may go, as seen from the endpoint (RFC 8866 section 6.7). */
export type EndpointDirection = 'sendrecv' | 'sendonly' | 'recvonly';

/** SDES crypto suites (RFC 4568 section 6.2, RFC 6188 section 4). */
export type CryptoSuite =
  | 'AES_CM_128_HMAC_SHA1_80'
  | 'AES_CM_128_HMAC_SHA1_32'
  | 'AES_256_CM_HMAC_SHA1_80'
  | 'AES_256_CM_HMAC_SHA1_32';

/** One association of the classic kind: at most one section of sound and one of pictures, whose sources change at any time. */
export type EndpointOptions =
  | {
      /** ICE and DTLS-SRTP. */
      readonly type: 'webrtc';
      /** The names of the tracks that it publishes, when the remote side sends them. */
      readonly trackIds: Readonly<Record<MediaKind, string>>;
      readonly direction: EndpointDirection;
      /** Key of the DTLS certificate: of the configured one of that kind, or of our own. */
      readonly certificate: 'rsa' | 'ecdsa';
    }
  | {
      /** Plain RTP, or SRTP with keys in the SDP (RFC 4568); a port pair for each section. */
      readonly type: 'rtp';
      readonly trackIds: Readonly<Record<MediaKind, string>>;
      readonly ip: 'ipv4' | 'ipv6';
      /** Left out: not encrypted. `key`: master key and salt that we send with; left out: made. */
      readonly crypto?: { readonly suite: CryptoSuite; readonly key?: Uint8Array };
    };

/** A server by its name or IP address. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** A TURN server (RFC 8656) and who we are there. */
export interface TurnServer extends ServerAddress {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly username: string;
  readonly password: string;
}

/** What can be set at any time. What concerns the SDP and the candidates is read when they are made. */
export interface EndpointSettings {
  /** Only of these network interfaces candidates are told; empty: all. */
  readonly networkInterfaces: readonly string[];
  /** False: no TCP candidates. */
  readonly iceTcp: boolean;
  /** They take the place of the local addresses of their family in all candidates. */
  readonly externalIpv4?: string;
  readonly externalIpv6?: string;
  /** Asked for the address that a NAT gives our media socket; left out: the TURN server, if it is reached by UDP. */
  readonly stunServer?: ServerAddress;
  /** Relays for peers that cannot reach us. */
  readonly turnServer?: TurnServer;
  /** What the remote side is told to send at most (b=AS and b=TIAS, and REMB for video). 0: no limit. */
  readonly audioReceiveMax: BitsPerSecond;
  readonly videoReceiveMax: BitsPerSecond;
  /** A REMB of ours never asks for less. */
  readonly videoReceiveMin: BitsPerSecond;
  /** What we send at most and, as long as the remote side says no less, at least. 0: no limit. */
  readonly videoSendMax: BitsPerSecond;
  readonly videoSendMin: BitsPerSecond;
}

/** A candidate of ours (RFC 8839): the line begins with `candidate:`. */
export interface EndpointCandidate {
  readonly candidate: string;
  readonly mid: string;
  readonly sectionIndex: number;
}

export type EndpointIceState = 'gathering' | 'connecting' | 'connected' | 'ready' | 'disconnected' | 'failed';

export type EndpointDtlsState = 'new' | 'connecting' | 'connected' | 'failed' | 'closed';

/** What happens at an endpoint by itself. */
export type EndpointChange =
  | { readonly type: 'ice-state'; readonly state: EndpointIceState }
  | { readonly type: 'dtls-state'; readonly state: EndpointDtlsState }
  /** Candidate lines, each beginning with `candidate:`. */
  | { readonly type: 'pair-selected'; readonly local: string; readonly remote: string }
  /** The source of this kind cannot be sent: the remote side takes none of its codecs. Told once for each source. */
  | {
      readonly type: 'codecs-differ';
      readonly kind: MediaKind;
      readonly trackId: string;
      readonly sourceCodec: string;
      readonly sinkCodecs: readonly string[];
    }
  /** The TURN server relays nothing, or nothing any more: a code of docs/errors.md, and what to do. */
  | { readonly type: 'relay-failed'; readonly code: string; readonly message: string }
  /** The SRTP master key of this kind is nearly used up (RFC 3711 section 9.2): negotiate again. */
  | { readonly type: 'key-soft-limit'; readonly kind: MediaKind };

/** A stream that an endpoint receives (by RTP) now. */
export interface ReceivedStreamStatistics {
  readonly kind: MediaKind;
  readonly trackId: string;
  readonly ssrc: number | undefined;
  readonly codec: string;
  readonly payloadType: number;
  readonly clockRate: number;
  readonly packets: number;
  readonly bytes: number;
  readonly bitrate: BitsPerSecond;
  readonly packetsLost: number;
  /** Of the last report interval, 0 to 1. */
  readonly fractionLost: number;
  readonly jitterMs: number;
  /** Requests that we sent. */
  readonly nackCount: number;
  readonly pliCount: number;
  readonly firCount: number;
  /** The last REMB that we sent; 0: none. */
  readonly remb: BitsPerSecond;
}

/** A stream that an endpoint sends now. */
export interface SentStreamStatistics {
  readonly kind: MediaKind;
  /** What it carries; undefined: nothing. */
  readonly trackId: string | undefined;
  readonly ssrc: number;
  readonly codec: string | undefined;
  readonly payloadType: number | undefined;
  readonly clockRate: number | undefined;
  readonly packets: number;
  readonly bytes: number;
  readonly bitrate: BitsPerSecond;
  /** From the receiver's reports. */
  readonly packetsLost: number;
  readonly fractionLost: number;
  readonly jitterMs: number;
  readonly roundTripTime: Milliseconds | undefined;
  /** Requests that we received. */
  readonly nackCount: number;
  readonly pliCount: number;
  readonly firCount: number;
  /** The last REMB that we received; 0: none. */
  readonly remb: BitsPerSecond;
}

export interface EndpointStatistics {
  readonly received: readonly ReceivedStreamStatistics[];
  readonly sent: readonly SentStreamStatistics[];
  readonly transport: {
    readonly bytesSent: number;
    readonly bytesReceived: number;
    readonly iceState: EndpointIceState | undefined;
    readonly dtlsState: EndpointDtlsState | undefined;
    /** Candidate lines. */
    readonly selectedPair:
      | { readonly local: string; readonly remote: string; readonly roundTripTime: Milliseconds | undefined }
      | undefined;
    /** DER. */
    readonly localCertificate: Uint8Array | undefined;
    readonly remoteCertificate: Uint8Array | undefined;
  };
}

/**
 * Endpoints in the engine's rooms, beside the peers: who came with one offer for good, as the Kurento API and server
 * offers need it. Their tracks are tracks of the room, for peers to subscribe to; they send any track of the room.
 * Requests about what does not exist are refused: `room-unknown`, `endpoint-unknown`; a dead worker: `room-lost`; names
 * that are taken: `endpoint-exists`, `track-exists`; more than there is room for: `room-full`, `worker-full`;
 * descriptions that cannot be used: `sdp-…`, and everything stays as it was.
 */
export interface EndpointEngine {
  openEndpoint(roomId: string, endpointId: string, options: EndpointOptions): Promise<void>;
  /** Its association closes, its tracks end. */
  closeEndpoint(roomId: string, endpointId: string): Promise<void>;
  configureEndpoint(roomId: string, endpointId: string, settings: EndpointSettings): Promise<void>;
  /** Our offer, without candidates; the directions are those that the remote side is offered, `undefined`: no such section. */
  createOffer(
    roomId: string,
    endpointId: string,
    directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>,
  ): Promise<string>;
  /** Our answer. A later offer renegotiates, and may restart ICE. */
  answerOffer(roomId: string, endpointId: string, offer: string): Promise<string>;
  /** The remote answer to our last offer. */
  applyAnswer(roomId: string, endpointId: string, answer: string): Promise<void>;
  /**
   * From now on our description names these. Before a negotiation it names the sections that an offer would have. Waits for
   * the STUN and TURN servers of the settings, a few seconds at most; what they do not tell in time is left out.
   */
  gatherCandidates(roomId: string, endpointId: string): Promise<readonly EndpointCandidate[]>;
  /** Our last offer or answer, with the candidates if they were gathered. Refused before: `sdp-no-description`. */
  localDescription(roomId: string, endpointId: string): Promise<string>;
  /** At any time; those that come before the description wait for it. Refused: `candidate-malformed`. */
  addRemoteCandidate(roomId: string, endpointId: string, candidate: string): Promise<void>;
  /** What it sends of one kind from now on. A track that nobody publishes yet begins when somebody does. */
  setSource(roomId: string, endpointId: string, kind: MediaKind, trackId: string | undefined): Promise<void>;
  /** Asks whoever publishes the track for a keyframe; one that nobody publishes is passed over. */
  requestKeyframe(roomId: string, trackId: string): Promise<void>;
  endpointStatistics(roomId: string, endpointId: string): Promise<EndpointStatistics>;
}
