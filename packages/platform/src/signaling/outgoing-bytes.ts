import type { Socket } from 'socket.io';

/** Bytes that may wait for one client to read them (1 MB): beyond that its socket is closed. */
export const outgoingBytesMax = 1_000_000;

type EngineSocket = Socket['conn'];

function bytesOf(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return data instanceof Uint8Array ? data.length : 0;
}

/** What a WebSocket holds that the system did not take; the other transports hold nothing. */
function bufferedBy({ transport }: EngineSocket): number {
  if (!('socket' in transport)) return 0;
  const { socket } = transport;
  if (typeof socket !== 'object' || socket === null || !('bufferedAmount' in socket)) return 0;
  return typeof socket.bufferedAmount === 'number' ? socket.bufferedAmount : 0;
}

/** Counts what waits in this process for one client: packets that its transport did not take, and those it holds. */
export class OutgoingBytes {
  readonly #socket: EngineSocket;
  #waiting = 0;

  constructor(socket: EngineSocket) {
    this.#socket = socket;
    socket.on('packetCreate', ({ data }: { readonly data?: unknown }) => {
      this.#waiting += bytesOf(data);
    });
    socket.on('flush', () => {
      this.#waiting = 0;
    });
  }

  get isTooMuch(): boolean {
    return this.#waiting + bufferedBy(this.#socket) > outgoingBytesMax;
  }
}
