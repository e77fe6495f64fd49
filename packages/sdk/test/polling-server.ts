/// <reference types="node" />
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Between packets of one HTTP body (Engine.IO protocol 4). */
const separator = '\u001E';

/** A packet of an open Engine.IO session: `4` message; `40` Socket.IO connect, `42n[…]` event, `43n[…]` its answer. */
const eventPacket = /^42(\d+)(\[.*\])$/s;

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

/**
 * A Socket.IO server that answers requests over HTTP polling only, as one does behind a proxy that lets no WebSocket
 * through. One client at a time.
 */
export class PollingServer {
  /** Answers a request; undefined: it never does. */
  answer: (name: string, request: unknown) => unknown = () => ({ ok: true, value: null });
  /** Events of the next answer's HTTP response, behind it. */
  readonly behindAnswer: (readonly [name: string, event: unknown])[] = [];
  /** WebSockets that were asked for. */
  upgradeCount = 0;
  readonly #server: Server;
  #packets: string[] = [];
  #poll: ServerResponse | undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
    this.#server.on('upgrade', (_request, socket) => {
      this.upgradeCount++;
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    });
  }

  /** Answers its address. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  tell(name: string, event: unknown): void {
    this.#send(`42${JSON.stringify([name, event])}`);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isOpen = new URL(request.url ?? '', 'http://localhost').searchParams.has('sid');
    if (request.method === 'POST') {
      for (const packet of (await read(request)).split(separator)) this.#receive(packet);
      response.end('ok');
    } else if (isOpen) {
      this.#poll = response;
      this.#flush();
    } else {
      // What waits for packets is of the session before.
      this.#poll = undefined;
      this.#packets = [];
      const session = { sid: 's', upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1_000_000 };
      response.end(`0${JSON.stringify(session)}`);
    }
  }

  #receive(packet: string): void {
    if (packet.startsWith('40')) return this.#send('40{"sid":"c"}');
    const [, id, json] = eventPacket.exec(packet) ?? [];
    if (id === undefined || json === undefined) return;
    const [name, request] = JSON.parse(json) as readonly [string, unknown];
    const answer = this.answer(name, request);
    if (answer === undefined) return;
    this.#packets.push(`43${id}${JSON.stringify([answer])}`);
    for (const event of this.behindAnswer.splice(0)) this.#packets.push(`42${JSON.stringify(event)}`);
    this.#flush();
  }

  #send(packet: string): void {
    this.#packets.push(packet);
    this.#flush();
  }

  #flush(): void {
    if (this.#poll === undefined || this.#packets.length === 0) return;
    this.#poll.end(this.#packets.join(separator));
    this.#poll = undefined;
    this.#packets = [];
  }
}
