import { once } from 'node:events';
import { WebSocket } from 'ws';

/** What came for a request. */
export interface KurentoAnswer {
  readonly id?: unknown;
  readonly result?: { readonly sessionId?: string; readonly value?: unknown } | null;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly type?: string };
  };
}

/** A client of the Kurento API without a library: it says what it likes. */
export class KurentoSocket {
  /** Events, as they came. */
  readonly events: Readonly<Record<string, unknown>>[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<unknown, (answer: KurentoAnswer) => void>();
  readonly #strays: KurentoAnswer[] = [];
  readonly #closed: Promise<readonly [number, string]>;
  #lastId = 0;

  private constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.on('error', () => {});
    this.#closed = once(this.#socket, 'close').then(([code, reason]) => [Number(code), String(reason)] as const);
    this.#socket.on('message', (data: Buffer) => this.#hear(data.toString()));
  }

  static async open(url: string): Promise<KurentoSocket> {
    const opened = new KurentoSocket(url);
    await once(opened.#socket, 'open');
    return opened;
  }

  /** The whole answer. An `id` may be anything. */
  ask(method: string, params: unknown, id: unknown = (this.#lastId += 1)): Promise<KurentoAnswer> {
    const answer = new Promise<KurentoAnswer>((resolve) => this.#waiting.set(id, resolve));
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return answer;
  }

  /** The value of an answer that is no error. */
  async value(method: string, params: unknown): Promise<unknown> {
    const { result, error } = await this.ask(method, params);
    if (error !== undefined) throw new Error(`${method}: ${error.code} ${error.message}`);
    return result?.value;
  }

  /** Anything at all, as one frame. */
  send(frame: string | Uint8Array): void {
    this.#socket.send(frame);
  }

  /** What came next for nobody's id, as for `null`. */
  async stray(): Promise<KurentoAnswer> {
    for (;;) {
      const stray = this.#strays.shift();
      if (stray !== undefined) return stray;
      await once(this.#socket, 'message');
    }
  }

  /** Code and reason with which it was closed. */
  closed(): Promise<readonly [number, string]> {
    return this.#closed;
  }

  /** Without a word, as when its program dies. */
  cut(): void {
    this.#socket.terminate();
  }

  #hear(text: string): void {
    const message = JSON.parse(text) as KurentoAnswer & { params?: { value: Readonly<Record<string, unknown>> } };
    if (message.params !== undefined) {
      this.events.push(message.params.value);
      return;
    }
    const answered = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (answered === undefined) this.#strays.push(message);
    else answered(message);
  }
}
