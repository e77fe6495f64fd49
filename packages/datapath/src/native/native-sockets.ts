import { isIP } from 'node:net';
import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { isIpv6, parseIp, type TransportAddress } from '@rivero/core';
import { type DatapathCounter, datapathCounters } from '../contract.ts';
import type { DatagramSocket, DatagramSocketOptions, DatagramSockets } from '../datagram-sockets.ts';
import type { CreateSockets, SocketsAddon } from './addon.ts';
import { columnOf, openDatagramRows, rowBytesMax, rowLength, rowsMax } from './datagram-rows.ts';
import { RowAddresses } from './row-addresses.ts';

/** The longest that UDP over IPv4 carries. */
const datagramLengthMax = 65_507;

const headerLength = 4;

/** One that is open. */
interface Bound {
  readonly number: number;
  readonly isIpv6: boolean;
  readonly onPacket: DatagramSocketOptions['onPacket'];
}

/** Of what these count. */
const dropCounters = ['receive-too-long', 'send-congested', 'send-failed', 'send-too-long'] as const;

/**
 * UDP sockets of the addon, for whoever handles datagrams in JavaScript. What a turn of the event loop brings to all of them
 * is handed over in one call; what is sent meanwhile leaves together at its end, else at once.
 */
export class NativeSockets implements DatagramSockets {
  readonly #addon: SocketsAddon;
  readonly #received = openDatagramRows();
  readonly #outgoing = openDatagramRows();
  readonly #counters = new Float64Array(datapathCounters.length);
  readonly #addresses = new RowAddresses();
  readonly #sockets: (Bound | undefined)[] = [];
  /** Bytes of outgoing rows. */
  #outgoingBytes = 0;
  #isInWakeUp = false;

  constructor(create: CreateSockets) {
    const memory = { received: this.#received, outgoing: this.#outgoing, counters: this.#counters };
    this.#addon = create(memory, () => this.#handleWakeUp());
  }

  get dropped(): number {
    return dropCounters.reduce((sum, name) => sum + this.#counters[datapathCounters.indexOf(name)], 0);
  }

  bind({ ip, port, onPacket }: DatagramSocketOptions): DatagramSocket | NodeJS.ErrnoException {
    if (isIP(ip) === 0) return errorOf(-constants.errno.EINVAL, ip, port);
    const number = this.#addon.openSocket(parseIp(ip), port);
    if (number < 0) return errorOf(number, ip, port);
    const bound: Bound = { number, isIpv6: isIpv6(ip), onPacket };
    this.#sockets[number] = bound;
    return {
      port: this.#addon.localPort(number),
      send: (bytes, remote) => this.#send(bound, bytes, remote),
      sendWithHeader: (header, bytes, remote) => this.#send(bound, bytes, remote, header),
      close: () => this.#close(bound),
    };
  }

  close(): void {
    this.#sockets.length = 0;
    this.#addon.close();
  }

  #handleWakeUp(): void {
    const { rows, bytes, count } = this.#received;
    this.#isInWakeUp = true;
    try {
      for (let row = 0, at = 0; row < count[0]; row++, at += rowLength) {
        const socket = this.#sockets[rows[at + columnOf.socket]];
        // Closed within the wake-up.
        if (socket === undefined) continue;
        const remote = this.#addresses.read(rows, at, socket.isIpv6);
        socket.onPacket(remote, new Uint8Array(bytes.buffer, rows[at + columnOf.offset], rows[at + columnOf.length]));
      }
    } finally {
      this.#isInWakeUp = false;
    }
  }

  #send(from: Bound, bytes: Uint8Array, { ip, port }: TransportAddress, header?: number): void {
    if (this.#sockets[from.number] !== from) return;
    const length = header === undefined ? bytes.length : headerLength + bytes.length;
    if (length > datagramLengthMax) return this.#count('send-too-long');
    const words = this.#addresses.wordsOf(ip);
    if (words.length > 1 !== from.isIpv6) return this.#count('send-failed');
    const { rows, bytes: memory, count } = this.#outgoing;
    if (count[0] === rowsMax || this.#outgoingBytes + length > rowBytesMax) this.#addon.flush();
    // The addon has sent all.
    if (count[0] === 0) this.#outgoingBytes = 0;
    const offset = this.#outgoingBytes;
    this.#outgoingBytes += length;
    const at = count[0] * rowLength;
    rows[at + columnOf.socket] = from.number;
    rows[at + columnOf.offset] = offset;
    rows[at + columnOf.length] = length;
    rows[at + columnOf.port] = port;
    for (let word = 0; word < words.length; word++) rows[at + columnOf.ip + word] = words[word];
    if (header !== undefined) writeWord(memory, offset, header);
    memory.set(bytes, offset + length - bytes.length);
    count[0] += 1;
    if (!this.#isInWakeUp) this.#addon.flush();
  }

  #close(bound: Bound): void {
    if (this.#sockets[bound.number] !== bound) return;
    this.#sockets[bound.number] = undefined;
    this.#addon.closeSocket(bound.number);
  }

  #count(name: DatapathCounter): void {
    this.#counters[datapathCounters.indexOf(name)] += 1;
  }
}

function writeWord(memory: Uint8Array, offset: number, word: number): void {
  memory[offset] = word >>> 24;
  memory[offset + 1] = word >>> 16;
  memory[offset + 2] = word >>> 8;
  memory[offset + 3] = word;
}

function errorOf(number: number, ip: string, port: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(number);
  return Object.assign(new Error(`bind ${code} ${ip}:${port}`), { code, errno: number, syscall: 'bind' });
}
