import type { NegotiateResponse, Refusal, RoomSnapshot, ServerEvents } from '@rivero/api';
import { CodedError } from '@rivero/core';
import { EventEmitter } from './event-emitter.ts';
import { capture } from './local-media.ts';
import { MediaConnection, type MediaState, type PublishedTrack } from './media-connection.ts';
import { RemoteParticipant, type RemoteTrack } from './participant.ts';
import type { SignalingClient } from './signaling-client.ts';

/** `reconnecting`: the server cannot be reached for the moment; media may go on meanwhile. */
export type RoomState = 'connecting' | 'connected' | 'reconnecting' | 'left';

export interface RoomEvents extends Record<string, readonly unknown[]> {
  readonly stateChanged: readonly [state: RoomState];
  /** How the media connection does; `blocked`: nothing gets through, see the message of `error`. */
  readonly mediaStateChanged: readonly [state: MediaState];
  readonly participantJoined: readonly [participant: RemoteParticipant];
  readonly participantLeft: readonly [participant: RemoteParticipant];
  /** Something about the participant changed: away, tracks, mute signs. */
  readonly participantChanged: readonly [participant: RemoteParticipant];
  /** A track can be played. */
  readonly trackSubscribed: readonly [track: RemoteTrack, participant: RemoteParticipant];
  readonly trackUnsubscribed: readonly [track: RemoteTrack, participant: RemoteParticipant];
  /** One of our own tracks changed. */
  readonly localTrackChanged: readonly [track: PublishedTrack];
  /** The server ended our stay. */
  readonly removed: readonly [reason: Refusal];
  readonly error: readonly [error: CodedError];
}

export interface JoinOptions {
  /** Address of the server; left out: the one the page came from. */
  readonly url?: string;
  readonly room: string;
  readonly name: string;
  /** true or constraints: opened and published at once; or a track of your own. Default: neither. */
  readonly camera?: boolean | MediaTrackConstraints | MediaStreamTrack;
  readonly microphone?: boolean | MediaTrackConstraints | MediaStreamTrack;
}

/** Between attempts to negotiate anew after the media connection was lost. */
const retryDelayMs = 500;
const retriesMax = 20;

function asError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  return new CodedError('browser-failed', error instanceof Error ? error.message : String(error));
}

function isTrack(value: boolean | MediaTrackConstraints | MediaStreamTrack): value is MediaStreamTrack {
  return typeof value === 'object' && 'readyState' in value;
}

/** A room that we are in. Made by {@link joinRoom}. */
export class Room {
  readonly #options: JoinOptions;
  readonly #signaling: SignalingClient;
  readonly #events = new EventEmitter<RoomEvents>();
  readonly #participants = new Map<string, RemoteParticipant>();
  readonly #published = new Map<string, PublishedTrack>();
  #media: MediaConnection;
  #state: RoomState = 'connecting';
  #mediaState: MediaState = 'connecting';
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
    return [...this.#participants.values()];
  }

  /** Our own tracks. */
  get localTracks(): readonly PublishedTrack[] {
    return [...this.#published.values()];
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
  async enter(
    tracks: readonly { readonly source: 'camera' | 'microphone'; readonly track: MediaStreamTrack }[],
  ): Promise<void> {
    for (const { source, track } of tracks) this.#addLocal(source, track);
    const { room, name } = this.#options;
    const snapshot = await this.#signaling.request('join', { room, name });
    this.#follow(snapshot);
    await this.#media.negotiate(snapshot.sectionsNeeded);
    this.#setState('connected');
  }

  /** Opens the camera, or takes the given track, and publishes it. */
  async publishCamera(source: true | MediaTrackConstraints | MediaStreamTrack = true): Promise<void> {
    await this.#publish('camera', source);
  }

  async publishMicrophone(source: true | MediaTrackConstraints | MediaStreamTrack = true): Promise<void> {
    await this.#publish('microphone', source);
  }

  /** Turns the camera off, its light too, or on again. */
  async setCameraMuted(muted: boolean): Promise<void> {
    const camera = this.#localBySource('camera');
    if (camera === undefined) return muted ? undefined : await this.publishCamera();
    if (camera.muted === muted) return;
    if (muted) {
      camera.track?.stop();
      camera.track = undefined;
    } else {
      camera.track = await capture('camera');
    }
    await this.#media.replace(camera.trackId, camera.track);
    await this.#setMuted(camera, muted);
  }

  /** Sends silence instead of the microphone, or the microphone again. */
  async setMicrophoneMuted(muted: boolean): Promise<void> {
    const microphone = this.#localBySource('microphone');
    if (microphone === undefined) return muted ? undefined : await this.publishMicrophone();
    if (microphone.muted === muted) return;
    if (microphone.track !== undefined) microphone.track.enabled = !muted;
    await this.#setMuted(microphone, muted);
  }

  /** Leaves, and releases devices, connections and listeners. */
  async leave(): Promise<void> {
    if (this.#state === 'left') return;
    const isTold = this.#signaling.request('leave', {}).catch(() => {});
    this.#release();
    await Promise.race([isTold, new Promise((resolve) => setTimeout(resolve, 500))]);
    this.#signaling.close();
  }

  /** Ends everything but the socket, which may still have to say good-bye. */
  #release(): void {
    removeEventListener('pagehide', this.#leaveWithPage);
    this.#media.close();
    for (const { track } of this.#published.values()) track?.stop();
    this.#published.clear();
    this.#participants.clear();
    this.#setState('left');
    this.#events.removeAllListeners();
  }

  async #publish(
    source: 'camera' | 'microphone',
    from: true | MediaTrackConstraints | MediaStreamTrack,
  ): Promise<void> {
    if (this.#localBySource(source) !== undefined) return;
    const constraints = from === true || isTrack(from) ? undefined : from;
    const track = from !== true && isTrack(from) ? from : await capture(source, constraints);
    this.#addLocal(source, track);
    await this.#media.negotiate();
  }

  #addLocal(source: 'camera' | 'microphone', track: MediaStreamTrack): void {
    const kind = source === 'camera' ? 'video' : 'audio';
    const published: PublishedTrack = { trackId: crypto.randomUUID(), kind, source, track, muted: false };
    this.#published.set(published.trackId, published);
    track.addEventListener('ended', () => {
      if (published.track !== track) return;
      this.#events.emit(
        'error',
        new CodedError('device-lost', `The ${source} was unplugged or taken away.`, { source }),
      );
    });
    this.#media.publish(published);
    this.#events.emit('localTrackChanged', published);
  }

  #localBySource(source: string): PublishedTrack | undefined {
    return [...this.#published.values()].find((track) => track.source === source);
  }

  async #setMuted(track: PublishedTrack, muted: boolean): Promise<void> {
    track.muted = muted;
    this.#events.emit('localTrackChanged', track);
    // While the socket is gone nothing can be told; the next negotiation or resume tells it.
    const { trackId } = track;
    await this.#signaling
      .request('set-muted', { trackId, muted })
      .catch((error) => this.#events.emit('error', asError(error)));
  }

  #createMedia(): MediaConnection {
    const media: MediaConnection = new MediaConnection({
      negotiate: (request) => this.#signaling.request('negotiate', request),
      onAnswer: (answer) => {
        if (media === this.#media) this.#followAnswer(answer);
      },
      onState: (state) => {
        if (media === this.#media) this.#setMediaState(state);
      },
      onError: (error) => {
        if (media === this.#media) this.#handleNegotiationError(error);
      },
    });
    return media;
  }

  #handleNegotiationError(error: unknown): void {
    this.#events.emit('error', asError(error));
  }

  #setState(state: RoomState): void {
    if (this.#state === state || this.#state === 'left') return;
    this.#state = state;
    this.#events.emit('stateChanged', state);
  }

  #setMediaState(state: MediaState): void {
    if (this.#mediaState === state) return;
    this.#mediaState = state;
    this.#events.emit('mediaStateChanged', state);
    if (state !== 'blocked') return;
    this.#events.emit(
      'error',
      new CodedError(
        'media-blocked',
        'No media gets through to the server: its media port is blocked for UDP and TCP.',
      ),
    );
  }

  #follow(snapshot: RoomSnapshot): void {
    this.#participantId = snapshot.participantId;
    this.#resumeToken = snapshot.resumeToken;
    const present = new Set(snapshot.participants.map(({ participantId }) => participantId));
    for (const participant of this.#participants.values()) {
      if (!present.has(participant.participantId)) this.#removeParticipant(participant.participantId);
    }
    for (const described of snapshot.participants) {
      const known = this.#participants.get(described.participantId);
      if (known === undefined) {
        this.#addParticipant(new RemoteParticipant(described));
      } else {
        known.follow(described);
        this.#events.emit('participantChanged', known);
      }
    }
  }

  /** The sections carry what the answer says: tracks begin and end. */
  #followAnswer({ subscribed, refused }: NegotiateResponse): void {
    const midByTrack = new Map(subscribed.map(({ trackId, mid }) => [trackId, mid]));
    const refusedIds = new Set(refused.map(({ trackId }) => trackId));
    for (const participant of this.#participants.values()) {
      for (const track of participant.tracks) {
        const mid = midByTrack.get(track.trackId);
        const received = mid === undefined ? undefined : this.#media.receivedTrack(mid);
        track.isRefused = refusedIds.has(track.trackId);
        if (received === track.mediaStreamTrack) continue;
        track.mediaStreamTrack = received;
        this.#events.emit(received === undefined ? 'trackUnsubscribed' : 'trackSubscribed', track, participant);
        this.#events.emit('participantChanged', participant);
      }
    }
  }

  #addParticipant(participant: RemoteParticipant): void {
    this.#participants.set(participant.participantId, participant);
    this.#events.emit('participantJoined', participant);
  }

  #removeParticipant(participantId: string): void {
    const participant = this.#participants.get(participantId);
    if (participant === undefined) return;
    this.#participants.delete(participantId);
    this.#events.emit('participantLeft', participant);
  }

  #listen(): void {
    const { socket } = this.#signaling;
    const handlers: ServerEvents = {
      'participant-joined': ({ participant }) => this.#addParticipant(new RemoteParticipant(participant)),
      'participant-left': ({ participantId }) => this.#removeParticipant(participantId),
      'participant-away': ({ participantId, away }) =>
        this.#change(participantId, (participant) => (participant.isAway = away)),
      'track-published': ({ participantId, track }) =>
        this.#change(participantId, (participant) => participant.addTrack(track)),
      'track-unpublished': ({ participantId, trackId }) =>
        this.#change(participantId, (participant) => {
          const track = participant.removeTrack(trackId);
          if (track?.mediaStreamTrack !== undefined) this.#events.emit('trackUnsubscribed', track, participant);
        }),
      'track-muted': ({ participantId, trackId, muted }) =>
        this.#change(participantId, (participant) => {
          const track = participant.track(trackId);
          if (track !== undefined) track.muted = muted;
        }),
      'sections-needed': (needed) => this.#media.handleSectionsNeeded(needed),
      'media-lost': () => void this.#renewMedia(),
      'room-closed': (reason) => this.#handleRoomClosed(reason),
    };
    for (const name of Object.keys(handlers) as (keyof ServerEvents)[]) socket.on(name, handlers[name]);
    socket.on('disconnect', (reason) => {
      if (this.#state !== 'left') this.#setState('reconnecting');
      // The server closed it on purpose, as it does before it restarts: Socket.IO does not come back by itself then.
      if (reason === 'io server disconnect') setTimeout(() => this.#state !== 'left' && socket.connect(), retryDelayMs);
    });
    socket.on('connect', () => {
      if (this.#resumeToken !== '') this.#resume().catch((error) => this.#events.emit('error', asError(error)));
    });
  }

  #change(participantId: string, change: (participant: RemoteParticipant) => void): void {
    const participant = this.#participants.get(participantId);
    if (participant === undefined) return;
    change(participant);
    this.#events.emit('participantChanged', participant);
  }

  /** With a new socket: takes up where we were; when that is no longer possible, joins again. */
  async #resume(): Promise<void> {
    let snapshot: RoomSnapshot;
    try {
      snapshot = await this.#signaling.request('resume', { resumeToken: this.#resumeToken });
    } catch (error) {
      const { code } = asError(error);
      if (code !== 'resume-expired') throw error;
      const { room, name } = this.#options;
      snapshot = await this.#signaling.request('join', { room, name });
    }
    this.#follow(snapshot);
    this.#setState('connected');
    if (!snapshot.hasMedia) return await this.#renewMedia();
    for (const track of this.#published.values()) {
      await this.#signaling.request('set-muted', { trackId: track.trackId, muted: track.muted }).catch(() => {});
    }
    this.#media.handleSectionsNeeded(snapshot.sectionsNeeded);
  }

  /** A new peer connection with the same tracks, until the server takes it. */
  async #renewMedia(): Promise<void> {
    this.#media.close();
    const media = this.#createMedia();
    this.#media = media;
    this.#setMediaState('connecting');
    for (const participant of this.#participants.values()) {
      for (const track of participant.tracks) track.mediaStreamTrack = undefined;
    }
    for (const track of this.#published.values()) media.publish(track);
    for (let attempt = 1; media === this.#media && this.#state !== 'left'; attempt++) {
      try {
        return await media.negotiate();
      } catch (error) {
        if (media !== this.#media) return;
        if (attempt === retriesMax) return this.#events.emit('error', asError(error));
        await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      }
    }
  }

  #handleRoomClosed(reason: Refusal): void {
    if (reason.code === 'server-stopping') return this.#setState('reconnecting');
    this.#events.emit('removed', reason);
    this.#release();
    this.#signaling.close();
  }
}
