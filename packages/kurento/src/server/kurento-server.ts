import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { CodedError, type MonotonicMs, monotonicMs } from '@rivero/core';
import { WebSocketServer } from 'ws';
import type { KurentoLog } from '../kurento-log.ts';
import type { ObjectModel } from '../model.ts';
import { frameBytesMax, RpcServer, type RpcStatistics } from '../rpc/index.ts';
import { Access, type AccessRules } from './access.ts';
import { KurentoSocket } from './kurento-socket.ts';
import { type CertificatePair, Listener, refuseUpgrade } from './listener.ts';

export interface KurentoServerOptions extends AccessRules {
  readonly model: ObjectModel;
  readonly log: KurentoLog;
  /** `localhost`: both loopback addresses; undefined: every address. */
  readonly host: string | undefined;
  readonly port: number | 'off';
  readonly tlsPort: number | 'off';
  /** Asked for only when there is to be TLS. */
  readonly certificate: () => Promise<CertificatePair>;
  /** Left out: that of this process. */
  readonly now?: () => MonotonicMs;
}

export interface KurentoServer {
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  statistics(): RpcStatistics;
  /** Tells all clients, and closes their sessions with all objects. */
  close(): Promise<void>;
}

const kurentoPath = '/kurento';

/** Protocol error (RFC 6455 section 7.4.1). */
const protocolError = 1002;

/** Sessions and sockets are looked at that often: their deadlines are whole seconds. */
const lookMs = 500;

/** What sockets are told last is given that long to go out; a look at them every 10 ms. */
const goodByeMs = 500;
const goodByeLookMs = 10;

/** Opens the listeners; fails as `listen` of `node:net` does. */
export async function openKurentoServer(options: KurentoServerOptions): Promise<KurentoServer> {
  const { model, log, now = () => monotonicMs(performance.now()) } = options;
  const rpc = new RpcServer({ model, log, newId: randomUUID }, now());
  const access = new Access(options);
  const sockets = new Set<KurentoSocket>();
  // Old clients come with a library that cannot be trusted with compression, and media servers have better to do.
  const handshakes = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: frameBytesMax });
  const open = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    handshakes.handleUpgrade(request, stream, head, (socket) => {
      const opened = new KurentoSocket({ socket, rpc, now });
      sockets.add(opened);
      socket.once('close', () => sockets.delete(opened));
      socket.on('error', (error) => log.debug(`A client's socket failed: ${error.message}`));
      if (pathOf(request) !== kurentoPath) opened.turnAway(protocolError, 'Invalid path');
    });
  };
  let isClosing = false;
  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    // Connections that were open before may still ask.
    if (isClosing) return void stream.destroy();
    const refusal = access.objectTo(request);
    if (refusal !== undefined) {
      log.debug(`A client was refused: ${refusal.error.code}, from ${request.socket.remoteAddress ?? 'nowhere'}.`);
      refuseUpgrade(stream, refusal.status, refusal.error);
    } else if (rpc.isFull) {
      refuseUpgrade(stream, 503, new CodedError('kurento-full', 'The Kurento API has as many sockets as it takes.'));
    } else open(request, stream, head);
  };
  const { listeners, port, tlsPort } = await openListeners(options, onUpgrade);
  const timer = setInterval(() => {
    rpc.handleTimeout(now());
    for (const socket of sockets) socket.handleTimeout(now());
  }, lookMs);
  return {
    port,
    tlsPort,
    statistics: () => rpc.statistics(),
    close: async () => {
      isClosing = true;
      clearInterval(timer);
      for (const listener of listeners) listener.stopListening();
      await rpc.close();
      const end = performance.now() + goodByeMs;
      while (sockets.size > 0 && performance.now() < end) await sleep(goodByeLookMs);
      for (const socket of sockets) socket.terminate();
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

interface OpenListeners {
  readonly listeners: readonly Listener[];
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
}

async function openListeners(
  { host, port, tlsPort, certificate }: KurentoServerOptions,
  onUpgrade: (request: IncomingMessage, stream: Duplex, head: Buffer) => void,
): Promise<OpenListeners> {
  const listeners: Listener[] = [];
  const listen = async (asked: number | 'off', tls?: CertificatePair): Promise<number | undefined> => {
    if (asked === 'off') return undefined;
    const shared = { onUpgrade, ...(tls === undefined ? {} : { tls }) };
    const first = await Listener.open({ ...shared, port: asked, host: host === 'localhost' ? '127.0.0.1' : host });
    listeners.push(first);
    if (host === 'localhost') {
      const second = await openSecondLoopback(() => Listener.open({ ...shared, port: first.port, host: '::1' }), asked);
      if (second !== undefined) listeners.push(second);
    }
    return first.port;
  };
  try {
    const plain = await listen(port);
    const encrypted = tlsPort === 'off' ? undefined : await listen(tlsPort, await certificate());
    return { listeners, port: plain, tlsPort: encrypted };
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    throw error;
  }
}

/** Clients take `localhost` for either loopback address. Machines without IPv6 have one only. */
async function openSecondLoopback(open: () => Promise<Listener>, asked: number): Promise<Listener | undefined> {
  try {
    return await open();
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    // Another program may have any port that was found free on the first.
    if (isTaken && asked !== 0) throw error;
    return undefined;
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}
