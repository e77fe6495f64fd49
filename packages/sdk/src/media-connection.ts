import type { NegotiateRequest, NegotiateResponse, SectionsNeeded, TrackKind } from '@rivero/api';
import { CodedError } from '@rivero/core';
import { preferCodec } from './codec-preference.ts';
import { type IceError, IceErrors } from './ice-errors.ts';
import { applyIceSettings, type IceSettings, rtcConfiguration } from './ice-settings.ts';
import { type MediaState, PathWatch } from './path-watch.ts';
import type { PublishedTrack } from './published-track.ts';
import type { SendWishes } from './send-wishes.ts';
import { SenderLimits } from './sender-limits.ts';

/** What a media connection asks of its room, and tells it. */
export interface MediaConnectionOptions {
  readonly wishes: SendWishes;
  /** As they are when it is made; {@link MediaConnection.configure} changes them. */
  readonly ice: IceSettings;
  /** Called, and waited for, before another path is looked for. It must not throw. */
  readonly refreshIce: () => Promise<void>;
  readonly negotiate: (request: NegotiateRequest) => Promise<NegotiateResponse>;
  /** False: what failed just now is made up for when we resume. */
  readonly isReachable: () => boolean;
  /** Called with every answer, once the sections carry what it says, and with what the offer said of our tracks. */
  readonly onAnswer: (answer: NegotiateResponse, offered: NegotiateRequest['tracks']) => void;
  readonly onState: (state: MediaState) => void;
  /** Called with all that {@link MediaConnection.iceErrors} has, when another one came. */
  readonly onIceErrors: (errors: readonly IceError[]) => void;
  readonly onError: (error: unknown) => void;
}

/** An offer that was heard. */
interface Exchange {
  readonly answer: NegotiateResponse;
  readonly offered: NegotiateRequest['tracks'];
}

/** An offer that the server had no time for is made again after that long. */
const busyDelayMs = 500;
const busyRetriesMax = 20;

/** What is tried again for minutes is told when that often nobody answered. */
const silencesUntilTold = 2;

/** Refusals that say no more than: later. */
const busyRefusals: ReadonlySet<string> = new Set(['rate-limited', 'room-busy', 'worker-busy']);

const noSections: SectionsNeeded = { offer: true, audio: 0, video: 0 };

/**
 * The one peer connection to the server. We always offer. One negotiation runs at a time; wishes that come meanwhile are
 * served by the next one.
 */
export class MediaConnection {
  readonly peerConnection: RTCPeerConnection;
  readonly #options: MediaConnectionOptions;
  readonly #limits = new SenderLimits();
  readonly #path: PathWatch;
  readonly #iceErrors: IceErrors;
  #ice: IceSettings;
  readonly #published = new Map<string, { readonly track: PublishedTrack; readonly transceiver: RTCRtpTransceiver }>();
  /** Sections of ours whose track ended: the next track of their kind takes them. */
  readonly #free: RTCRtpTransceiver[] = [];
  #isFirst = true;
  #running: Promise<void> | undefined;
  /** An offer is wanted after the one under way. */
  #isWantedAgain = false;
  /** What the server asked for while one was under way. */
  #askedMeanwhile: SectionsNeeded | undefined;
  /** The last negotiation failed: the server does not know what we publish. */
  #isUnsettled = false;
  #isClosed = false;

  constructor(options: MediaConnectionOptions) {
    this.#options = options;
    this.#ice = { ...options.ice, iceServers: [] };
    this.peerConnection = new RTCPeerConnection(rtcConfiguration(this.#ice));
    this.#iceErrors = new IceErrors(this.peerConnection, options.onIceErrors);
    this.configure(options.ice);
    this.#path = new PathWatch({ onState: options.onState, restartIce: () => this.restartIce() });
    const follow = (): void => {
      if (!this.#isClosed) this.#path.follow(this.peerConnection);
    };
    this.peerConnection.addEventListener('connectionstatechange', follow);
    this.peerConnection.addEventListener('iceconnectionstatechange', follow);
    this.peerConnection.addEventListener('icegatheringstatechange', () => this.#followGathering());
  }

  /** Our tracks, in the order in which they were published. */
  get published(): readonly PublishedTrack[] {
    return [...this.#published.values()].map(({ track }) => track);
  }

  /** Our tracks, and the sections that carry them. */
  get sentSections(): readonly { readonly mid: string; readonly track: PublishedTrack }[] {
    return [...this.#published.values()].flatMap(({ track, transceiver: { mid } }) =>
      mid === null ? [] : [{ mid, track }],
    );
  }

  /** What STUN and TURN servers failed with since the settings are as they are. */
  get iceErrors(): readonly IceError[] {
    return this.#iceErrors.all;
  }

  /** Adds a track of ours to the next offer. */
  publish(track: PublishedTrack): void {
    const free = this.#takeFree(track.kind);
    const transceiver =
      free ?? this.peerConnection.addTransceiver(track.track ?? track.kind, { direction: 'sendonly' });
    this.#published.set(track.trackId, { track, transceiver });
    this.#prefer(track, transceiver);
    this.#begin(track, transceiver, free !== undefined).catch(this.#options.onError);
  }

  /** Takes a track of ours out of the next offer. */
  unpublish(trackId: string): void {
    const transceiver = this.#published.get(trackId)?.transceiver;
    if (transceiver === undefined) return;
    this.#published.delete(trackId);
    transceiver.direction = 'inactive';
    transceiver.sender.replaceTrack(null).catch(this.#options.onError);
    this.#free.push(transceiver);
  }

  /**
   * Sends another track, or nothing, in the section of a published one; without a negotiation. Once it is sent this
   * succeeds: a limit that is refused then is an error of its own.
   */
  async replace(trackId: string, track: MediaStreamTrack | undefined): Promise<void> {
    const published = this.#published.get(trackId);
    if (published === undefined) return;
    try {
      await published.transceiver.sender.replaceTrack(track ?? null);
    } catch (error) {
      // The next connection sends what is published by then.
      if (!this.#isClosed) throw error;
    }
    await this.#limit(published.track, published.transceiver).catch(this.#options.onError);
  }

  /** Holds what is sent to the limits as they are now, and to those of the size that a track has now. */
  async applyLimits(): Promise<void> {
    await Promise.all([...this.#published.values()].map(({ track, transceiver }) => this.#limit(track, transceiver)));
  }

  /** The next offer prefers the codec as it is wished now. */
  applyPreferredCodec(): void {
    for (const { track, transceiver } of this.#published.values()) this.#prefer(track, transceiver);
  }

  /** The track that the section of this mid receives. */
  receivedTrack(mid: string): MediaStreamTrack | undefined {
    return this.peerConnection.getTransceivers().find((transceiver) => transceiver.mid === mid)?.receiver.track;
  }

  /** The section that receives this track. */
  midReceiving(track: MediaStreamTrack): string | undefined {
    return this.peerConnection.getTransceivers().find(({ receiver }) => receiver.track === track)?.mid ?? undefined;
  }

  /** The server asks for an offer. */
  handleSectionsNeeded(needed: SectionsNeeded): void {
    if (!needed.offer) return;
    if (this.#running === undefined) this.negotiate(needed).catch(this.#options.onError);
    else this.#askedMeanwhile = needed;
  }

  /** The server can be asked again: what could not be negotiated meanwhile is. */
  handleResumed(needed: SectionsNeeded): void {
    this.handleSectionsNeeded(this.#isUnsettled ? { ...needed, offer: true } : needed);
  }

  /** Offers with that many more receive sections and applies the answer; again as long as the server needs more. */
  async negotiate(needed: SectionsNeeded = noSections): Promise<void> {
    if (this.#running !== undefined) {
      this.#isWantedAgain = true;
      return await this.#running;
    }
    this.#running = this.#negotiateAll(needed);
    await this.#running;
  }

  /**
   * Whether it can look for its path so. What it found straight to the server stays in use in Chromium when there shall
   * only be relays, also after a restart of ICE: that takes another connection.
   */
  canBecome({ iceTransportPolicy }: IceSettings): boolean {
    const isNarrower = iceTransportPolicy === 'relay' && this.#ice.iceTransportPolicy === 'all';
    return !isNarrower || this.peerConnection.localDescription === null;
  }

  /**
   * Looks for its path so from now on. Where only relays were looked for, better paths are looked for at once; with nothing
   * but other servers another path is looked for when there is need of one.
   */
  configure(ice: IceSettings): void {
    const before = this.#ice;
    if (this.#isClosed || JSON.stringify(before) === JSON.stringify(ice)) return;
    this.#ice = ice;
    this.#iceErrors.forget();
    try {
      applyIceSettings(this.peerConnection, ice);
    } catch (error) {
      return this.#options.onError(error);
    }
    const isWider = before.iceTransportPolicy !== ice.iceTransportPolicy;
    if (isWider && this.peerConnection.localDescription !== null) this.#restart();
  }

  /** Looks for another path, with fresh credentials. */
  restartIce(): void {
    this.#options.refreshIce().then(() => this.#restart(), this.#options.onError);
  }

  close(): void {
    this.#isClosed = true;
    this.#path.close();
    this.peerConnection.close();
  }

  async #negotiateAll(first: SectionsNeeded): Promise<void> {
    let needed: SectionsNeeded | undefined = first;
    try {
      while (needed !== undefined) needed = await this.#negotiateOnce(needed);
      this.#isUnsettled = false;
      this.#running = undefined;
    } catch (error) {
      this.#isUnsettled = true;
      this.#running = undefined;
      this.#followAsked();
      throw error;
    }
  }

  /** The offer under way was refused; what the server asked for meanwhile is another matter. */
  #followAsked(): void {
    const asked = this.#askedMeanwhile;
    this.#askedMeanwhile = undefined;
    if (asked !== undefined && !this.#isClosed && this.#options.isReachable()) this.handleSectionsNeeded(asked);
  }

  /** Answers what the next offer needs; undefined: none is needed. */
  async #negotiateOnce({ audio, video }: SectionsNeeded): Promise<SectionsNeeded | undefined> {
    const { peerConnection } = this;
    this.#isWantedAgain = false;
    this.#askedMeanwhile = undefined;
    this.#addReceivers('audio', audio);
    this.#addReceivers('video', video);
    // No browser offers nothing: Chromium throws, Firefox offers no section. This one is used by the first who speaks.
    if (peerConnection.getTransceivers().length === 0) this.#addReceivers('audio', 1);
    await peerConnection.setLocalDescription();
    const { answer, offered } = await this.#send(peerConnection.localDescription?.sdp ?? '');
    if (this.#isClosed) return undefined;
    // Asked before the answer or just behind it, nobody can tell: the answer to one more offer will.
    if (this.#askedMeanwhile !== undefined) this.#isWantedAgain = true;
    this.#askedMeanwhile = undefined;
    if (this.#isFirst) this.#path.start();
    this.#isFirst = false;
    await peerConnection.setRemoteDescription({ type: 'answer', sdp: answer.answer });
    if (this.#isClosed) return undefined;
    this.#options.onAnswer(answer, offered);
    // What is asked while the answer is applied is newer than the answer.
    if (this.#askedMeanwhile !== undefined) return this.#askedMeanwhile;
    if (answer.sectionsNeeded.offer) return answer.sectionsNeeded;
    return this.#isWantedAgain ? noSections : undefined;
  }

  #prefer({ kind }: PublishedTrack, transceiver: RTCRtpTransceiver): void {
    if (kind === 'video') preferCodec(transceiver, this.#options.wishes.preferredCodec);
  }

  async #limit({ source }: PublishedTrack, { sender }: RTCRtpTransceiver): Promise<void> {
    try {
      await this.#limits.apply(sender, () => this.#options.wishes.limitsOf(source));
    } catch (error) {
      if (!this.#isClosed) throw error;
    }
  }

  #takeFree(kind: TrackKind): RTCRtpTransceiver | undefined {
    const index = this.#free.findIndex(({ receiver }) => receiver.track.kind === kind);
    const [transceiver] = index === -1 ? [] : this.#free.splice(index, 1);
    if (transceiver !== undefined) transceiver.direction = 'sendonly';
    return transceiver;
  }

  /** Limits depend on the size of the track, which a section that is used again has only when it was replaced. */
  async #begin(track: PublishedTrack, transceiver: RTCRtpTransceiver, isUsedAgain: boolean): Promise<void> {
    if (isUsedAgain) await transceiver.sender.replaceTrack(track.track ?? null);
    await this.#limit(track, transceiver);
  }

  /** Those that an offer which was refused had added are still there. */
  #addReceivers(kind: TrackKind, count: number): void {
    const waiting = this.peerConnection
      .getTransceivers()
      .filter(
        ({ mid, direction, receiver }) => mid === null && direction === 'recvonly' && receiver.track.kind === kind,
      );
    for (let i = waiting.length; i < count; i++) this.peerConnection.addTransceiver(kind, { direction: 'recvonly' });
  }

  /** A refused offer is taken back, so that the next one can be made. */
  async #send(offer: string): Promise<Exchange> {
    try {
      return await this.#sendUntilHeard(offer);
    } catch (error) {
      if (this.peerConnection.signalingState === 'have-local-offer') {
        await this.peerConnection.setLocalDescription({ type: 'rollback' }).catch(() => {});
      }
      throw error;
    }
  }

  async #sendUntilHeard(offer: string): Promise<Exchange> {
    let silenceCount = 0;
    for (let attempt = 1; ; attempt++) {
      const offered = this.#offeredTracks();
      try {
        return { answer: await this.#options.negotiate({ offer, tracks: offered, fresh: this.#isFirst }), offered };
      } catch (error) {
        if (!this.#isLater(error) || attempt === busyRetriesMax) throw error;
        if (isSilence(error) && ++silenceCount === silencesUntilTold) this.#options.onError(error);
        await new Promise((resolve) => setTimeout(resolve, busyDelayMs));
        // Another connection may have taken its place meanwhile; the server must not hear of this one again.
        if (this.#isClosed) throw error;
      }
    }
  }

  /**
   * Who joins is told when nobody answers; later nobody else would offer again. The server may have heard the offer: the
   * same one changes nothing then.
   */
  #isLater(error: unknown): boolean {
    if (isSilence(error)) return !this.#isFirst && this.#options.isReachable();
    return error instanceof CodedError && busyRefusals.has(error.code);
  }

  #offeredTracks(): NegotiateRequest['tracks'] {
    return [...this.#published.values()].flatMap(({ track: { trackId, source, muted }, transceiver: { mid } }) =>
      mid === null ? [] : [{ mid, trackId, source, muted }],
    );
  }

  /** Without relays there are always addresses: a browser that tells none of them uses them all the same. */
  #followGathering(): void {
    const { iceGatheringState, localDescription } = this.peerConnection;
    const isRelayOnly = this.#ice.iceTransportPolicy === 'relay';
    if (this.#isClosed || !isRelayOnly || iceGatheringState !== 'complete') return;
    if (localDescription?.sdp.includes('a=candidate:') === false) this.#path.handleNoCandidates();
  }

  #restart(): void {
    if (this.#isClosed) return;
    this.peerConnection.restartIce();
    this.negotiate().catch(this.#options.onError);
  }
}

function isSilence(error: unknown): boolean {
  return error instanceof CodedError && error.code === 'server-silent';
}
