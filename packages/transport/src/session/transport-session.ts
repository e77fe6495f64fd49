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
import type { Datapath, TrafficCount } from '@rivero/datapath';
import { DtlsAssociation, type DtlsCertificate, type DtlsOutput } from '@rivero/protocol/dtls';
import {
  generateIceCredentials,
  type IceAgent,
  type IceCandidate,
  IceControllingAgent,
  type IceCredentials,
  IceLiteAgent,
  type IceOutput,
} from '@rivero/protocol/ice';
import { PairNews } from './pair-news.ts';
import { remoteCandidateCounters, RemoteCandidates } from './remote-candidates.ts';
import type { RemoteDescription } from './remote-description.ts';
import type { SelectedPair } from './selected-pair.ts';
import type { SessionEvents } from './session-events.ts';
import {
  endedDtlsState,
  type SessionDtlsState,
  type SessionFailure,
  sessionIceState,
  type SessionState,
} from './session-state.ts';

export interface SessionOptions {
  readonly datapath: Datapath;
  readonly certificate: DtlsCertificate;
  readonly random: RandomBytes;
}

export const sessionCounters = [
  'dtls-before-ice',
  'dtls-before-description',
  'after-end',
  ...remoteCandidateCounters,
] as const;

/** One peer: ICE finds and keeps the path, DTLS over it gives the keys, SRTP with them is the datapath's. */
export class TransportSession {
  readonly counters = new Counters(sessionCounters);
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #lite: IceLiteAgent;
  /** In place of the lite one. */
  #controlling: IceControllingAgent | undefined;
  readonly #remoteCandidates: RemoteCandidates;
  readonly #pairNews = new PairNews();
  #dtls: DtlsAssociation | undefined;
  #handle: SessionHandle | undefined;
  #state: SessionState = 'connecting';
  /** Closed, abandoned, or without DTLS: final, and nothing of it runs any more. Without consent alone it is not over. */
  #isOver = false;
  #isAbandoned = false;
  #isDtlsStarted = false;
  #dtlsState: SessionDtlsState = 'new';
  /** STUN and DTLS; with the keys' end SRTP too. */
  #bytesSent = 0;
  #bytesReceived = 0;

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
    this.#lite = new IceLiteAgent(generateIceCredentials(options.random));
    const claim = (path: PathHandle): boolean => events.onClaimed(path);
    this.#remoteCandidates = new RemoteCandidates({ datapath: options.datapath, counters: this.counters, claim });
  }

  get ice(): IceAgent {
    return this.#controlling ?? this.#lite;
  }

  /** It checks, and answers to its checks come by its paths. */
  get isControlling(): boolean {
    return this.#controlling !== undefined;
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

  get localCertificate(): DtlsCertificate {
    return this.#options.certificate;
  }

  /** The peer's, in DER, once DTLS has proved that it is. */
  get remoteCertificate(): Uint8Array | undefined {
    return this.#dtls?.remoteCertificate;
  }

  /** Where packets go to and come from now. */
  selectedPair(): SelectedPair | undefined {
    const { selectedPath, roundTripTime } = this.ice;
    const ends = selectedPath === undefined ? undefined : this.#options.datapath.paths.ends(selectedPath);
    return ends && { ...ends, roundTripTime };
  }

  /** Bytes of all packets of this session so far: STUN, DTLS, SRTP and SRTCP. */
  traffic(): TrafficCount {
    const srtp = this.#handle === undefined ? undefined : this.#options.datapath.sessionTraffic(this.#handle);
    return {
      bytesSent: this.#bytesSent + (srtp?.bytesSent ?? 0),
      bytesReceived: this.#bytesReceived + (srtp?.bytesReceived ?? 0),
    };
  }

  /** The peer's side, from its first description; later ones bring at most an ICE restart. */
  setRemote(remote: RemoteDescription, now: MonotonicMs): void {
    if (this.#isOver) return;
    if (this.#controlling === undefined) this.#lite.setRemoteCredentials(remote.ice);
    if (this.#dtls !== undefined) return;
    if (remote.iceRole === 'controlling') this.#takeControl(remote.ice, now);
    else this.#remoteCandidates.stop();
    const { certificate, random } = this.#options;
    const { dtlsRole: role, fingerprints: remoteFingerprints } = remote;
    this.#dtls = new DtlsAssociation({ role, certificate, remoteFingerprints, random });
    this.#startDtls(now);
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

  /** With new credentials; a controlling side checks the candidates that come with them or after them. */
  restartIce(local: IceCredentials, remote: IceCredentials, now: MonotonicMs): void {
    if (this.#isOver) return;
    this.ice.restart(local, remote, now);
    this.#events.onUfrag(local.ufrag);
    this.#drainIce(now);
    if (this.#controlling !== undefined) this.#remoteCandidates.start(this.#controlling, now);
  }

  /** A candidate of the peer's, also before its description. Only a controlling side has a use for it. */
  addRemoteCandidate(candidate: IceCandidate, now: MonotonicMs): void {
    if (this.#isOver) return;
    this.#remoteCandidates.add(candidate, now);
    this.#drainIce(now);
  }

  handleStun(bytes: Uint8Array, path: PathHandle, remote: TransportAddress, now: MonotonicMs): void {
    if (this.#isOver) return this.counters.count('after-end');
    this.#bytesReceived += bytes.length;
    this.ice.handleStun(bytes, path, remote, now);
    this.#drainIce(now);
  }

  handleDtls(bytes: Uint8Array, path: PathHandle, now: MonotonicMs): void {
    if (this.#isOver) return this.counters.count('after-end');
    if (!this.ice.isValidated(path)) return this.counters.count('dtls-before-ice');
    if (this.#dtls === undefined) return this.counters.count('dtls-before-description');
    this.#bytesReceived += bytes.length;
    if (this.#dtls.state === 'handshaking') this.#setDtlsState('connecting');
    this.#dtls.handleDatagram(bytes, now);
    this.#drainDtls(path);
  }

  /** SRTP that authenticated came in. True: ICE had something to say of it, and the deadline may be nearer than before. */
  handleActivity(path: PathHandle, now: MonotonicMs): boolean {
    if (this.#isOver) return false;
    this.ice.handleActivity(path, now);
    return this.#drainIce(now);
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
    const ice = earliest(this.ice.deadline(), this.#pairNews.deadline());
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
      this.#send(selectedPath, output.bytes);
    }
  }

  #forget(path: PathHandle): void {
    this.#events.onForgotten(path);
    this.#remoteCandidates.forget(path);
  }

  #send(path: PathHandle, bytes: Uint8Array): void {
    this.#bytesSent += bytes.length;
    this.#options.datapath.sendDatagram(path, bytes);
  }

  #end(state: 'failed' | 'closed', failure?: SessionFailure): void {
    if (this.#isOver) return;
    if (this.#dtlsState === 'connecting' || this.#dtlsState === 'connected') this.#setDtlsState('closed');
    this.#setState(state, failure);
    this.#isOver = true;
    const paths = new Set([...this.ice.validatedPaths(), ...this.#remoteCandidates.claimedPaths]);
    for (const path of paths) this.#forget(path);
    if (this.#handle === undefined) return;
    ({ bytesSent: this.#bytesSent, bytesReceived: this.#bytesReceived } = this.traffic());
    this.#options.datapath.closeSession(this.#handle);
    this.#events.onReleased(this.#handle);
    this.#handle = undefined;
  }

  /** The peer is lite: from now on this side checks. */
  #takeControl(remote: IceCredentials, now: MonotonicMs): void {
    for (const path of this.#lite.validatedPaths()) this.#events.onForgotten(path);
    const { random } = this.#options;
    this.#controlling = new IceControllingAgent({ local: this.#lite.localCredentials, remote, random });
    this.#remoteCandidates.start(this.#controlling, now);
    this.#drainIce(now);
  }

  /** Once there are a description and a path. */
  #startDtls(now: MonotonicMs): void {
    if (this.#isDtlsStarted || this.#isOver || this.#dtls === undefined || this.ice.selectedPath === undefined) return;
    this.#isDtlsStarted = true;
    if (this.#dtls.state === 'handshaking') this.#setDtlsState('connecting');
    this.#dtls.start(now);
    this.#drainDtls();
  }

  /** True when there was something. */
  #drainIce(now: MonotonicMs): boolean {
    const first = this.ice.pollOutput();
    for (let output = first; output !== undefined; output = this.ice.pollOutput()) this.#handleIce(output, now);
    this.#tellPair(now);
    this.#startDtls(now);
    return first !== undefined;
  }

  #tellPair(now: MonotonicMs): void {
    if (this.#pairNews.poll(now)) this.#events.onPairSelected();
  }

  #handleIce(output: IceOutput, now: MonotonicMs): void {
    if (this.#isOver) return;
    const { datapath } = this.#options;
    switch (output.type) {
      case 'send':
        this.#send(output.path, output.bytes);
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
        this.#forget(output.path);
        return;
      case 'selected':
        this.#pairNews.handleSelected();
        this.#tellPair(now);
        if (this.#handle !== undefined) datapath.setSessionPath(this.#handle, output.path);
        return;
      case 'state': {
        const state = sessionIceState(output.state);
        if (state !== undefined) this.#events.onIceState(state);
        this.#follow();
        return;
      }
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
        if (path !== undefined) this.#send(path, output.bytes);
        return;
      case 'connected':
        this.#setDtlsState('connected');
        this.#openSrtp(output);
        return;
      case 'data':
        return;
      case 'closed':
        this.#setDtlsState(endedDtlsState(output.reason));
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

  #setDtlsState(state: SessionDtlsState): void {
    if (this.#dtlsState === state || this.#isOver) return;
    this.#dtlsState = state;
    this.#events.onDtlsState(state);
  }

  #setState(state: SessionState, failure?: SessionFailure): void {
    if (this.#state === state || this.#isOver) return;
    this.#state = state;
    this.#events.onState(state, failure);
  }
}
