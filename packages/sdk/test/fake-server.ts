import type {
  ChatMessage,
  ClientEvents,
  IceConfiguration,
  NegotiateRequest,
  NegotiateResponse,
  Participant,
  Reply,
  Role,
  RoomSnapshot,
  SectionsNeeded,
  ServerEvents,
  SubscribedTrack,
} from '@rivero/api';

type RequestName = keyof ClientEvents;
type Answer = Reply<unknown> | Promise<Reply<unknown>>;

/** One request as the server got it. */
interface Received {
  readonly name: RequestName;
  readonly request: unknown;
}

export const noneNeeded: SectionsNeeded = { offer: false, audio: 0, video: 0 };

/** A refusal with that code. */
export function refuse(code: string): Reply<never> {
  return { ok: false, error: { code, message: `Refused: ${code}.` } };
}

/** Time until the socket tries again. */
const reconnectMs = 300;

/**
 * The server with the socket to it, as socket.io-client shows them: while the connection is away requests are kept, and
 * sent before `connect` is told; those under way fail once `disconnect` is told.
 */
export class FakeServer {
  /** Every socket that was made, in order. */
  static readonly sockets: FakeSocket[] = [];
  static current = new FakeServer();

  readonly received: Received[] = [];
  /** Answers of this test in place of the usual ones, one use each. */
  readonly answers = new Map<RequestName, ((request: unknown) => Answer)[]>();
  participants: readonly Participant[] = [];
  subscribed: readonly SubscribedTrack[] = [];
  sectionsNeeded = noneNeeded;
  hasMedia = true;
  role: Role = 'guest';
  hostToken: string | null = null;
  handRaisedAt: number | null = null;
  locked = false;
  relayOnly = false;
  ice: IceConfiguration = { iceServers: [], lifetime: 43_200 };
  chat: readonly ChatMessage[] = [];
  speakers: readonly string[] = [];
  notReceived: readonly string[] = [];
  notSentTo: readonly string[] = [];
  withheldBy: readonly string[] = [];
  /** What comes in one delivery with the next answer, right behind it; one use. */
  behindAnswer: (() => void) | undefined;
  isReachable = true;
  #entries = 0;

  /** Requests of one kind. */
  requests(name: RequestName): readonly unknown[] {
    return this.received.filter((received) => received.name === name).map(({ request }) => request);
  }

  offers(): readonly NegotiateRequest[] {
    return this.received.flatMap(({ name, request }) => (name === 'negotiate' ? [request as NegotiateRequest] : []));
  }

  get names(): readonly RequestName[] {
    return this.received.map(({ name }) => name);
  }

  /** The next such request is answered so. */
  answerOnce(name: RequestName, answer: Answer | ((request: unknown) => Answer)): void {
    const queue = this.answers.get(name) ?? [];
    queue.push(typeof answer === 'function' ? answer : () => answer);
    this.answers.set(name, queue);
  }

  get socket(): FakeSocket {
    const [last] = FakeServer.sockets.slice(-1);
    if (last === undefined) throw new Error('no socket was made');
    return last;
  }

  tell<Name extends keyof ServerEvents>(name: Name, ...args: Parameters<ServerEvents[Name]>): void {
    this.socket.fire(name, ...args);
  }

  handle(name: RequestName, request: unknown): Answer {
    this.received.push({ name, request });
    const answer = this.answers.get(name)?.shift();
    return answer === undefined ? { ok: true, value: this.#usual(name, request) } : answer(request);
  }

  answer(sectionsNeeded: SectionsNeeded = noneNeeded): NegotiateResponse {
    return { answer: 'v=0', published: [], subscribed: this.subscribed, refused: [], sectionsNeeded };
  }

  snapshot(): RoomSnapshot {
    const { participants, sectionsNeeded, hasMedia, role, hostToken, handRaisedAt, locked, relayOnly, ice, chat } =
      this;
    const participantId = `me-${this.#entries}`;
    const resumeToken = `token-${this.#entries}`;
    const own = { participantId, resumeToken, role, hostToken, handRaisedAt };
    const { speakers, notReceived, notSentTo, withheldBy } = this;
    const others = { participants, speakers, notReceived, notSentTo, withheldBy };
    return { ...own, ...others, room: 'room', capacity: 8, sectionsNeeded, hasMedia, locked, relayOnly, ice, chat };
  }

  #usual(name: RequestName, request: unknown): unknown {
    switch (name) {
      case 'join':
        this.#entries++;
        return this.snapshot();
      case 'resume':
        return this.snapshot();
      case 'negotiate':
        return this.answer();
      case 'send-chat':
        return {
          messageId: `said-${this.requests('send-chat').length}`,
          at: 1_000 * this.requests('send-chat').length,
        };
      case 'set-hand':
        return { handRaisedAt: (request as { readonly raised: boolean }).raised ? 5_000 : null };
      case 'ice-servers':
        return this.ice;
      case 'set-muted':
      case 'set-received':
      case 'set-sent':
      case 'leave':
      case 'react':
      case 'lock-room':
      case 'set-relay-only':
      case 'remove-participant':
      case 'ask-to-mute':
      case 'lower-hand':
      case 'lower-all-hands':
      case 'end-room':
        return null;
    }
  }
}

type Acknowledgement = (error: Error | null, reply?: unknown) => void;
type Listener = (...args: readonly unknown[]) => void;

class FakeSocket {
  readonly url: string;
  connected = false;
  id: string | undefined;
  /** What Socket.IO would keep; empty, as here a lost connection is known at once. */
  readonly sendBuffer: unknown[] = [];
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #pending = new Set<(error: Error) => void>();
  #waiting: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #count = 0;

  constructor(url: string) {
    this.url = url;
    FakeServer.sockets.push(this);
  }

  on(name: string, listener: Listener): void {
    const set = this.#listeners.get(name) ?? new Set();
    set.add(listener);
    this.#listeners.set(name, set);
  }

  off(name: string, listener: Listener): void {
    this.#listeners.get(name)?.delete(listener);
  }

  removeAllListeners(): void {
    this.#listeners.clear();
  }

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }

  /** It waits to try again. */
  get isTrying(): boolean {
    return this.#timer !== undefined;
  }

  connect(): void {
    queueMicrotask(() => this.#try());
  }

  disconnect(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lose('io client disconnect');
  }

  /** The connection breaks, and is tried again. `io server disconnect`: it is not. */
  drop(reason = 'transport close'): void {
    this.#lose(reason);
    if (reason !== 'io server disconnect') this.#tryLater();
  }

  timeout(ms: number): { emit(name: RequestName, request: unknown, answer: Acknowledgement): void } {
    return {
      emit: (name, request, answer) => {
        const timer = setTimeout(() => fail(new Error('operation has timed out')), ms);
        const settle = (end: () => void): void => {
          clearTimeout(timer);
          this.#pending.delete(fail);
          end();
        };
        const fail = (error: Error): void => settle(() => answer(error));
        const deliver = (reply: unknown): void => {
          answer(null, reply);
          const behind = FakeServer.current.behindAnswer;
          FakeServer.current.behindAnswer = undefined;
          // Socket.IO hands over every packet in a microtask of its own.
          if (behind !== undefined) queueMicrotask(behind);
        };
        const send = (): void => {
          this.#pending.add(fail);
          const { id } = this;
          Promise.resolve(FakeServer.current.handle(name, request)).then(
            (reply) => (this.id === id ? settle(() => deliver(reply)) : undefined),
            () => {},
          );
        };
        if (this.connected) send();
        else this.#waiting.push(send);
      },
    };
  }

  fire(name: string, ...args: readonly unknown[]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(...args);
  }

  #try(): void {
    if (this.connected) return;
    if (!FakeServer.current.isReachable) {
      this.fire('connect_error', new Error('xhr poll error'));
      return this.#tryLater();
    }
    this.connected = true;
    this.id = `socket-${++this.#count}`;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const send of waiting) send();
    this.fire('connect');
  }

  #tryLater(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#try();
    }, reconnectMs);
  }

  #lose(reason: string): void {
    if (!this.connected) return;
    this.connected = false;
    this.id = undefined;
    this.fire('disconnect', reason);
    for (const fail of this.#pending) fail(new Error('socket has been disconnected'));
  }
}

/** Stands in for `io` of socket.io-client. */
export function connectFake(url: string): FakeSocket {
  return new FakeSocket(url);
}
