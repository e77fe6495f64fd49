import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TlsPair } from '../tls/index.ts';
import { type HttpAppOptions, openHttpApp } from './http-app.ts';
import { OpenServer, type WebServer } from './open-server.ts';

export interface WebServersOptions extends HttpAppOptions {
  /** Undefined: every address. */
  readonly host: string | undefined;
  readonly httpPort: number | 'off';
  readonly httpsPort: number | 'off';
  /** Asked for only when the https server is to run. */
  readonly certificate: () => Promise<TlsPair>;
}

/** The http and the https server, both listening, both answered by one app. */
export interface WebServers {
  /** For what attaches itself to servers, such as signaling. */
  readonly servers: readonly WebServer[];
  readonly httpPort: number | undefined;
  readonly httpsPort: number | undefined;
  /** Takes no more requests, lets those under way end for a moment, then cuts every connection. */
  stop(): Promise<void>;
}

/** Opens both servers: `port-taken`, `port-forbidden`, `host-unknown`. */
export async function openWebServers(options: WebServersOptions): Promise<WebServers> {
  const { host, httpPort, httpsPort } = options;
  const app = await openHttpApp(options);
  const handle = (request: IncomingMessage, response: ServerResponse): void => app.routing(request, response);
  const opened: OpenServer[] = [];
  const open = async (server: WebServer, setting: string, port: number): Promise<number> => {
    const listening = await OpenServer.listen(server, { setting, port, host });
    opened.push(listening);
    return listening.port;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(opened.map((server) => server.stop()));
    await app.close();
  };
  try {
    let http: number | undefined;
    let https: number | undefined;
    if (httpPort !== 'off') http = await open(createServer(handle), 'RIVERO_HTTP_PORT', httpPort);
    if (httpsPort !== 'off') {
      const server = createTlsServer({ ...(await options.certificate()), minVersion: 'TLSv1.2' }, handle);
      https = await open(server, 'RIVERO_HTTPS_PORT', httpsPort);
    }
    return { servers: opened.map(({ server }) => server), httpPort: http, httpsPort: https, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
