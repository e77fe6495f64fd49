import { CodedError, type PathHandle } from '@rivero/core';
import { openUdpSockets, type SocketDatapath, type UdpSockets } from '@rivero/datapath';
import { localAddresses, TcpListener } from '@rivero/transport';
import type { WorkerSettings } from './worker-protocol.ts';

export interface SocketHandlers {
  readonly onPathClosed: (path: PathHandle) => void;
  readonly isValidated: (path: PathHandle) => boolean;
}

export interface OpenSockets {
  /** What was bound. */
  readonly addresses: readonly string[];
  /** The one port of UDP and TCP. */
  readonly port: number;
  /** How often each thing happened on TCP; none without it. */
  tcpCounters(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** With port 0, a port that UDP got may be taken on TCP: then another one is tried. */
const attemptsMax = 8;

/** Opens UDP and TCP on every local address, all on one port number. */
export async function openSockets(
  datapath: SocketDatapath,
  settings: WorkerSettings,
  handlers: SocketHandlers,
): Promise<OpenSockets> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryOpen(datapath, settings, handlers);
    } catch (error) {
      const isTaken = error instanceof CodedError && error.code === 'media-port-taken';
      if (settings.port !== 0 || !isTaken || attempt === attemptsMax) throw error;
    }
  }
}

async function tryOpen(
  datapath: SocketDatapath,
  settings: WorkerSettings,
  handlers: SocketHandlers,
): Promise<OpenSockets> {
  const addresses = localAddresses();
  let port = settings.port;
  let udp: UdpSockets | undefined;
  if (settings.udp) {
    udp = await openUdpSockets(datapath, addresses, port);
    port = udp.ports[0]?.local.port ?? port;
  }
  if (!settings.tcp)
    return { addresses, port, tcpCounters: () => ({}), close: () => udp?.close() ?? Promise.resolve() };
  const tcp = new TcpListener({
    datapath,
    addresses,
    port,
    onClosed: handlers.onPathClosed,
    isValidated: handlers.isValidated,
    onReceived: () => datapath.deliver(),
  });
  try {
    port = await tcp.open();
  } catch (error) {
    await udp?.close();
    throw error;
  }
  return {
    addresses,
    port,
    tcpCounters: () => tcp.counters.snapshot(),
    close: async () => {
      await Promise.all([udp?.close(), tcp.close()]);
    },
  };
}
