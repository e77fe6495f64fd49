import { CodedError, type MonotonicMs } from '@rivero/core';
import { KurentoError } from '../kurento-error.ts';
import type { KurentoLog } from '../kurento-log.ts';
import type { ObjectEvent, ObjectModel } from '../model.ts';
import { answerText, eventText, type Outcome } from './answer-text.ts';
import { type JsonObject, type JsonRpcRequest, parseJsonRpcRequest } from './json-rpc-request.ts';
import { type ObjectOperation, parseObjectOperation } from './object-operation.ts';
import { paramsOf, sessionIdParam, stringParam } from './params.ts';
import { PipelineQueues } from './pipeline-queues.ts';
import { type ErrorBody, RpcError, toErrorBody } from './rpc-error.ts';
import { socketsMax } from './rpc-limits.ts';
import type { RpcSession } from './rpc-session.ts';
import { RpcSocket, type SocketPort } from './rpc-socket.ts';
import { SessionTable } from './session-table.ts';
import { parseTransaction } from './transaction.ts';

export interface RpcServerOptions {
  readonly model: ObjectModel;
  readonly log: KurentoLog;
  /** A name that nobody can guess: of the server, and of each session. */
  readonly newId: () => string;
}

export interface RpcStatistics {
  readonly sockets: number;
  readonly sessions: number;
  /** Pipelines that are being asked something. */
  readonly busyPipelines: number;
  /** Events of sessions that had no socket at that moment. */
  readonly lostEvents: number;
}

/** Closing codes (RFC 6455 section 7.4.1). */
const goingAway = 1001;
const invalidPayload = 1007;
const internalError = 1011;

/**
 * JSON-RPC 2.0 as Kurento speaks it, between sockets and the objects: sessions, answers, events. It is told frames and
 * time; it answers by itself when the objects have. Requests about one pipeline run one after another.
 */
export class RpcServer {
  readonly #model: ObjectModel;
  readonly #log: KurentoLog;
  readonly #serverId: string;
  readonly #sockets = new Set<RpcSocket>();
  readonly #sessions: SessionTable;
  readonly #queues = new PipelineQueues();
  readonly #stopEvents: () => void;
  /** The latest that it was told. */
  #now: MonotonicMs;
  #lostEvents = 0;

  constructor({ model, log, newId }: RpcServerOptions, now: MonotonicMs) {
    this.#model = model;
    this.#log = log;
    this.#serverId = newId();
    this.#now = now;
    this.#sessions = new SessionTable({ model, newId, tellBug: (error) => this.#toError(error) });
    this.#stopEvents = model.onEvent((event) => this.#handleEvent(event));
  }

  get isFull(): boolean {
    return this.#sockets.size >= socketsMax;
  }

  statistics(): RpcStatistics {
    return {
      sockets: this.#sockets.size,
      sessions: this.#sessions.size,
      busyPipelines: this.#queues.size,
      lostEvents: this.#lostEvents,
    };
  }

  /** Not when it `isFull`. */
  openSocket(port: SocketPort): RpcSocket {
    const socket = new RpcSocket(port);
    this.#sockets.add(socket);
    return socket;
  }

  /** The session stays, for another socket to take it over. */
  handleClose(socket: RpcSocket, now: MonotonicMs): void {
    this.#now = now;
    socket.handleClose();
    this.#sockets.delete(socket);
    this.#sessions.detach(socket, now);
  }

  /** A bug in here ends the socket, and nothing else. */
  handleText(socket: RpcSocket, text: string, now: MonotonicMs): void {
    this.#now = now;
    try {
      if (socket.isOpen) this.#handleFrame(socket, text);
    } catch (error) {
      this.#toError(error);
      socket.close(internalError, 'The server failed at this');
    }
  }

  /** To be called at least every second. */
  handleTimeout(now: MonotonicMs): void {
    this.#now = now;
    this.#sessions.handleTimeout(now);
  }

  /** Closes all sockets, then all sessions with their objects. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.close(goingAway, 'The server is being stopped');
      this.handleClose(socket, this.#now);
    }
    await this.#sessions.closeAll(this.#now);
    this.#stopEvents();
  }

  #handleFrame(socket: RpcSocket, text: string): void {
    const request = parseJsonRpcRequest(text);
    if (request === 'malformed-json') socket.close(invalidPayload, 'Malformed JSON');
    else if (request === 'invalid-request') {
      const error = toErrorBody(new RpcError('invalid-request', 'Invalid JSON-RPC request.'));
      socket.send(answerText('null', { error }));
    } else this.#handleRequest(socket, request, text);
  }

  #handleRequest(socket: RpcSocket, request: JsonRpcRequest, text: string): void {
    try {
      switch (request.method) {
        case 'connect':
        case 'ping':
        case 'keepAlive':
          socket.send(answerText(request.id, { result: this.#askSession(socket, request) }));
          return;
        case 'closeSession':
          this.#closeSession(socket, request);
          return;
        default:
          this.#askObjects(socket, request, text);
      }
    } catch (error) {
      socket.send(answerText(request.id, { error: this.#toError(error) }));
    }
  }

  #askSession(socket: RpcSocket, { method, params: asked }: JsonRpcRequest): JsonObject {
    const params = paramsOf(asked);
    const named = sessionIdParam(params);
    if (method === 'ping') {
      const session = named === undefined ? socket.session : this.#sessions.get(named);
      if (session === undefined) return { value: 'pong' };
      this.#sessions.attach(session, socket, this.#now);
      return { sessionId: session.id, value: 'pong' };
    }
    if (method === 'keepAlive') return { sessionId: this.#requiredSession(socket, params).id };
    const session =
      named === undefined ? this.#sessions.findOrOpen(undefined, socket, this.#now) : this.#sessions.find(named);
    this.#sessions.attach(session, socket, this.#now);
    return { serverId: this.#serverId, sessionId: session.id };
  }

  /** Whoever raised it is not held up by what goes wrong here. */
  #handleEvent(event: ObjectEvent): void {
    try {
      const isTold = this.#sessions.get(event.sessionId)?.socket?.send(eventText(event)) ?? false;
      if (!isTold) this.#lostEvents += 1;
    } catch (error) {
      this.#toError(error);
    }
  }

  /** The one that is named, or else the socket's. */
  #requiredSession(socket: RpcSocket, params: JsonObject): RpcSession {
    const named = sessionIdParam(params) ?? socket.session?.id ?? stringParam(params, 'sessionId');
    const session = this.#sessions.find(named);
    this.#sessions.attach(session, socket, this.#now);
    return session;
  }

  #closeSession(socket: RpcSocket, { id, params }: JsonRpcRequest): void {
    const session = this.#requiredSession(socket, paramsOf(params));
    this.#sessions.close(session, this.#now).then(
      () => socket.send(answerText(id, { result: null })),
      (error: unknown) => socket.send(answerText(id, { error: this.#toError(error) })),
    );
  }

  #askObjects(socket: RpcSocket, { id, method, params }: JsonRpcRequest, text: string): void {
    const operation =
      method === 'transaction'
        ? parseTransaction(params, {
            model: this.#model,
            toError: (error) => this.#toError(error),
            now: () => this.#now,
          })
        : parseObjectOperation(this.#model, method, params);
    const session = this.#sessions.findOrOpen(sessionIdParam(paramsOf(params)), socket, this.#now);
    this.#sessions.attach(session, socket, this.#now);
    if (socket.isBusy || session.isBusy) {
      throw new KurentoError('NOT_ENOUGH_RESOURCES', 'Too many requests are under way; wait for answers');
    }
    const end = socket.begin(text.length);
    const tell = (answer: string): void => {
      end();
      socket.send(answer);
    };
    // What has no id of its own cannot be told from others.
    const isRepeatable = id !== undefined && id !== 'null';
    const settle = isRepeatable ? session.answers.take(id, text, tell) : (): void => {};
    if (settle === undefined) return;
    session.begin(
      this.#answer(id, this.#run(operation, session), (answer) => {
        settle(answer, this.#now);
        tell(answer);
      }),
    );
  }

  async #answer(id: string | undefined, outcome: Promise<Outcome>, tell: (answer: string) => void): Promise<void> {
    const answer = this.#answerOf(id, await outcome);
    try {
      tell(answer);
    } catch (error) {
      this.#toError(error);
    }
  }

  /** Never rejects. */
  async #run(operation: ObjectOperation, { id: sessionId }: RpcSession): Promise<Outcome> {
    try {
      const told = await this.#queues.run(operation.pipelines, () => operation.run(sessionId));
      return { result: { ...told, sessionId } };
    } catch (error) {
      return { error: this.#toError(error) };
    }
  }

  /** What has no text is a bug of the objects. */
  #answerOf(id: string | undefined, outcome: Outcome): string {
    try {
      return answerText(id, outcome);
    } catch (error) {
      return answerText(id, { error: this.#toError(error) });
    }
  }

  /** A bug is logged: here, and nowhere else. */
  #toError(error: unknown): ErrorBody {
    if (!(error instanceof CodedError)) {
      this.#log.error(`A request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    return toErrorBody(error);
  }
}
