import type { IceServer } from '@rivero/api';

/** How a peer connection looks for its path. */
export interface IceSettings {
  readonly iceServers: readonly IceServer[];
  /** `relay`: through a TURN server and not otherwise. */
  readonly iceTransportPolicy: RTCIceTransportPolicy;
}

/** As browsers want it. The two policies of a connection must not change while it lives. */
export function rtcConfiguration({ iceServers, iceTransportPolicy }: IceSettings): RTCConfiguration {
  return {
    iceServers: iceServers.map(({ urls, ...credentials }) => ({ urls: [...urls], ...credentials })),
    iceTransportPolicy,
    bundlePolicy: 'max-bundle',
    rtcpMuxPolicy: 'require',
  };
}

export function hasRelay(iceServers: readonly IceServer[]): boolean {
  return iceServers.some(({ urls }) => urls.some((url) => /^turns?:/i.test(url)));
}

/**
 * The running connection looks so from its next offer on. An address that the browser refuses, as Firefox does with some
 * ports, must not take the others with it.
 */
export function applyIceSettings(peerConnection: RTCPeerConnection, settings: IceSettings): void {
  const accepts = (iceServers: readonly IceServer[]): boolean => {
    try {
      peerConnection.setConfiguration(rtcConfiguration({ ...settings, iceServers }));
      return true;
    } catch (error) {
      if (peerConnection.signalingState === 'closed') throw error;
      return false;
    }
  };
  if (accepts(settings.iceServers)) return;
  const each = settings.iceServers.flatMap((server) => server.urls.map((url) => ({ ...server, urls: [url] })));
  const accepted = each.filter((server) => accepts([server]));
  peerConnection.setConfiguration(rtcConfiguration({ ...settings, iceServers: accepted }));
}
