import type { TransportAddress } from '@rivero/core';
import type { PeerRefusal } from './peer-policy.ts';
import type { AddressFamily, ConnectionId, PeerDataConnectionId, RelayId, TurnPath } from './turn-path.ts';

/** Where packets leave; a call each, so that nothing waits and nothing is copied. */
export interface TurnSink {
  /** A whole message; the bytes are the sink's to keep. */
  sendMessage(path: TurnPath, bytes: Uint8Array): void;
  /** ChannelData, which the sink frames: padded over connections. `data` is a view that is gone after the call. */
  sendChannelData(path: TurnPath, channel: number, data: Uint8Array): void;
  /** `data` is a view that is gone after the call. */
  sendToPeer(relay: RelayId, peer: TransportAddress, data: Uint8Array): void;
}

/** `pair`: an even port, and `next` on the port after it. */
export type RelayPort = 'any' | 'even' | 'pair';

/** What the driver is to do, in order. */
export type TurnOutput =
  /** Answered by `handleRelayOpened` or `handleRelayFailed`, unless it is closed before. */
  | {
      readonly type: 'open-relay';
      readonly relay: RelayId;
      readonly transport: 'udp' | 'tcp';
      readonly family: AddressFamily;
      readonly port: RelayPort;
      readonly next?: RelayId;
    }
  /** Also one that is still being opened. */
  | { readonly type: 'close-relay'; readonly relay: RelayId }
  /** From the relayed address; answered by `handlePeerConnected` or `handlePeerClosed`. */
  | {
      readonly type: 'connect-peer';
      readonly peer: PeerDataConnectionId;
      readonly relay: RelayId;
      readonly address: TransportAddress;
    }
  | { readonly type: 'close-peer'; readonly peer: PeerDataConnectionId }
  /** From now on the client's connection carries what the peer's does, both ways, and no messages. */
  | { readonly type: 'join'; readonly connection: ConnectionId; readonly peer: PeerDataConnectionId }
  | { readonly type: 'close-connection'; readonly connection: ConnectionId };

export type AllocationEnd = 'expired' | 'released' | 'idle' | 'connection-closed' | 'failed' | 'server-closed';

/** What is told to logs and metrics. Identities, never credentials. */
export type TurnServerEvent =
  | {
      readonly type: 'allocated';
      readonly identity: string;
      readonly path: TurnPath;
      readonly relayed: readonly TransportAddress[];
    }
  | {
      readonly type: 'closed';
      readonly identity: string;
      readonly path: TurnPath;
      readonly reason: AllocationEnd;
      readonly bytesFromClient: number;
      readonly bytesFromPeers: number;
    }
  | {
      readonly type: 'peer-refused';
      readonly identity: string;
      readonly peer: TransportAddress;
      readonly refusal: PeerRefusal;
    }
  | { readonly type: 'quota-reached'; readonly identity: string; readonly code: 486 | 508 }
  | { readonly type: 'authentication-failed'; readonly remote: TransportAddress };
