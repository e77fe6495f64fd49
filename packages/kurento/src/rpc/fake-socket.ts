import { operationsPerTransactionMax } from './rpc-limits.ts';
import type { RpcServer } from './rpc-server.ts';
import type { RpcSocket, SocketPort } from './rpc-socket.ts';
import type { MonotonicMs } from '@rivero/core';

/** An answer or an event, parsed. */
export interface Told {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly value: unknown };
  readonly result?: { readonly sessionId?: string; readonly value?: unknown } | null;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** A client without a network. */
export class FakeSocket implements SocketPort {
  readonly texts: string[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  queuedBytes = 0;
  readonly #rpc: RpcServer;
  readonly #socket: RpcSocket;
  readonly #now: () => MonotonicMs;
  #lastId = 0;

  constructor(rpc: RpcServer, now: () => MonotonicMs) {
    this.#rpc = rpc;
    this.#now = now;
    this.#socket = rpc.openSocket(this);
  }

  send(text: string): void {
    this.texts.push(text);
  }

  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }

  /** The connection breaks. */
  breakOff(): void {
    this.#rpc.handleClose(this.#socket, this.#now());
  }

  hand(text: string): void {
    this.#rpc.handleText(this.#socket, text, this.#now());
  }

  /** Asks, and answers with what it was told with that id; undefined when nothing came. */
  async ask(method: string, params?: unknown, id: unknown = ++this.#lastId): Promise<Told | undefined> {
    const before = this.texts.length;
    this.hand(requestText(method, params, id));
    let answer: Told | undefined;
    // Steps of a transaction take a turn of the event loop each.
    for (let turn = 0; turn <= operationsPerTransactionMax && answer === undefined; turn++) {
      await settled();
      answer = this.texts
        .slice(before)
        .map(parse)
        .findLast((told) => told.id === id);
    }
    return answer;
  }

  get told(): readonly Told[] {
    return this.texts.map(parse);
  }
}

function parse(text: string): Told {
  return JSON.parse(text) as Told;
}

export function requestText(method: string, params: unknown, id: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

/** Everything that waits for nothing but promises has happened. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
