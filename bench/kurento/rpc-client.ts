import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A bare client of the Kurento API, so that what is measured is the server. */
export class RpcClient {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: RpcAnswer) => void>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const { id, result, error } = JSON.parse(data.toString());
      this.#waiting.get(id)?.({ result, error });
      this.#waiting.delete(id);
    });
  }

  static async connect(url: string): Promise<RpcClient> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, 'open');
    const client = new RpcClient(socket);
    await client.call('connect', {});
    return client;
  }

  /** The `value` of the answer; a refusal is thrown. */
  async call(method: string, params: object): Promise<unknown> {
    const id = this.#nextId++;
    const answered = new Promise<RpcAnswer>((resolve) => void this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result?.value;
  }

  async create(type: string, constructorParams: object = {}): Promise<string> {
    return String(await this.call('create', { type, constructorParams }));
  }

  invoke(object: string, operation: string, operationParams: object = {}): Promise<unknown> {
    return this.call('invoke', { object, operation, operationParams });
  }

  close(): void {
    this.#socket.close();
  }
}

interface RpcAnswer {
  readonly result?: { readonly value?: unknown };
  readonly error?: { readonly message: string };
}
