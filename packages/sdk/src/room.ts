import type { Refusal, RoomSnapshot, ServerEvents } from '@rivero/api';
import { CodedError } from '@rivero/core';
import { asCodedError } from './as-coded-error.ts';
import { EventEmitter } from './event-emitter.ts';
import type { CaptureKind } from './local-media.ts';
import { LocalScreen } from './local-screen.ts';
import { LocalTracks, type OpenedTrack } from './local-tracks.ts';
import { MediaConnection, type MediaState, type PublishedTrack } from './media-connection.ts';
import type { RemoteParticipant } from './participant.ts';
import type { RoomEvents, RoomState } from './room-events.ts';
import { Roster } from './roster.ts';
import type { ScreenOptions } from './screen-capture.ts';
import type { SignalingClient } from './signaling-client.ts';

export interface JoinOptions {
  /** Address of the server; left out: the one the page came from. A server refuses pages of every other origin. */
  readonly url?: string;
  readonly room: string;
  readonly name: string;
  /** true or constraints: opened and published at once; or a track of your own. Default: neither. */
  readonly camera?: boolean | MediaTrackConstraints | MediaStreamTrack;
  readonly microphone?: boolean | MediaTrackConstraints | MediaStreamTrack;
}

/** Between attempts to enter again, or to negotiate anew after the media connection was lost. */
const retryDelayMs = 500;
const retriesMax = 20;

/** The server is given that long to answer to our leaving. */
const goodByeMs = 500;

/** Refusals that trying again does not change. */
const finalRefusals: ReadonlySet<string> = new Set(['room-full', 'server-full', 'request-malformed']);

/** The server is being restarted. */
const stopping = 'server-stopping';

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A room that we are in. Made by {@link joinRoom}. */
export class Room {
  readonly #options: JoinOptions;
  readonly #signaling: SignalingClient;
  readonly #events = new EventEmitter<RoomEvents>();
  readonly #roster = new Roster(this.#events);
  readonly #local = new LocalTracks((source) => this.#handleDeviceLost(source));
  readonly #screen = new LocalScreen({
    publish: (tracks) => this.#publishTracks(tracks),
    unpublish: (tracks) => this.#unpublishTracks(tracks),
    onError: (error) => this.#handleRequestError(error),
  });
  #media: MediaConnection;
  #state: RoomState = 'connecting';
  #stateReason: Refusal | undefined;
  #mediaState: MediaState = 'connecting';
  #missing: readonly CaptureKind[] = [];
  #participantId = '';
  #resumeToken = '';
  readonly #leaveWithPage = (): void => void this.leave();

  constructor(options: JoinOptions, signaling: SignalingClient) {
    this.#options = options;
    this.#signaling = signaling;
    this.#media = this.#createMedia();
    this.#listen();
    addEventListener('pagehide', this.#leaveWithPage);
  }

  /** Calls back at every such event until the returned function is called. */
  on<Name extends keyof RoomEvents & string>(name: Name, listener: (...args: RoomEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  get state(): RoomState {
    return this.#state;
  }

  get mediaState(): MediaState {
    return this.#mediaState;
  }

  get participantId(): string {
    return this.#participantId;
  }

  /** Everybody else. */
  get participants(): readonly RemoteParticipant[] {
    return this.#roster.all;
  }

  /** Our own tracks. */
  get localTracks(): readonly PublishedTrack[] {
    return [...this.#local.all, ...this.#screen.all];
  }

  /** Devices that were asked for when we joined, that this machine does not have, and that were not published since. */
  get missing(): readonly CaptureKind[] {
    return this.#missing.filter((source) => this.#local.get(source) === undefined);
  }

  /** For statistics and diagnosis; another one after media was lost. */
  get peerConnection(): RTCPeerConnection {
    return this.#media.peerConnection;
  }

  /** For diagnosis. */
  get socket(): SignalingClient['socket'] {
    return this.#signaling.socket;
  }

  /** Enters; called once by {@link joinRoom}. */
  async enter(tracks: readonly OpenedTrack[], missing: readonly CaptureKind[]): Promise<void> {
    this.#missing = missing;
    for (const opened of tracks) this.#offer(this.#local.add(opened));
    const snapshot = await this.#join();
    await this.#media.negotiate(snapshot.sectionsNeeded);
    if (this.#state === 'connecting') this.#setState('connected');
  }

  /** The socket may be closed already without our knowing, because we took our time to allow devices. */
  async #join(): Promise<RoomSnapshot> {
    const { room, name } = this.#options;
    try {
      return await this.#signaling.request('join', { room, name }, this.#follow);
    } catch (error) {
      if (asCodedError(error).code !== 'server-silent' || this.#signaling.socket.connected) throw error;
      await this.#signaling.connect();
      return await this.#signaling.request('join', { room, name }, this.#follow);
    }
  }

  /** Opens the camera, or takes the given track, and publishes it. */
  async publishCamera(source: true | MediaTrackConstraints | MediaStreamTrack = true): Promise<void> {
    await this.#local.inTurn('camera', () => this.#publish('camera', source));
  }

  async publishMicrophone(source: true | MediaTrackConstraints | MediaStreamTrack = true): Promise<void> {
    await this.#local.inTurn('microphone', () => this.#publish('microphone', source));
  }

  /**
   * Asks what to share, and publishes it until {@link unpublishScreen} or until it is ended by the browser's own button.
   * Browsers ask only when a button was just pressed. Errors: `screen-denied`, `screen-unsupported`, `screen-failed`.
   */
  async publishScreen(options: ScreenOptions = {}): Promise<void> {
    await this.#screen.start(options);
  }

  /** Ends the screen and its sound. */
  async unpublishScreen(): Promise<void> {
    await this.#screen.stop();
  }

  /** Turns the camera off, its light too, or on again. */
  async setCameraMuted(muted: boolean): Promise<void> {
    await this.#local.inTurn('camera', async () => {
      const camera = this.#local.get('camera');
      if (camera === undefined) return muted ? undefined : await this.#publish('camera', true);
      if (camera.muted === muted) return;
      const send = (track: MediaStreamTrack | undefined): Promise<void> => this.#media.replace(camera.trackId, track);
      await (muted ? this.#local.turnOff('camera', send) : this.#local.turnOn('camera', send));
      await this.#setMuted(camera, muted);
    });
  }

  /** Sends silence instead of the microphone, or the microphone again. */
  async setMicrophoneMuted(muted: boolean): Promise<void> {
    // Silence at once, whatever this device is still waiting for.
    const track = this.#local.get('microphone')?.track;
    if (muted && track !== undefined) track.enabled = false;
    await this.#local.inTurn('microphone', async () => {
      const microphone = this.#local.get('microphone');
      if (microphone === undefined) return muted ? undefined : await this.#publish('microphone', true);
      if (microphone.muted === muted) return;
      if (microphone.track !== undefined) microphone.track.enabled = !muted;
      await this.#setMuted(microphone, muted);
    });
  }

  /** Leaves, and releases devices, connections and listeners. */
  async leave(): Promise<void> {
    if (this.#state === 'left') return;
    const isTold = this.#signaling.request('leave', {}).catch(() => {});
    this.#release();
    await Promise.race([isTold, delay(goodByeMs)]);
    this.#signaling.close();
  }

  /** Ends everything but the socket, which may still have to say good-bye. */
  #release(): void {
    removeEventListener('pagehide', this.#leaveWithPage);
    this.#media.close();
    this.#local.close();
    this.#screen.close();
    this.#roster.clear();
    this.#setState('left');
    this.#events.removeAllListeners();
  }

  async #publish(source: CaptureKind, from: true | MediaTrackConstraints | MediaStreamTrack): Promise<void> {
    if (this.#local.get(source) !== undefined) return;
    await this.#publishTracks([this.#local.add(await this.#local.open(source, from))]);
  }

  async #publishTracks(tracks: readonly PublishedTrack[]): Promise<void> {
    for (const track of tracks) this.#offer(track);
    await this.#media.negotiate();
  }

  async #unpublishTracks(tracks: readonly PublishedTrack[]): Promise<void> {
    for (const track of tracks) {
      this.#media.unpublish(track.trackId);
      this.#events.emit('localTrackChanged', track);
    }
    await this.#media.negotiate();
  }

  #offer(track: PublishedTrack): void {
    this.#media.publish(track);
    this.#events.emit('localTrackChanged', track);
  }

  #handleDeviceLost(source: CaptureKind): void {
    this.#emitError(new CodedError('device-lost', `The ${source} was unplugged or taken away.`, { source }));
  }

  #emitError(error: unknown): void {
    this.#events.emit('error', asCodedError(error));
  }

  async #setMuted(track: PublishedTrack, muted: boolean): Promise<void> {
    track.muted = muted;
    this.#events.emit('localTrackChanged', track);
    // While the socket is gone nothing can be told; resuming tells it.
    if (this.#state !== 'connected') return;
    const { trackId } = track;
    await this.#signaling.request('set-muted', { trackId, muted }).catch((error: unknown) => {
      // The offer that publishes it is still on its way; its answer makes up for it.
      if (asCodedError(error).code !== 'track-unknown') this.#handleRequestError(error);
    });
  }

  /** A track may have been muted while the offer that says it is not was on its way. */
  async #tellMutedSince(trackId: string, muted: boolean): Promise<void> {
    const track = this.#local.all.find((local) => local.trackId === trackId);
    if (track !== undefined && track.muted !== muted) await this.#setMuted(track, track.muted);
  }

  #createMedia(): MediaConnection {
    const media: MediaConnection = new MediaConnection({
      negotiate: (request) => this.#signaling.request('negotiate', request),
      onAnswer: (answer, offered) => {
        if (media !== this.#media) return;
        this.#roster.followAnswer(answer, (mid) => media.receivedTrack(mid));
        for (const { trackId, muted } of offered) void this.#tellMutedSince(trackId, muted);
      },
      onState: (state) => {
        if (media === this.#media) this.#setMediaState(state);
      },
      onError: (error) => {
        if (media === this.#media) this.#handleRequestError(error);
      },
    });
    return media;
  }

  /** What fails because the socket is gone is made up for when we resume. */
  #handleRequestError(error: unknown): void {
    if (this.#state === 'connected') this.#emitError(error);
  }

  /** What is known of the reason stays until the state is another. */
  #setState(state: RoomState, reason?: Refusal): void {
    const isSame = this.#state === state && (reason === undefined || reason.code === this.#stateReason?.code);
    if (isSame || this.#state === 'left') return;
    this.#state = state;
    this.#stateReason = reason;
    this.#events.emit('stateChanged', state, reason);
  }

  #setMediaState(state: MediaState): void {
    if (this.#mediaState === state) return;
    this.#mediaState = state;
    this.#events.emit('mediaStateChanged', state);
    if (state !== 'blocked') return;
    this.#emitError(
      new CodedError(
        'media-blocked',
        'No media gets through to the server: its media port is blocked for UDP and TCP.',
      ),
    );
  }

  /** The room as it is at the answer; the events behind it change that. */
  readonly #follow = (snapshot: RoomSnapshot): void => {
    if (this.#state === 'left') return;
    this.#participantId = snapshot.participantId;
    this.#resumeToken = snapshot.resumeToken;
    this.#roster.follow(snapshot.participants);
  };

  #listen(): void {
    const { socket } = this.#signaling;
    const handlers: ServerEvents = {
      'participant-joined': ({ participant }) => this.#roster.add(participant),
      'participant-left': ({ participantId }) => this.#roster.remove(participantId),
      'participant-away': ({ participantId, away }) => this.#roster.setAway(participantId, away),
      'track-published': ({ participantId, track }) => this.#roster.addTrack(participantId, track),
      'track-unpublished': ({ participantId, trackId }) => this.#roster.removeTrack(participantId, trackId),
      'track-muted': ({ participantId, trackId, muted }) => this.#roster.setMuted(participantId, trackId, muted),
      'sections-needed': (needed) => this.#media.handleSectionsNeeded(needed),
      'media-lost': () => void this.#renewMedia(),
      'room-closed': (reason) => this.#handleRoomClosed(reason),
    };
    for (const name of Object.keys(handlers) as (keyof ServerEvents)[]) socket.on(name, handlers[name]);
    socket.on('disconnect', (reason) => {
      if (this.#state !== 'left' && this.#participantId !== '') this.#setState('reconnecting');
      // The server closed it on purpose, as it does before it restarts: Socket.IO does not come back by itself then.
      if (reason === 'io server disconnect') setTimeout(() => this.#state !== 'left' && socket.connect(), retryDelayMs);
    });
    socket.on('connect', () => {
      if (this.#resumeToken !== '') this.#resume().catch((error) => this.#emitError(error));
    });
  }

  /** With a new socket: takes up where we were; when that is no longer possible, joins again. */
  async #resume(): Promise<void> {
    const { socket } = this.#signaling;
    const { id } = socket;
    for (let attempt = 1; this.#state === 'reconnecting' && socket.id === id; attempt++) {
      try {
        return await this.#enterAgain();
      } catch (error) {
        // The next socket has its own turn.
        if (this.#state !== 'reconnecting' || socket.id !== id) return;
        const { code, message } = asCodedError(error);
        if (finalRefusals.has(code) || attempt === retriesMax) return this.#end({ code, message });
        if (code === stopping) this.#setState('reconnecting', { code, message });
        await delay(retryDelayMs);
      }
    }
  }

  async #enterAgain(): Promise<void> {
    let snapshot: RoomSnapshot;
    try {
      snapshot = await this.#signaling.request('resume', { resumeToken: this.#resumeToken }, this.#follow);
    } catch (error) {
      if (asCodedError(error).code !== 'resume-expired') throw error;
      await this.#join();
      this.#setState('connected');
      return await this.#renewMedia();
    }
    this.#setState('connected');
    // The server knows these tracks, and offers do not change what it knows.
    for (const { trackId, muted } of this.#local.all) {
      await this.#signaling.request('set-muted', { trackId, muted }).catch(() => {});
    }
    if (!snapshot.hasMedia) return await this.#renewMedia();
    this.#media.handleResumed(snapshot.sectionsNeeded);
  }

  /** A new peer connection with the same tracks, until the server takes it. */
  async #renewMedia(): Promise<void> {
    this.#media.close();
    const media = this.#createMedia();
    this.#media = media;
    this.#setMediaState('connecting');
    this.#roster.unsubscribeAll();
    for (const track of this.localTracks) media.publish(track);
    for (let attempt = 1; media === this.#media && this.#state !== 'left'; attempt++) {
      try {
        return await media.negotiate();
      } catch (error) {
        // When the socket is gone too, resuming goes on with this.
        if (media !== this.#media || this.#state === 'reconnecting') return;
        if (attempt === retriesMax) return this.#emitError(error);
        await delay(retryDelayMs);
      }
    }
  }

  #handleRoomClosed(reason: Refusal): void {
    if (reason.code === stopping) return this.#setState('reconnecting', reason);
    this.#end(reason);
  }

  #end(reason: Refusal): void {
    this.#events.emit('removed', reason);
    this.#release();
    this.#signaling.close();
  }
}
