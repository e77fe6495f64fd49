import { CodedError, type MonotonicMs, type RandomBytes } from '@rivero/core';
import type { DtlsCertificate } from '@rivero/protocol/dtls';
import type { IceCandidate } from '@rivero/protocol/ice';
import type { Router } from '@rivero/router';
import type { Transport } from '@rivero/transport';
import type { EndpointChange, EndpointOptions, EndpointSettings } from '../../endpoint-contract.ts';
import type { RoomTracks } from '../room-tracks.ts';
import type { ServerSurroundings } from './endpoint-servers.ts';
import type { MediaEndpoint } from './media-endpoint.ts';
import { RtpEndpoint, type RtpEndpointOptions } from './rtp-endpoint.ts';
import { WebrtcEndpoint } from './webrtc-endpoint.ts';

/** What endpoints need of their worker. */
export interface EndpointSurroundings {
  readonly random: RandomBytes;
  readonly transport: Transport;
  /** Of that kind, made when it is first asked for. */
  readonly certificate: (type: 'rsa' | 'ecdsa') => DtlsCertificate;
  /** All candidates of ours, as the settings want them. */
  readonly candidates: (settings: EndpointSettings | undefined) => readonly IceCandidate[];
  readonly sessions: EndpointSessions;
  /** Left out: no STUN and TURN servers are asked. */
  readonly servers?: ServerSurroundings;
  /** Left out: none without ICE. */
  readonly rtp?: RtpSurroundings;
}

/** What RTP endpoints need besides. */
export type RtpSurroundings = Pick<RtpEndpointOptions, 'datapath' | 'openPorts' | 'address'> & {
  readonly rtpSessions: RtpEndpointOptions['sessions'];
};

/** Who is told which session's packets and events are whose. */
export interface EndpointSessions {
  readonly onOpened: (endpoint: WebrtcEndpoint) => void;
  readonly onClosed: (endpoint: WebrtcEndpoint) => void;
}

export interface RoomEndpointsOptions {
  readonly router: Router;
  readonly tracks: RoomTracks;
  readonly surroundings: EndpointSurroundings;
  readonly onChange: (endpointId: string, change: EndpointChange) => void;
}

/** Endpoints of one room. */
export const endpointsPerRoomMax = 4_000;

/** The endpoints of one room by name. */
export class RoomEndpoints {
  readonly #options: RoomEndpointsOptions;
  readonly #endpoints = new Map<string, MediaEndpoint>();

  constructor(options: RoomEndpointsOptions) {
    this.#options = options;
  }

  get(endpointId: string): MediaEndpoint {
    const endpoint = this.#endpoints.get(endpointId);
    if (endpoint !== undefined) return endpoint;
    throw new CodedError('endpoint-unknown', 'There is no such endpoint; open it first.', { endpointId });
  }

  open(endpointId: string, options: EndpointOptions): void {
    if (this.#endpoints.has(endpointId)) {
      throw new CodedError('endpoint-exists', 'There is an endpoint of this name.', { endpointId });
    }
    if (this.#endpoints.size >= endpointsPerRoomMax) {
      throw new CodedError('room-full', 'The room is full.', { endpointsPerRoomMax });
    }
    this.#endpoints.set(endpointId, this.#make(endpointId, options));
  }

  close(endpointId: string, now: MonotonicMs): void {
    const endpoint = this.get(endpointId);
    this.#endpoints.delete(endpointId);
    this.#closeOne(endpoint, now);
  }

  /** Closes all, also where something is broken; what that threw is answered. */
  closeAll(now: MonotonicMs): readonly unknown[] {
    const errors: unknown[] = [];
    for (const endpoint of this.#endpoints.values()) {
      try {
        this.#closeOne(endpoint, now);
      } catch (error) {
        errors.push(error);
      }
    }
    this.#endpoints.clear();
    return errors;
  }

  #make(endpointId: string, options: EndpointOptions): MediaEndpoint {
    const { router, tracks, surroundings } = this.#options;
    const { transport, random, certificate, candidates, sessions, servers } = surroundings;
    const onChange = (change: EndpointChange): void => this.#options.onChange(endpointId, change);
    switch (options.type) {
      case 'webrtc': {
        const own = certificate(options.certificate);
        const shared = { endpointId, options, router, transport, tracks, random, candidates, onChange };
        const endpoint = new WebrtcEndpoint({
          ...shared,
          certificate: own,
          ...(servers === undefined ? {} : { servers }),
        });
        sessions.onOpened(endpoint);
        return endpoint;
      }
      case 'rtp':
        return this.#makeRtp(endpointId, options, onChange);
    }
  }

  #makeRtp(
    endpointId: string,
    options: EndpointOptions & { readonly type: 'rtp' },
    onChange: (change: EndpointChange) => void,
  ): RtpEndpoint {
    const { router, tracks, surroundings } = this.#options;
    const { random, rtp } = surroundings;
    if (rtp === undefined) throw new CodedError('rtp-ports-used-up', 'There are no UDP ports for RTP.');
    const { rtpSessions: sessions, ...own } = rtp;
    return new RtpEndpoint({ endpointId, options, router, tracks, random, onChange, sessions, ...own });
  }

  #closeOne(endpoint: MediaEndpoint, now: MonotonicMs): void {
    try {
      endpoint.close(now);
    } finally {
      if (endpoint instanceof WebrtcEndpoint) this.#options.surroundings.sessions.onClosed(endpoint);
    }
  }
}
