import { CodedError } from '@rivero/core';
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
  checkMediaPorts(config);
  checkRtpPorts(config);
}

function checkRtpPorts({ rtpPorts, mediaPort, mediaWorkers, mediaUdp }: Config): void {
  const isApart = mediaPort + mediaWorkers - 1 < rtpPorts.first || mediaPort > rtpPorts.last;
  if (mediaPort === 0 || !mediaUdp || isApart) return;
  throw conflict(
    `RIVERO_RTP_PORTS ${rtpPorts.first}-${rtpPorts.last} contains media ports; set another range, or RIVERO_MEDIA_PORT.`,
  );
}

function checkMediaPorts(config: Config): void {
  const { mediaPort, mediaWorkers, mediaTcp, httpPort, httpsPort, kurentoPort, kurentoTlsPort } = config;
  if (mediaPort === 0) return;
  const last = mediaPort + mediaWorkers - 1;
  if (last > portMax) {
    throw conflict(
      `RIVERO_MEDIA_PORT ${mediaPort} leaves no room for ${mediaWorkers} ports, one per media worker; set a lower one.`,
    );
  }
  for (const [name, port] of [
    ['RIVERO_HTTP_PORT', httpPort],
    ['RIVERO_HTTPS_PORT', httpsPort],
    ['RIVERO_KURENTO_PORT', kurentoPort],
    ['RIVERO_KURENTO_TLS_PORT', kurentoTlsPort],
  ] as const) {
    if (!mediaTcp || port === 'off' || port < mediaPort || port > last) continue;
    throw conflict(`${name} ${port} is one of the media ports ${mediaPort} to ${last}; set another RIVERO_MEDIA_PORT.`);
  }
}

function conflict(message: string): CodedError {
  return new CodedError('config-conflict', message);
}
