import { HandleTable, type PathHandle, type SessionHandle, type TransportAddress } from '@rivero/core';
import type { StreamPath, Traffic } from '../contract.ts';

/** A bound datagram socket as the twin uses it. Sends are tried at once; what the socket cannot take is lost. */
export interface DatagramPort {
  readonly local: TransportAddress;
  /** True when the socket still holds `bytes` to send them later: then they are its own and are not written again. */
  send(bytes: Uint8Array, length: number, remote: TransportAddress): boolean;
  /** So much waits to be sent that a packet of this traffic had better be dropped. */
  isCongested(traffic: Traffic): boolean;
}

export interface Path {
  readonly port: DatagramPort | undefined;
  readonly stream: StreamPath | undefined;
  readonly remote: TransportAddress;
  session: SessionHandle | undefined;
}

/** All paths of a worker. */
const pathsMax = 65_536;

/** Paths that no session is bound to: strangers, and peers whose first check is still to come. */
export const unboundPathsMax = 4_096;

/** Finds paths by where a packet came from. Unbound ones are forgotten oldest first, so a flood of strangers is bounded. */
export class PathTable {
  readonly #paths = new HandleTable<PathHandle, Path>(pathsMax);
  readonly #byPort = new Map<DatagramPort, Map<string, Map<number, PathHandle>>>();
  /** In the order of their opening. */
  readonly #unbound = new Set<PathHandle>();

  get size(): number {
    return this.#paths.size;
  }

  get(handle: PathHandle): Path | undefined {
    return this.#paths.get(handle);
  }

  /** The path of a datagram, opened when it is the first one; `undefined` when there are too many. */
  find(port: DatagramPort, ip: string, remotePort: number): PathHandle | undefined {
    const known = this.#byPort.get(port)?.get(ip)?.get(remotePort);
    if (known !== undefined) return known;
    const handle = this.#open({ port, stream: undefined, remote: { ip, port: remotePort }, session: undefined });
    if (handle === undefined) return undefined;
    let byIp = this.#byPort.get(port);
    if (byIp === undefined) this.#byPort.set(port, (byIp = new Map()));
    let byRemotePort = byIp.get(ip);
    if (byRemotePort === undefined) byIp.set(ip, (byRemotePort = new Map()));
    byRemotePort.set(remotePort, handle);
    return handle;
  }

  openStream(stream: StreamPath): PathHandle | undefined {
    const handle = this.#paths.open({ port: undefined, stream, remote: stream.remote, session: undefined });
    return handle;
  }

  bind(handle: PathHandle, session: SessionHandle): void {
    const path = this.#paths.get(handle);
    if (path === undefined) return;
    path.session = session;
    this.#unbound.delete(handle);
  }

  unbind(handle: PathHandle): void {
    const path = this.#paths.get(handle);
    if (path === undefined || path.session === undefined) return;
    path.session = undefined;
    if (path.port !== undefined) this.#unbound.add(handle);
  }

  /** Unbinds every path of a session. */
  unbindAll(session: SessionHandle, handles: Iterable<PathHandle>): void {
    for (const handle of handles) if (this.#paths.get(handle)?.session === session) this.unbind(handle);
  }

  close(handle: PathHandle): void {
    const path = this.#paths.close(handle);
    this.#unbound.delete(handle);
    if (path?.port === undefined) return;
    const byIp = this.#byPort.get(path.port);
    const byRemotePort = byIp?.get(path.remote.ip);
    byRemotePort?.delete(path.remote.port);
    if (byRemotePort?.size === 0) byIp?.delete(path.remote.ip);
  }

  #open(path: Path): PathHandle | undefined {
    if (this.#unbound.size >= unboundPathsMax) {
      const [oldest] = this.#unbound;
      this.close(oldest);
    }
    const handle = this.#paths.open(path);
    if (handle !== undefined) this.#unbound.add(handle);
    return handle;
  }
}
