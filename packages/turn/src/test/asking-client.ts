import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { on, once } from 'node:events';
import { isIPv6 } from 'node:net';
import { assert } from '@rivero/core';
import {
  type AttributeToSend,
  attributeType,
  findAttribute,
  parseErrorCode,
  parseStunMessage,
  serializeStunMessage,
  type StunMessage,
  type StunMethod,
  turnAttributeType,
} from '@rivero/protocol/stun';

/** XORed with the magic cookie and the transaction (RFC 8489 section 14.2). */
const magicCookie = [0x21, 0x12, 0xa4, 0x42];

/** A datagram may be lost. */
const repeatIntervalMs = 200;
const patienceMs = 30_000;

const encoder = new TextEncoder();

export interface AskingUser {
  readonly username: string;
  readonly password: string;
}

/** Asks a TURN server over UDP whatever a test wants, also what no client would. */
export class AskingClient {
  readonly #socket: Socket;
  readonly #port: number;
  readonly #user: AskingUser;
  #realm = '';
  #nonce: Uint8Array = new Uint8Array(0);

  private constructor(socket: Socket, port: number, user: AskingUser) {
    this.#socket = socket;
    this.#port = port;
    this.#user = user;
  }

  /** With an allocation of a family. */
  static async open(port: number, user: AskingUser, family: 4 | 6): Promise<AskingClient> {
    const client = await AskingClient.connect(port, user);
    const code = await client.allocate(family);
    if (code !== 0) client.close();
    assert(code === 0, `the allocation is refused with ${code}`);
    return client;
  }

  /** With what the server tells strangers. */
  static async connect(port: number, user: AskingUser): Promise<AskingClient> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const client = new AskingClient(socket, port, user);
    const strange = await client.#ask('allocate', randomBytes(12), [transport], false);
    client.#realm = new TextDecoder().decode(findAttribute(strange, attributeType.realm)?.value);
    client.#nonce = Uint8Array.from(findAttribute(strange, attributeType.nonce)?.value ?? []);
    return client;
  }

  /** What nobody else may know. */
  get secrets(): { readonly nonce: Uint8Array; readonly key: Uint8Array } {
    const { username, password } = this.#user;
    const key = createHash('md5').update(`${username}:${this.#realm}:${password}`).digest();
    return { nonce: this.#nonce, key: new Uint8Array(key) };
  }

  /** The code of the error, or 0. */
  allocate(family: 4 | 6): Promise<number> {
    const value = Uint8Array.of(family === 4 ? 1 : 2, 0, 0, 0);
    return this.ask('allocate', () => [transport, { type: turnAttributeType.requestedAddressFamily, value }]);
  }

  /** The code of the error, or 0. */
  async ask(
    method: StunMethod,
    attributes: (transactionId: Uint8Array) => readonly AttributeToSend[],
  ): Promise<number> {
    const transactionId = new Uint8Array(randomBytes(12));
    const answer = await this.#ask(method, transactionId, attributes(transactionId), true);
    const error = findAttribute(answer, attributeType.errorCode);
    return error === undefined ? 0 : (parseErrorCode(error.value)?.code ?? -1);
  }

  send(bytes: Uint8Array): void {
    this.#socket.send(bytes, this.#port, '127.0.0.1');
  }

  /** What comes back for a packet by a channel; `undefined`: nothing within the patience. */
  echo(channel: number, data: Uint8Array, patience: number): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      const end = (echoed: Uint8Array | undefined): void => {
        clearTimeout(timer);
        this.#socket.off('message', handle);
        resolve(echoed);
      };
      const handle = (bytes: Buffer): void => {
        if (bytes[0] === channel >> 8) end(new Uint8Array(bytes.subarray(4)));
      };
      const timer = setTimeout(() => end(undefined), patience);
      this.#socket.on('message', handle);
      this.send(Uint8Array.of(channel >> 8, channel & 0xff, data.length >> 8, data.length & 0xff, ...data));
    });
  }

  close(): void {
    this.#socket.close();
  }

  async #ask(
    method: StunMethod,
    transactionId: Uint8Array,
    attributes: readonly AttributeToSend[],
    isAuthenticated: boolean,
  ): Promise<StunMessage> {
    const { key } = this.secrets;
    const credentials = [
      { type: attributeType.username, value: encoder.encode(this.#user.username) },
      { type: attributeType.realm, value: encoder.encode(this.#realm) },
      { type: attributeType.nonce, value: this.#nonce },
    ];
    const bytes = serializeStunMessage({
      method,
      class: 'request',
      transactionId: new Uint8Array(transactionId),
      attributes: [...attributes, ...(isAuthenticated ? credentials : [])],
      ...(isAuthenticated ? { integrity: { key, algorithm: 'sha1' } } : {}),
    });
    this.send(bytes);
    const again = setInterval(() => this.send(bytes), repeatIntervalMs);
    try {
      return await this.#answerTo(transactionId);
    } finally {
      clearInterval(again);
    }
  }

  async #answerTo(transactionId: Uint8Array): Promise<StunMessage> {
    const end = AbortSignal.timeout(patienceMs);
    for await (const [bytes] of on(this.#socket, 'message', { signal: end })) {
      const message = parseStunMessage(new Uint8Array(bytes));
      assert(typeof message !== 'string', 'the answer is STUN');
      if (Buffer.compare(message.transactionId, transactionId) === 0) return message;
    }
    throw new Error('the server does not answer');
  }
}

/** XOR-PEER-ADDRESS with exactly these bytes, whatever they say: IPv4-mapped addresses stay IPv6. */
export function peerAddress(ip: string, port: number, transactionId: Uint8Array): AttributeToSend {
  const bytes = isIPv6(ip) ? ipv6Bytes(ip) : ip.split('.').map(Number);
  const mask = [...magicCookie, ...transactionId];
  const value = [0, bytes.length === 4 ? 1 : 2, (port >> 8) ^ 0x21, (port & 0xff) ^ 0x12];
  return {
    type: turnAttributeType.xorPeerAddress,
    value: Uint8Array.from([...value, ...bytes.map((byte, index) => byte ^ mask[index])]),
  };
}

export function channelNumber(channel: number): AttributeToSend {
  return { type: turnAttributeType.channelNumber, value: Uint8Array.of(channel >> 8, channel & 0xff, 0, 0) };
}

const transport: AttributeToSend = {
  type: turnAttributeType.requestedTransport,
  value: Uint8Array.of(17, 0, 0, 0),
};

function ipv6Bytes(ip: string): readonly number[] {
  const hex = ip.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    return `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`;
  });
  const [head = '', tail = ''] = hex.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const groups = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
  return groups.flatMap((group) => [group >> 8, group & 0xff]);
}
