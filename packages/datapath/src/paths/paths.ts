import type { PathHandle, SessionHandle, TransportAddress } from '@rivero/core';
import type { DatagramPort, PathEnds, StreamPath } from '../contract.ts';
import type { SocketPaths } from '../socket-datapath.ts';
import { type Path, type PathObserver, PathTable } from './path-table.ts';
import { isReachable, reachableAddress, reachablePort } from './reachable-port.ts';

/** The shared sockets of a worker, and the flows to peers by them and by connections: which there are, and whose each is. */
export class Paths implements SocketPaths {
  readonly #ports = new Set<DatagramPort>();
  readonly #table: PathTable;
  /** Those that are bound to each session. */
  readonly #bound = new Map<SessionHandle, Set<PathHandle>>();
  #connector: (remote: TransportAddress) => PathHandle | undefined = () => undefined;

  constructor(observer?: PathObserver) {
    this.#table = new PathTable(observer);
  }

  get size(): number {
    return this.#table.size;
  }

  get(handle: PathHandle): Path | undefined {
    return this.#table.get(handle);
  }

  /** The path of a datagram; `undefined` when there is none. */
  find(port: DatagramPort, ip: string, remotePort: number): PathHandle | undefined {
    return this.#table.find(port, ip, remotePort);
  }

  /** A path that {@link find} does not find; `undefined` when there are too many. */
  open(port: DatagramPort, ip: string, remotePort: number): PathHandle | undefined {
    return this.#table.open(port, ip, remotePort);
  }

  openStream(stream: StreamPath): PathHandle | undefined {
    return this.#table.openStream(stream);
  }

  /** A socket from which {@link openDatagram} may speak first. */
  addPort(port: DatagramPort): void {
    this.#ports.add(port);
  }

  /** The socket is closed, and its paths with it. */
  removePort(port: DatagramPort): void {
    this.#ports.delete(port);
    for (const handle of this.#table.ofPort(port)) this.close(handle);
  }

  /** Who opens sockets for {@link openConnected}. */
  setConnector(connector: (remote: TransportAddress) => PathHandle | undefined): void {
    this.#connector = connector;
  }

  openConnected(remote: TransportAddress): PathHandle | undefined {
    const address = reachableAddress(remote);
    return address && isReachable(this.#ports, address) ? this.#connector(address) : undefined;
  }

  openDatagram(remote: TransportAddress): PathHandle | undefined {
    const address = reachableAddress(remote);
    const port = address && reachablePort(this.#ports, address);
    if (address === undefined || port === undefined) return undefined;
    return this.find(port, address.ip, address.port) ?? this.open(port, address.ip, address.port);
  }

  remote(handle: PathHandle): TransportAddress | undefined {
    return this.#table.get(handle)?.remote;
  }

  ends(handle: PathHandle): PathEnds | undefined {
    return this.#table.ends(handle);
  }

  close(handle: PathHandle): void {
    this.#forgetBinding(handle);
    this.#table.close(handle);
  }

  pin(handle: PathHandle): void {
    this.#table.pin(handle);
  }

  unpin(handle: PathHandle): void {
    this.#table.unpin(handle);
  }

  bind(handle: PathHandle, session: SessionHandle): void {
    this.#forgetBinding(handle);
    let bound = this.#bound.get(session);
    if (bound === undefined) this.#bound.set(session, (bound = new Set()));
    bound.add(handle);
    this.#table.bind(handle, session);
  }

  /** Does nothing when the path is another session's by now. */
  unbind(handle: PathHandle, session: SessionHandle): void {
    if (this.#table.get(handle)?.session !== session) return;
    this.#forgetBinding(handle);
    this.#table.unbind(handle);
  }

  /** Unbinds every path of a session. */
  unbindAll(session: SessionHandle): void {
    const bound = this.#bound.get(session);
    if (bound === undefined) return;
    this.#bound.delete(session);
    for (const handle of bound) if (this.#table.get(handle)?.session === session) this.#table.unbind(handle);
  }

  #forgetBinding(handle: PathHandle): void {
    const session = this.#table.get(handle)?.session;
    if (session === undefined) return;
    const bound = this.#bound.get(session);
    bound?.delete(handle);
    if (bound?.size === 0) this.#bound.delete(session);
  }
}
