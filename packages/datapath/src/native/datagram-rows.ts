/** Datagrams that stand in rows at once. */
export const rowsMax = 1_024;

/** Their bytes at once; a datagram has less than 64 KiB. */
export const rowBytesMax = 1024 * 1024;

/** Words of one row. */
export const rowLength = 8;

/** Its columns; the IP address has one word or four, as the network has it. */
export const columnOf = { socket: 0, offset: 1, length: 2, port: 3, ip: 4 } as const;

/** Datagrams that the addon received or is to send: DatagramRows of socket-group.h. */
export interface DatagramRows {
  readonly rows: Uint32Array;
  readonly bytes: Uint8Array;
  /** Rows in use. */
  readonly count: Uint32Array;
}

export function openDatagramRows(): DatagramRows {
  return {
    rows: new Uint32Array(rowsMax * rowLength),
    bytes: new Uint8Array(rowBytesMax),
    count: new Uint32Array(1),
  };
}
