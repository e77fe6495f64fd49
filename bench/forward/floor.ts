import { createCipheriv, type KeyObject } from 'node:crypto';
import type { Socket } from 'node:dgram';

/** One receiver of the fan-out: its own key and address. */
export interface FloorReceiver {
  /** As a key object: with bytes OpenSSL makes one each time, which costs four times the sealing. */
  readonly key: KeyObject;
  readonly port: number;
}

/**
 * The least that Node can do to fan one packet out: seal the same bytes with each receiver's key and send them.
 * Nothing is rewritten, looked up, kept or counted.
 */
export class Floor {
  readonly #socket: Socket;
  readonly #receivers: readonly FloorReceiver[];
  readonly #header: Uint8Array;
  readonly #payload: Uint8Array;
  readonly #iv = Buffer.alloc(12);
  #counter = 0;

  constructor(socket: Socket, receivers: readonly FloorReceiver[], packet: Uint8Array) {
    this.#socket = socket;
    this.#receivers = receivers;
    this.#header = packet.subarray(0, 12);
    this.#payload = packet.subarray(12);
  }

  sendToAll(): void {
    this.#iv.writeUInt32BE(this.#counter++, 8);
    for (const { key, port } of this.#receivers) {
      const cipher = createCipheriv('aes-128-gcm', key, this.#iv);
      cipher.setAAD(this.#header);
      const sealed = cipher.update(this.#payload);
      cipher.final();
      this.#socket.send([this.#header, sealed, cipher.getAuthTag()], port, '127.0.0.1');
    }
  }
}
