import { SignalingClient } from './signaling-client.ts';

/** A STUN or TURN server, to be given to an RTCPeerConnection. */
export interface IceServer {
  readonly urls: string[];
  readonly username?: string;
  readonly credential?: string;
}

/** STUN and TURN servers with fresh credentials. */
export interface FetchedIceServers {
  readonly iceServers: IceServer[];
  /** Seconds until the credentials end. */
  readonly lifetime: number;
}

/**
 * The STUN and TURN servers of a Rivero, with fresh credentials, for peer connections of your own. `url`: as in
 * {@link JoinOptions}. Errors: `server-unreachable`, `server-silent`, `rate-limited`.
 */
export async function fetchIceServers(url: string = location.origin): Promise<FetchedIceServers> {
  const signaling = new SignalingClient(url);
  try {
    await signaling.connect();
    const { iceServers, lifetime } = await signaling.request('ice-servers', {});
    return { iceServers: iceServers.map((server) => ({ ...server, urls: [...server.urls] })), lifetime };
  } finally {
    signaling.close();
  }
}
