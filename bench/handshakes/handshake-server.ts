import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DtlsAssociation, DtlsCertificate, Fingerprint } from '@rivero/protocol/dtls';
import type { RandomBytes } from '@rivero/core';
import { answerOf, startAssociation } from './datagrams.ts';

/** Datagrams that one side of a handshake sent at once. */
type SentFlight = readonly Uint8Array[];

/** What the process is asked for: the floor so many times, or the servers' part of handshakes, of which the flights are. */
export type ServerRequest =
  | { readonly type: 'floor'; readonly count: number }
  | { readonly type: 'open'; readonly fingerprint: Fingerprint; readonly flights: readonly SentFlight[] }
  | { readonly type: 'go-on'; readonly flights: readonly SentFlight[] };

export interface ServerResponse {
  /** CPU time. */
  readonly microseconds: number;
  readonly flights: readonly SentFlight[];
  readonly establishedCount: number;
}

/** Servers of handshakes in a process of their own; the clients are this one's. */
export class HandshakeServer {
  readonly #child: ChildProcess;
  readonly #fingerprint: Fingerprint;

  private constructor(child: ChildProcess, fingerprint: Fingerprint) {
    this.#child = child;
    this.#fingerprint = fingerprint;
  }

  static async start(): Promise<HandshakeServer> {
    const file = fileURLToPath(new URL('server-process.ts', import.meta.url));
    const child = fork(file, { serialization: 'advanced' });
    const [fingerprint] = await once(child, 'message');
    return new HandshakeServer(child, fingerprint);
  }

  /** What their primitives take, so many times; CPU time in microseconds. */
  async primitives(count: number): Promise<number> {
    const { microseconds } = await this.#ask({ type: 'floor', count });
    return microseconds;
  }

  /** So many at once; CPU time of the servers in microseconds. */
  async handshakes(count: number, certificate: DtlsCertificate, random: RandomBytes): Promise<number> {
    const remoteFingerprints = [this.#fingerprint];
    const clients = Array.from({ length: count }, () =>
      startAssociation({ role: 'client', certificate, remoteFingerprints, random }),
    );
    const { fingerprint } = certificate;
    const first = await this.#ask({
      type: 'open',
      fingerprint,
      flights: clients.map((client) => answerOf(client, [])),
    });
    const second = await this.#ask({ type: 'go-on', flights: goOn(clients, first.flights) });
    goOn(clients, second.flights);
    const established = clients.filter(({ state }) => state === 'established').length;
    if (established !== count || second.establishedCount !== count) throw new Error('a handshake failed');
    return first.microseconds + second.microseconds;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #ask(request: ServerRequest): Promise<ServerResponse> {
    const answered = once(this.#child, 'message');
    this.#child.send(request);
    const [response] = await answered;
    return response;
  }
}

function goOn(clients: readonly DtlsAssociation[], flights: readonly SentFlight[]): readonly SentFlight[] {
  return clients.map((client, i) => answerOf(client, flights[i]));
}
