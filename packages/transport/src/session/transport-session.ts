import {
  Counters,
  earliest,
  type MonotonicMs,
  never,
  type PathHandle,
  type RandomBytes,
  type SessionHandle,
  type TransportAddress,
} from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import { DtlsAssociation, type DtlsCertificate, type DtlsOutput, type Fingerprint } from '@rivero/protocol/dtls';
import { generateIceCredentials, type IceCredentials, IceLiteAgent, type IceOutput } from '@rivero/protocol/ice';
import type { SessionFailure, SessionState } from './session-state.ts';

/** What the peer's description says about its side. */
export interface RemoteDescription {
  readonly ice: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  /** Our DTLS role. */
  readonly dtlsRole: 'client' | 'server';
}

export interface SessionOptions {
  readonly datapath: Datapath;
  readonly certificate: DtlsCertificate;
  readonly random: RandomBytes;
}

/** What a session tells the transport that owns it. */
export interface SessionEvents {
  readonly onState: (state: SessionState, failure?: SessionFailure) => void;
  /** SRTP keys are there. */
  readonly onConnected: (handle: SessionHandle) => void;
  /** They are gone again. */
  readonly onReleased: (handle: SessionHandle) => void;
  readonly onValidated: (path: PathHandle) => void;
  readonly onForgotten: (path: PathHandle) => void;
  /** Another username fragment of ours leads here from now on. */
  readonly onUfrag: (ufrag: string) => void;
}

export const sessionCounters = ['dtls-before-ice', 'dtls-before-description', 'after-end'] as const;

/** One peer: ICE finds and keeps the path, DTLS over it gives the keys, SRTP with them is the datapath's. */
export class TransportSession {
  readonly counters = new Counters(sessionCounters);
  readonly ice: IceLiteAgent;
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  #dtls: DtlsAssociation | undefined;
  #handle: SessionHandle | undefined;
  #state: SessionState = 'connecting';
  /** Closed, abandoned, or without DTLS: final, and nothing of it runs any more. Without consent alone it is not over. */
  #isOver = false;
  #isAbandoned = false;

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
    this.ice = new IceLiteAgent(generateIceCredentials(options.random));
  }

  get state(): SessionState {
    return this.#state;
  }

  /** A bug of ours has ended it. */
  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  /** For the datapath, once SRTP keys are there. */
  get handle(): SessionHandle | undefined {
    return this.#handle;
  }

  /** Our ICE credentials for the description. */
  get localCredentials(): IceCredentials {
    return this.ice.localCredentials;
  }

  /** The peer's side, from its first description; later ones bring at most an ICE restart. */
  setRemote(remote: RemoteDescription, now: MonotonicMs): void {
    if (this.#isOver) return;
    this.ice.setRemoteCredentials(remote.ice);
    if (this.#dtls !== undefined) return;
    const { certificate, random } = this.#options;
    const { dtlsRole: role, fingerprints: remoteFingerprints } = remote;
    this.#dtls = new DtlsAssociation({ role, certificate, remoteFingerprints, random });
    if (this.ice.selectedPath !== undefined) this.#startDtls(now);
  }

  /** How often each thing happened in each part, since the beginning. */
  counts(): Readonly<Record<'session' | 'ice' | 'dtls', Readonly<Record<string, number>>>> {
    return {
      session: this.counters.snapshot(),
      ice: this.ice.counters.snapshot(),
      dtls: this.#dtls?.counters() ?? {},
    };
  }

  /** New credentials of ours for an ICE restart that the peer asked for; it takes effect with {@link restartIce}. */
  nextCredentials(): IceCredentials {
    return generateIceCredentials(this.#options.random);
  }

  restartIce(local: IceCredentials, remote: IceCredentials, now: MonotonicMs): void {
    if (this.#isOver) return;
    this.ice.restart(local, remote, now);
    this.#events.onUfrag(local.ufrag);
    this.#drainIce(now);
  }

  handleStun(bytes: Uint8Array, path: PathHandle, remote: TransportAddress, now: MonotonicMs): void {
    if (this.#isOver) return this.counters.count('after-end');
    this.ice.handleStun(bytes, path, remote, now);
    this.#drainIce(now);
  }

  handleDtls(bytes: Uint8Array, path: PathHandle, now: MonotonicMs): void {
    if (this.#isOver) return this.counters.count('after-end');
    if (!this.ice.isValidated(path)) return this.counters.count('dtls-before-ice');
    if (this.#dtls === undefined) return this.counters.count('dtls-before-description');
    this.#dtls.handleDatagram(bytes, now);
    this.#drainDtls(path);
  }

  /** SRTP that authenticated came in. */
  handleActivity(path: PathHandle, now: MonotonicMs): void {
    if (this.#isOver) return;
    this.ice.handleActivity(path, now);
    this.#drainIce(now);
  }

  handlePathClosed(path: PathHandle, now: MonotonicMs): void {
    if (this.#isOver) return;
    this.ice.handlePathClosed(path, now);
    this.#drainIce(now);
  }

  handleTimeout(now: MonotonicMs): void {
    if (this.#isOver) return;
    this.ice.handleTimeout(now);
    this.#drainIce(now);
    this.#dtls?.handleTimeout(now);
    this.#drainDtls();
  }

  deadline(): MonotonicMs {
    if (this.#isOver) return never;
    const ice = this.ice.deadline();
    return this.#dtls === undefined ? ice : earliest(ice, this.#dtls.deadline());
  }

  /** Says good-bye to the peer and releases everything. */
  close(): void {
    if (this.#isOver) return;
    this.#sayGoodBye();
    this.#end('closed');
  }

  /** Ends the session because of a bug of ours, without running more of it than a good-bye. */
  abandon(): void {
    this.#isAbandoned = true;
    if (this.#isOver) return;
    try {
      this.#sayGoodBye();
    } catch {
      // The bug may be there too; then the peer learns of it from silence.
    }
    this.#end('failed', 'broken-invariant');
  }

  /** Nothing else that DTLS still had to say counts any more. */
  #sayGoodBye(): void {
    const { selectedPath } = this.ice;
    const dtls = this.#dtls;
    dtls?.close();
    for (let output = dtls?.pollOutput(); output !== undefined; output = dtls?.pollOutput()) {
      if (output.type !== 'datagram' || selectedPath === undefined) continue;
      this.#options.datapath.sendDatagram(selectedPath, output.bytes);
    }
  }

  #end(state: 'failed' | 'closed', failure?: SessionFailure): void {
    if (this.#isOver) return;
    this.#setState(state, failure);
    this.#isOver = true;
    for (const path of this.ice.validatedPaths()) this.#events.onForgotten(path);
    if (this.#handle === undefined) return;
    this.#options.datapath.closeSession(this.#handle);
    this.#events.onReleased(this.#handle);
    this.#handle = undefined;
  }

  #startDtls(now: MonotonicMs): void {
    this.#dtls?.start(now);
    this.#drainDtls();
  }

  #drainIce(now: MonotonicMs): void {
    for (let output = this.ice.pollOutput(); output !== undefined; output = this.ice.pollOutput()) {
      this.#handleIce(output, now);
    }
  }

  #handleIce(output: IceOutput, now: MonotonicMs): void {
    if (this.#isOver) return;
    const { datapath } = this.#options;
    switch (output.type) {
      case 'send':
        datapath.sendDatagram(output.path, output.bytes);
        return;
      case 'validated':
        this.#events.onValidated(output.path);
        if (this.#handle !== undefined) datapath.bindPath(output.path, this.#handle);
        return;
      case 'forgotten':
        if (this.#handle !== undefined) {
          datapath.unbindPath(output.path, this.#handle);
          if (this.ice.selectedPath === undefined) datapath.setSessionPath(this.#handle, undefined);
        }
        this.#events.onForgotten(output.path);
        return;
      case 'selected':
        if (this.#handle !== undefined) datapath.setSessionPath(this.#handle, output.path);
        else this.#startDtls(now);
        return;
      case 'state':
        this.#follow();
        return;
    }
  }

  #drainDtls(cameBy?: PathHandle): void {
    const dtls = this.#dtls;
    if (dtls === undefined) return;
    for (let output = dtls.pollOutput(); output !== undefined; output = dtls.pollOutput()) {
      this.#handleDtlsOutput(output, cameBy);
    }
  }

  #handleDtlsOutput(output: DtlsOutput, cameBy: PathHandle | undefined): void {
    const path = this.ice.selectedPath ?? cameBy;
    switch (output.type) {
      case 'datagram':
        if (path !== undefined) this.#options.datapath.sendDatagram(path, output.bytes);
        return;
      case 'connected':
        this.#openSrtp(output);
        return;
      case 'data':
        return;
      case 'closed':
        if (output.reason !== 'closed') this.#end('failed', output.reason);
        return;
    }
  }

  /** Media goes by the selected path only: one that was merely validated has nobody's consent to be sent to for long. */
  #openSrtp(output: DtlsOutput & { readonly type: 'connected' }): void {
    const { datapath } = this.#options;
    const handle = datapath.openSession(output.srtp, this.ice.selectedPath);
    if (handle === undefined) return this.#end('failed', 'too-many-sessions');
    this.#handle = handle;
    for (const validated of this.ice.validatedPaths()) datapath.bindPath(validated, handle);
    this.#events.onConnected(handle);
    this.#follow();
  }

  /** Our state from ICE's, once both halves are there. */
  #follow(): void {
    const { state } = this.ice;
    if (state === 'failed') this.#setState('failed', 'consent-expired');
    else if (this.#handle !== undefined && (state === 'connected' || state === 'disconnected')) this.#setState(state);
  }

  #setState(state: SessionState, failure?: SessionFailure): void {
    if (this.#state === state || this.#isOver) return;
    this.#state = state;
    this.#events.onState(state, failure);
  }
}
