import type { TransportAddress } from '@rivero/core';
import type { Allocation } from './allocation.ts';
import type { ConnectionId, ListenerId } from './turn-path.ts';

/** Allocations by 5-tuple, found without making keys. */
export class PathTable {
  readonly #byListener = new Map<ListenerId, Map<string, Map<number, Allocation>>>();
  readonly #byConnection = new Map<ConnectionId, Allocation>();

  findDatagram(listener: ListenerId, remote: TransportAddress): Allocation | undefined {
    return this.#byListener.get(listener)?.get(remote.ip)?.get(remote.port);
  }

  findConnection(connection: ConnectionId): Allocation | undefined {
    return this.#byConnection.get(connection);
  }

  add(allocation: Allocation): void {
    const { path } = allocation;
    if (path.type === 'stream') {
      this.#byConnection.set(path.connection, allocation);
      return;
    }
    const byIp = this.#byListener.get(path.listener) ?? new Map<string, Map<number, Allocation>>();
    this.#byListener.set(path.listener, byIp);
    const byPort = byIp.get(path.remote.ip) ?? new Map<number, Allocation>();
    byIp.set(path.remote.ip, byPort);
    byPort.set(path.remote.port, allocation);
  }

  delete({ path }: Allocation): void {
    if (path.type === 'stream') {
      this.#byConnection.delete(path.connection);
      return;
    }
    const byIp = this.#byListener.get(path.listener);
    const byPort = byIp?.get(path.remote.ip);
    byPort?.delete(path.remote.port);
    if (byPort?.size === 0) byIp?.delete(path.remote.ip);
  }
}
