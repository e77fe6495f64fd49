import { formatIp, type PacketPool, type PathHandle, receivedKind } from '@rivero/core';
import { countOf, type SharedMemory } from './shared-memory.ts';

/** The kind of rows whose sender has no path yet (ReceivedKind::stranger of shared-memory.h). */
const strangerKind = 3;

/** Gives a path to each address that came with a check; rows for which there is none are dropped. */
export function admitStrangers(
  memory: SharedMemory,
  pool: PacketPool,
  openPath: (socket: number, ip: string, port: number) => PathHandle | undefined,
): void {
  const { counts, strangerEnds, strangerIps, kind, slot, path } = memory;
  counts[countOf.strangers] = 0;
  let kept = 0;
  for (let row = 0; row < counts[countOf.received]; row++) {
    if (kind[row] === strangerKind) {
      const [socket, ipLength, port] = strangerEnds.subarray(row * 3, row * 3 + 3);
      const ip = formatIp(strangerIps.subarray(row * 16, row * 16 + ipLength));
      const opened = openPath(socket, ip, port);
      if (opened === undefined) {
        pool.release(slot[row]);
        continue;
      }
      kind[row] = receivedKind.datagram;
      path[row] = opened;
    }
    moveRow(memory, row, kept);
    kept += 1;
  }
  counts[countOf.received] = kept;
}

function moveRow({ kind, slot, offset, length, path, session }: SharedMemory, from: number, to: number): void {
  if (from === to) return;
  for (const column of [kind, slot, offset, length, path, session]) column[to] = column[from];
}
