import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';

type Message = Readonly<Record<string, unknown>>;

/** One client of a protocol of text frames, whose messages have a name in `cmd` or `id`. It is not connected yet. */
export class TextClient {
  readonly socket: WebSocket;
  readonly heard: Message[] = [];

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString())));
    this.socket.on('error', () => {});
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  says(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The first message of that name, whether it came already or not. */
  async hears(name: string): Promise<Message> {
    for (;;) {
      const found = this.heard.find(({ cmd, id }) => (cmd ?? id) === name);
      if (found !== undefined) return found;
      await once(this.socket, 'message');
    }
  }

  /** The status with which the handshake was refused. */
  async refused(): Promise<number> {
    const [, response] = await once(this.socket, 'unexpected-response');
    return response.statusCode;
  }
}
