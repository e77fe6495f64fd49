import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { assert, milliseconds, type MonotonicMs, monotonicMs, type TransportAddress } from '@rivero/core';
import { type RelayPeer, TurnClient } from '@rivero/protocol/turn';
import type { AskingUser } from './asking-client.ts';

const host = '127.0.0.1';

/** A datagram may be lost, or come before its permission. */
const repeatIntervalMs = 200;

/** Our TURN client on a UDP socket. */
export class RelayedClient {
  readonly #socket: Socket;
  readonly #client: TurnClient;
  readonly #port: number;
  readonly #events = new EventEmitter();
  #relayed: TransportAddress | undefined;

  private constructor(socket: Socket, port: number, user: AskingUser) {
    this.#socket = socket;
    this.#port = port;
    const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
    this.#client = new TurnClient({ random, user, isStream: false, patience: milliseconds(30_000) });
    socket.on('message', (bytes) => {
      const received = this.#client.handleMessage(new Uint8Array(bytes), now());
      this.#drain();
      if (received !== undefined) this.#events.emit('packet', received.peer, Buffer.from(received.data).toString());
      const event = this.#client.pollEvent();
      if (event?.type !== 'allocated') return;
      this.#relayed = event.relayed;
      this.#events.emit('allocated');
    });
  }

  /** With an allocation. */
  static async open(port: number, user: AskingUser): Promise<RelayedClient> {
    const socket = createSocket('udp4').bind(0, host);
    await once(socket, 'listening');
    const client = new RelayedClient(socket, port, user);
    const allocated = once(client.#events, 'allocated');
    client.#client.start(now());
    client.#drain();
    await allocated;
    return client;
  }

  get relayed(): TransportAddress {
    assert(this.#relayed !== undefined, 'it has an allocation');
    return this.#relayed;
  }

  /** Sends that to a peer again and again, until it is closed. */
  sends(text: string, address: TransportAddress): void {
    const peer: RelayPeer | undefined = this.#client.openPeer(address);
    assert(peer !== undefined, 'there is room');
    this.#client.permit(address.ip, now());
    const send = (): void => {
      const wrapped = this.#client.wrap(peer, Buffer.from(text), now());
      if (wrapped !== undefined) this.#socket.send(wrapped, this.#port, host);
      this.#drain();
    };
    send();
    const timer = setInterval(send, repeatIntervalMs);
    this.#socket.once('close', () => clearInterval(timer));
  }

  /** The next packet of a peer. */
  async received(): Promise<{ readonly peer: TransportAddress; readonly text: string }> {
    const [peer, text] = await once(this.#events, 'packet');
    return { peer, text };
  }

  close(): void {
    this.#socket.close();
  }

  #drain(): void {
    for (let bytes = this.#client.pollSend(); bytes !== undefined; bytes = this.#client.pollSend()) {
      this.#socket.send(bytes, this.#port, host);
    }
  }
}

function now(): MonotonicMs {
  return monotonicMs(performance.now());
}
