import {
  formatTransportAddress,
  type MonotonicMs,
  type PathHandle,
  type RandomBytes,
  type TransportAddress,
} from '@rivero/core';
import { DtlsAssociation, type DtlsCertificate, type DtlsOutput, type SrtpKeys } from '@rivero/protocol/dtls';
import { generateIceCredentials, IceControllingAgent, type IceCredentials } from '@rivero/protocol/ice';
import { writeRtpHeader } from '@rivero/protocol/rtp';
import { SrtpSender } from '@rivero/protocol/srtp';
import type { TransportSession } from '../src/index.ts';

export interface RemotePeerOptions {
  readonly random: RandomBytes;
  readonly certificate: DtlsCertificate;
  readonly address: TransportAddress;
  readonly send: (bytes: Uint8Array, from: TransportAddress) => void;
}

/** The browser's side of one session: controlling, DTLS client. Its path handles are its own addresses, numbered. */
export class RemotePeer {
  ice: IceCredentials;
  readonly addresses: TransportAddress[];
  readonly #options: RemotePeerOptions;
  #agent: IceControllingAgent | undefined;
  #dtls: DtlsAssociation | undefined;
  #sender: SrtpSender | undefined;
  keys: SrtpKeys | undefined;
  closeReason: string | undefined;

  constructor(options: RemotePeerOptions) {
    this.#options = options;
    this.ice = generateIceCredentials(options.random);
    this.addresses = [options.address];
  }

  /** Begins to check; `remote` is what the session's description would have said. */
  start(session: TransportSession, serverCertificate: DtlsCertificate, now: MonotonicMs): void {
    const { random, certificate } = this.#options;
    this.#agent = new IceControllingAgent({ local: this.ice, remote: session.localCredentials, random });
    const remoteFingerprints = [serverCertificate.fingerprint];
    this.#dtls = new DtlsAssociation({ role: 'client', certificate, remoteFingerprints, random });
    this.#agent.addPath(0 as PathHandle, now);
    this.handleTimeout(now);
  }

  /** Checks anew with other credentials on both sides; the association goes on. */
  restart(remote: IceCredentials, now: MonotonicMs): void {
    const { random } = this.#options;
    this.#agent = new IceControllingAgent({ local: this.ice, remote, random });
    this.#agent.addPath(0 as PathHandle, now);
    this.handleTimeout(now);
  }

  /** A check with the right integrity, to be sent from whatever address. */
  check(remote: IceCredentials, nominates: boolean, now: MonotonicMs): Uint8Array {
    const agent = new IceControllingAgent({ local: this.ice, remote, random: this.#options.random });
    agent.addPath(0 as PathHandle, now);
    if (nominates) agent.nominate(0 as PathHandle, now);
    else agent.handleTimeout(now);
    for (let output = agent.pollOutput(); output !== undefined; output = agent.pollOutput())
      if (output.type === 'send') return output.bytes;
    throw new Error('no check');
  }

  /** Checks and nominates from another address. */
  moveTo(address: TransportAddress, now: MonotonicMs): void {
    const path = (this.addresses.push(address) - 1) as PathHandle;
    this.#agent?.addPath(path, now);
    this.#agent?.nominate(path, now);
    this.#drain(now);
  }

  handleDatagram(bytes: Uint8Array, to: TransportAddress, from: TransportAddress, now: MonotonicMs): void {
    const path = this.addresses.findIndex((own) => formatTransportAddress(own) === formatTransportAddress(to));
    if (bytes[0] <= 3) this.#agent?.handleStun(bytes, path as PathHandle, from, now);
    else if (bytes[0] <= 63) this.#dtls?.handleDatagram(bytes, now);
    this.#drain(now);
  }

  handleTimeout(now: MonotonicMs): void {
    this.#agent?.handleTimeout(now);
    this.#dtls?.handleTimeout(now);
    this.#drain(now);
  }

  /** One sealed RTP packet, from its first address. */
  sendRtp(sequence: number): void {
    const out = new Uint8Array(100);
    writeRtpHeader(out, 0, { payloadType: 96, marker: false, sequence, timestamp: 0, ssrc: 7 });
    const length = this.#sender?.protectRtp(out, 12, 50, 0);
    if (typeof length === 'number') this.#options.send(out.subarray(0, length), this.addresses[0]);
  }

  /** Says good-bye by DTLS. */
  close(now: MonotonicMs): void {
    this.#dtls?.close();
    this.#drain(now);
  }

  #drain(now: MonotonicMs): void {
    const agent = this.#agent;
    const dtls = this.#dtls;
    if (agent === undefined || dtls === undefined) return;
    for (let output = agent.pollOutput(); output !== undefined; output = agent.pollOutput()) {
      if (output.type === 'send') this.#options.send(output.bytes, this.addresses[output.path]);
      if (output.type === 'selected' && dtls.state === 'handshaking') dtls.start(now);
    }
    for (let output = dtls.pollOutput(); output !== undefined; output = dtls.pollOutput()) this.#handle(output);
  }

  #handle(output: DtlsOutput): void {
    if (output.type === 'datagram') {
      this.#options.send(output.bytes, this.addresses[this.#agent?.selectedPath ?? 0]);
    } else if (output.type === 'connected') {
      const { profile, localKey: masterKey, localSalt: masterSalt } = output.srtp;
      this.keys = output.srtp;
      this.#sender = new SrtpSender({ profile, masterKey, masterSalt });
    } else if (output.type === 'closed') {
      this.closeReason = output.reason;
    }
  }
}
