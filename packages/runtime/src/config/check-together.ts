import { CodedError } from '@rivero/core';
import { isTurnUrl } from './ice-urls.ts';
import type { Config } from './settings.ts';

const portMax = 65_535;

/** Refuses settings that are right one by one but cannot stand beside each other: `config-conflict`. */
export function checkTogether(config: Config): void {
  if (config.httpPort === 'off' && config.httpsPort === 'off') {
    throw conflict('RIVERO_HTTP_PORT and RIVERO_HTTPS_PORT are both off; set a port for one of them.');
  }
  if (config.httpPort === config.httpsPort && config.httpPort !== 0) {
    throw conflict('RIVERO_HTTP_PORT and RIVERO_HTTPS_PORT are the same; set one of them to another port.');
  }
  if (!config.mediaUdp && !config.mediaTcp) {
    throw conflict('RIVERO_MEDIA_UDP and RIVERO_MEDIA_TCP are both off; set one of them to on.');
  }
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined)) {
    throw conflict('RIVERO_TLS_CERT and RIVERO_TLS_KEY belong together; set both or none.');
  }
  if (config.kurentoPort === config.kurentoTlsPort && config.kurentoPort !== 0 && config.kurentoPort !== 'off') {
    throw conflict('RIVERO_KURENTO_PORT and RIVERO_KURENTO_TLS_PORT are the same; set one of them to another port.');
  }
  if (config.turnPort === config.turnTlsPort && config.turnPort !== 0 && config.turnPort !== 'off') {
    throw conflict('RIVERO_TURN_PORT and RIVERO_TURN_TLS_PORT are the same; set one of them to another port.');
  }
  if (config.turnUrls.some(isTurnUrl) && config.turnSecret === undefined) {
    throw conflict(
      'RIVERO_TURN_URLS names TURN servers, and RIVERO_TURN_SECRET is not set; set it to their static-auth-secret.',
    );
  }
  checkMediaPorts(config);
  checkRtpPorts(config);
  checkRelayPorts(config);
}

/** Relays may send to relays: no server may be where they look for those. */
function checkRelayPorts(config: Config): void {
  const { turnPort, turnTlsPort, turnRelayPorts, turnUrls } = config;
  if (turnUrls.length > 0 || (turnPort === 'off' && turnTlsPort === 'off')) return;
  const { first, last } = turnRelayPorts;
  for (const [name, port] of servers(config)) {
    if (port === 'off' || port < first || port > last) continue;
    throw conflict(`${name} ${port} is one of RIVERO_TURN_RELAY_PORTS ${first}-${last}; set one of them to others.`);
  }
}

function servers(config: Config): readonly (readonly [name: string, port: number | 'off'])[] {
  return [
    ['RIVERO_HTTP_PORT', config.httpPort],
    ['RIVERO_HTTPS_PORT', config.httpsPort],
    ['RIVERO_KURENTO_PORT', config.kurentoPort],
    ['RIVERO_KURENTO_TLS_PORT', config.kurentoTlsPort],
    ...turnServers(config),
  ];
}

/** Our own, which is not opened where others are named. */
function turnServers({
  turnUrls,
  turnPort,
  turnTlsPort,
}: Config): readonly (readonly [name: string, port: number | 'off'])[] {
  if (turnUrls.length > 0) return [];
  return [
    ['RIVERO_TURN_PORT', turnPort],
    ['RIVERO_TURN_TLS_PORT', turnTlsPort],
  ];
}

function checkRtpPorts({ rtpPorts, mediaPort, mediaWorkers, mediaUdp }: Config): void {
  const isApart = mediaPort + mediaWorkers - 1 < rtpPorts.first || mediaPort > rtpPorts.last;
  if (mediaPort === 0 || !mediaUdp || isApart) return;
  throw conflict(
    `RIVERO_RTP_PORTS ${rtpPorts.first}-${rtpPorts.last} contains media ports; set another range, or RIVERO_MEDIA_PORT.`,
  );
}

function checkMediaPorts(config: Config): void {
  const { mediaPort, mediaWorkers, mediaTcp } = config;
  if (mediaPort === 0) return;
  const last = mediaPort + mediaWorkers - 1;
  if (last > portMax) {
    throw conflict(
      `RIVERO_MEDIA_PORT ${mediaPort} leaves no room for ${mediaWorkers} ports, one per media worker; set a lower one.`,
    );
  }
  for (const [name, port] of servers(config)) {
    if (!mediaTcp || port === 'off' || port < mediaPort || port > last) continue;
    throw conflict(`${name} ${port} is one of the media ports ${mediaPort} to ${last}; set another RIVERO_MEDIA_PORT.`);
  }
}

function conflict(message: string): CodedError {
  return new CodedError('config-conflict', message);
}
