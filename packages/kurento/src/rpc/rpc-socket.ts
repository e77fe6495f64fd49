import type { RpcSession } from './rpc-session.ts';
import { bytesInFlightMax, queuedBytesMax, requestsInFlightMax } from './rpc-limits.ts';

/** What a socket can do, whatever carries it. */
export interface SocketPort {
  send(text: string): void;
  /** With a code of RFC 6455 section 7.4 and a reason. What was sent before goes out first, if it can. */
  close(code: number, reason: string): void;
  /** What was sent and waits for the client to read it. */
  readonly queuedBytes: number;
}

/** Policy violation (RFC 6455 section 7.4.1): told to whom does not read. */
const policyViolation = 1008;

/** One client's socket, as the protocol sees it. */
export class RpcSocket {
  /** The session whose events it gets. */
  session: RpcSession | undefined;
  /** Sessions that it opened and that live. */
  openedSessions = 0;
  readonly #port: SocketPort;
  #isOpen = true;
  #requestsInFlight = 0;
  #bytesInFlight = 0;

  constructor(port: SocketPort) {
    this.#port = port;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isBusy(): boolean {
    return this.#requestsInFlight >= requestsInFlightMax || this.#bytesInFlight >= bytesInFlightMax;
  }

  /** False: it is closed, or is now, for it reads nothing. */
  send(text: string): boolean {
    if (!this.#isOpen) return false;
    if (this.#port.queuedBytes + text.length > queuedBytesMax) {
      this.close(policyViolation, 'Answers are not read');
      return false;
    }
    this.#port.send(text);
    return true;
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#port.close(code, reason);
  }

  /** It went away by itself. */
  handleClose(): void {
    this.#isOpen = false;
  }

  /** A request is under way until the returned function is called. */
  begin(length: number): () => void {
    this.#requestsInFlight += 1;
    this.#bytesInFlight += length;
    return () => {
      this.#requestsInFlight -= 1;
      this.#bytesInFlight -= length;
    };
  }
}
