import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Reply, type RoomSnapshot, type ServerEvents, signalingPath } from '@rivero/api';
import { monotonicMs } from '@rivero/core';
import { io, type ManagerOptions, type Socket } from 'socket.io-client';
import { createSignaling, type IceServerSource, type Signaling, type SignalingOptions } from '../src/index.ts';
import { FakeEngine } from './fake-engine.ts';

/** An answer that does not come within that long is missing. */
const answerTimeoutMs = 5_000;

/** One client with its socket, which has no types: tests send what they forbid. */
export class Client {
  readonly socket: Socket;
  /** Names of the events that came, in order; answers stand among them as `answer`. */
  readonly log: string[] = [];
  readonly events: (readonly [name: string, event: unknown])[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((name: string, event: unknown) => {
      this.log.push(name);
      this.events.push([name, event]);
    });
  }

  /** Sends anything at all, and waits for the answer. */
  async request(name: string, request: unknown): Promise<Reply<unknown>> {
    return await new Promise((resolve, reject) => {
      this.socket.timeout(answerTimeoutMs).emit(name, request, (error: Error | null, answer: Reply<unknown>) => {
        // A promise would go on only after events that came with the answer.
        this.log.push('answer');
        if (error === null) resolve(answer);
        else reject(error);
      });
    });
  }

  /** The code of the refusal; `ok` for an answer that is none. */
  async codeOf(name: string, request: unknown): Promise<string> {
    const answer = await this.request(name, request);
    return answer.ok ? 'ok' : answer.error.code;
  }

  async enter(name: 'join' | 'resume', request: unknown): Promise<RoomSnapshot> {
    const answer = await this.request(name, request);
    if (!answer.ok) throw new Error(answer.error.code);
    return answer.value as RoomSnapshot;
  }

  join(name: string, room = 'room'): Promise<RoomSnapshot> {
    return this.enter('join', { room, name });
  }

  /** Resolves with the next event of that name, or the last one that came. */
  async hears(name: keyof ServerEvents): Promise<unknown> {
    const heard = this.events.findLast(([heardName]) => heardName === name);
    if (heard !== undefined) return heard[1];
    return await new Promise((resolve) => this.socket.once(name, (event: unknown) => resolve(event)));
  }

  async isDisconnected(): Promise<string> {
    return await new Promise((resolve) => this.socket.once('disconnect', (reason) => resolve(reason)));
  }
}

/** Says in the credentials who asked. */
const fakeIceServers: IceServerSource = {
  hasRelay: true,
  issue: ({ host, name }) => ({
    iceServers: [{ urls: [`turn:${host}`], username: name, credential: 'secret' }],
    lifetime: 60,
  }),
};

/** The signaling on a web server of this machine, with an engine without media. */
export class Served {
  readonly engine = new FakeEngine();
  readonly logged: string[] = [];
  readonly #server = createServer((_request, response) => response.writeHead(404).end());
  /** As the http and the https server of one program. */
  readonly #other = createServer();
  readonly #sockets: Socket[] = [];
  #signaling: Signaling | undefined;
  port = 0;
  /** The signaling's clock is that far ahead. */
  skippedMs = 0;

  static async start(roomCapacity = 10, options: Partial<SignalingOptions> = {}): Promise<Served> {
    const served = new Served();
    const log = (text: string): void => void served.logged.push(text);
    served.#server.listen(0, '127.0.0.1');
    await once(served.#server, 'listening');
    served.#other.listen(0, '127.0.0.1');
    await once(served.#other, 'listening');
    const address = served.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    served.port = address.port;
    served.#signaling = createSignaling({
      servers: [served.#server, served.#other],
      engine: served.engine,
      log: { debug: () => {}, info: () => {}, warn: log, error: log },
      roomCapacity,
      iceServers: fakeIceServers,
      socketsPerAddress: 3,
      trustProxy: false,
      foreignOrigins: [],
      hosts: undefined,
      ...options,
      now: () => monotonicMs(performance.now() + served.skippedMs),
    });
    return served;
  }

  get signaling(): Signaling {
    if (this.#signaling === undefined) throw new Error('it was not started');
    return this.#signaling;
  }

  /** A socket that is not connected yet. */
  socket(options: Partial<ManagerOptions> = {}): Socket {
    const socket: Socket = io(`http://127.0.0.1:${this.port}`, {
      path: signalingPath,
      transports: ['websocket'],
      forceNew: true,
      autoConnect: false,
      reconnection: false,
      ...options,
    });
    this.#sockets.push(socket);
    return socket;
  }

  async connect(options: Partial<ManagerOptions> = {}): Promise<Client> {
    const socket = this.socket(options);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
      socket.connect();
    });
    return new Client(socket);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.disconnect();
    await this.#signaling?.stop();
    for (const server of [this.#server, this.#other]) {
      server.closeAllConnections();
      server.close();
    }
  }
}
