import {
  assert,
  earliest,
  type MonotonicMs,
  never,
  type PathHandle,
  type RandomBytes,
  randomUint32,
  type SessionHandle,
  type StreamHandle,
  type TransportAddress,
} from '@rivero/core';
import type { SocketDatapath } from '@rivero/datapath';
import { DtlsAssociation, type DtlsCertificate, type SrtpKeys } from '@rivero/protocol/dtls';
import { generateIceCredentials, IceControllingAgent } from '@rivero/protocol/ice';
import { createOffer, parseSessionDescription, serializeSessionDescription } from '@rivero/protocol/sdp';

/** What a load peer is for; one that publishes receives nothing. */
export type LoadRole = 'publisher' | 'subscriber';

export interface LoadPeerOptions {
  readonly role: LoadRole;
  /** Of video; a publisher has one. */
  readonly sections: number;
  readonly datapath: SocketDatapath;
  readonly certificate: DtlsCertificate;
  readonly random: RandomBytes;
  /** The way from a socket of its own to the server. */
  readonly openPath: (server: TransportAddress) => PathHandle;
  readonly onConnected: (session: SessionHandle) => void;
}

/** The mid of each section. */
export function loadMid(section: number): string {
  return String(section);
}

/**
 * A peer that costs little: real ICE and DTLS, and media by a datapath of its own. It sends what it is
 * told to, and neither reports nor asks for anything.
 */
export class LoadPeer {
  readonly ssrc: number;
  readonly #options: LoadPeerOptions;
  readonly #rtxSsrc: number;
  readonly #ice;
  #server: TransportAddress | undefined;
  #path: PathHandle | undefined;
  #agent: IceControllingAgent | undefined;
  #dtls: DtlsAssociation | undefined;
  /** Where it publishes, once it is connected. */
  stream: StreamHandle | undefined;
  isConnected = false;

  constructor(options: LoadPeerOptions) {
    this.#options = options;
    this.#ice = generateIceCredentials(options.random);
    this.ssrc = randomUint32(options.random);
    this.#rtxSsrc = randomUint32(options.random);
  }

  createOffer(): string {
    const { role, sections, certificate } = this.#options;
    const sent = { msid: { stream: 'load', track: 'load' }, cname: 'load', ssrc: this.ssrc, rtxSsrc: this.#rtxSsrc };
    const local = { ice: this.#ice, iceLite: false, fingerprint: certificate.fingerprint, candidates: [] };
    const how =
      role === 'publisher' ? ({ direction: 'sendonly', sent } as const) : ({ direction: 'recvonly' } as const);
    const section = (place: number) => ({ mid: loadMid(place), kind: 'video', ...how }) as const;
    const description = { sessionId: '1', sessionVersion: 1, local };
    const offered = Array.from({ length: sections }, (_, place) => section(place));
    return serializeSessionDescription(createOffer({ ...description, sections: offered }));
  }

  /** Connects by the candidate of this host; answers the path by which its packets come. */
  handleAnswer(answer: string, ip: string, now: MonotonicMs): PathHandle {
    const [{ ice: remote, fingerprints: remoteFingerprints, candidates }] = parseSessionDescription(answer).sections;
    const candidate = candidates.find(({ protocol, address }) => protocol === 'udp' && address === ip);
    assert(remote !== undefined && candidate !== undefined, 'the answer says how to connect');
    const { random, certificate, openPath } = this.#options;
    this.#server = { ip, port: candidate.port };
    this.#path = openPath(this.#server);
    this.#agent = new IceControllingAgent({ local: this.#ice, remote, random });
    this.#dtls = new DtlsAssociation({ role: 'client', certificate, remoteFingerprints, random });
    this.#agent.addPath(this.#path, now);
    this.handleTimeout(now);
    return this.#path;
  }

  /** STUN or DTLS of the server. */
  handleDatagram(bytes: Uint8Array, now: MonotonicMs): void {
    const isStun = bytes[0] <= 3;
    if (!isStun) this.#dtls?.handleDatagram(bytes, now);
    else if (this.#path !== undefined && this.#server !== undefined)
      this.#agent?.handleStun(bytes, this.#path, this.#server, now);
    this.#drain(now);
  }

  handleTimeout(now: MonotonicMs): void {
    this.#agent?.handleTimeout(now);
    this.#dtls?.handleTimeout(now);
    this.#drain(now);
  }

  deadline(): MonotonicMs {
    return earliest(this.#agent?.deadline() ?? never, this.#dtls?.deadline() ?? never);
  }

  #drain(now: MonotonicMs): void {
    const { datapath } = this.#options;
    const [agent, dtls, path] = [this.#agent, this.#dtls, this.#path];
    if (agent === undefined || dtls === undefined || path === undefined) return;
    for (let output = agent.pollOutput(); output !== undefined; output = agent.pollOutput()) {
      if (output.type === 'send') datapath.sendDatagram(path, output.bytes);
      if (output.type === 'selected' && dtls.state === 'handshaking') dtls.start(now);
    }
    for (let output = dtls.pollOutput(); output !== undefined; output = dtls.pollOutput()) {
      if (output.type === 'datagram') datapath.sendDatagram(path, output.bytes);
      if (output.type === 'connected') this.#connect(output.srtp, path);
    }
  }

  #connect(keys: SrtpKeys, path: PathHandle): void {
    const { datapath, role, onConnected } = this.#options;
    const session = datapath.openSession(keys, path);
    assert(session !== undefined, 'the load has no more sessions than its datapath can hold');
    datapath.bindPath(path, session);
    if (role === 'publisher') {
      const extensionElements = Uint8Array.of(0x40, loadMid(0).charCodeAt(0));
      this.stream = datapath.openStream({ session, ssrc: this.ssrc, extensionElements, resendMax: 0 });
    }
    this.isConnected = true;
    onConnected(session);
  }
}
