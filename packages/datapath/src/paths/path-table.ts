import { HandleTable, type PathHandle, type SessionHandle, type TransportAddress } from '@rivero/core';
import type { DatagramPort, PathEnds, StreamPath } from '../contract.ts';

export interface Path {
  readonly port: DatagramPort | undefined;
  readonly stream: StreamPath | undefined;
  readonly remote: TransportAddress;
  session: SessionHandle | undefined;
  isPinned: boolean;
}

/** Who keeps a table of its own of the paths of datagram sockets. */
export interface PathObserver {
  handlePathOpened(handle: PathHandle, port: DatagramPort, remote: TransportAddress): void;
  /** `undefined`: it is nobody's any more. */
  handlePathBound(handle: PathHandle, session: SessionHandle | undefined): void;
  handlePathClosed(handle: PathHandle): void;
}

/** All paths of a worker. */
const pathsMax = 65_536;

/** Paths that are neither bound to a session nor pinned: strangers, and peers whose first check is still to come. */
export const unboundPathsMax = 4_096;

/** Finds paths by where a packet came from. Those of strangers are forgotten oldest first, so a flood of them is bounded. */
export class PathTable {
  readonly #paths = new HandleTable<PathHandle, Path>(pathsMax);
  readonly #byPort = new Map<DatagramPort, Map<string, Map<number, PathHandle>>>();
  /** Neither bound nor pinned, in the order in which they came to be so. */
  readonly #unbound = new Set<PathHandle>();
  readonly #observer: PathObserver | undefined;

  constructor(observer?: PathObserver) {
    this.#observer = observer;
  }

  get size(): number {
    return this.#paths.size;
  }

  get(handle: PathHandle): Path | undefined {
    return this.#paths.get(handle);
  }

  ends(handle: PathHandle): PathEnds | undefined {
    const path = this.#paths.get(handle);
    if (path === undefined) return undefined;
    const { port, stream, remote } = path;
    if (port !== undefined) return { local: port.local, remote, protocol: 'udp' };
    return stream && { local: stream.local, remote, protocol: stream.protocol ?? 'tcp' };
  }

  /** The path of a datagram. */
  find(port: DatagramPort, ip: string, remotePort: number): PathHandle | undefined {
    return this.#byPort.get(port)?.get(ip)?.get(remotePort);
  }

  /** Those of a socket. */
  ofPort(port: DatagramPort): readonly PathHandle[] {
    return [...(this.#byPort.get(port)?.values() ?? [])].flatMap((byRemotePort) => [...byRemotePort.values()]);
  }

  /** A path that {@link find} does not find; `undefined` when there are too many. */
  open(port: DatagramPort, ip: string, remotePort: number): PathHandle | undefined {
    const remote = { ip, port: remotePort };
    const handle = this.#open({ port, stream: undefined, remote, session: undefined, isPinned: false });
    if (handle === undefined) return undefined;
    let byIp = this.#byPort.get(port);
    if (byIp === undefined) this.#byPort.set(port, (byIp = new Map()));
    let byRemotePort = byIp.get(ip);
    if (byRemotePort === undefined) byIp.set(ip, (byRemotePort = new Map()));
    byRemotePort.set(remotePort, handle);
    this.#observer?.handlePathOpened(handle, port, remote);
    return handle;
  }

  openStream(stream: StreamPath): PathHandle | undefined {
    const { remote } = stream;
    return this.#paths.open({ port: undefined, stream, remote, session: undefined, isPinned: false });
  }

  pin(handle: PathHandle): void {
    const path = this.#paths.get(handle);
    if (path === undefined) return;
    path.isPinned = true;
    this.#unbound.delete(handle);
  }

  unpin(handle: PathHandle): void {
    const path = this.#paths.get(handle);
    if (path === undefined) return;
    path.isPinned = false;
    this.#letGo(handle, path);
  }

  bind(handle: PathHandle, session: SessionHandle): void {
    const path = this.#paths.get(handle);
    if (path === undefined) return;
    path.session = session;
    this.#unbound.delete(handle);
    this.#observer?.handlePathBound(handle, session);
  }

  unbind(handle: PathHandle): void {
    const path = this.#paths.get(handle);
    if (path === undefined || path.session === undefined) return;
    path.session = undefined;
    this.#letGo(handle, path);
    this.#observer?.handlePathBound(handle, undefined);
  }

  close(handle: PathHandle): void {
    const path = this.#paths.close(handle);
    this.#unbound.delete(handle);
    path?.stream?.close?.();
    if (path?.port === undefined) return;
    this.#observer?.handlePathClosed(handle);
    const byIp = this.#byPort.get(path.port);
    const byRemotePort = byIp?.get(path.remote.ip);
    byRemotePort?.delete(path.remote.port);
    if (byRemotePort?.size === 0) byIp?.delete(path.remote.ip);
    if (byIp?.size === 0) this.#byPort.delete(path.port);
  }

  /** Connections are closed by whoever accepted them, never for want of room. */
  #letGo(handle: PathHandle, path: Path): void {
    if (path.port !== undefined && path.session === undefined && !path.isPinned) this.#unbound.add(handle);
  }

  #open(path: Path): PathHandle | undefined {
    for (const oldest of this.#unbound) {
      if (this.#unbound.size < unboundPathsMax) break;
      this.close(oldest);
    }
    const handle = this.#paths.open(path);
    if (handle !== undefined) this.#unbound.add(handle);
    return handle;
  }
}
