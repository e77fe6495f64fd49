/** A STUN or TURN server, as browsers take it (`RTCIceServer`). */
export interface IceServer {
  readonly urls: readonly string[];
  /** Of TURN servers. */
  readonly username?: string;
  /** Secret until it ends: whoever has it can have packets relayed in this name. */
  readonly credential?: string;
}

/** STUN and TURN servers with fresh credentials. */
export interface IceConfiguration {
  /** Empty: this server has none. */
  readonly iceServers: readonly IceServer[];
  /** Seconds until the credentials end; ask again before. */
  readonly lifetime: number;
}
