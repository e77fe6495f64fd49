import type { Reaction, Refusal, Role } from '@rivero/api';
import { CodedError } from '@rivero/core';
import { ActiveSpeakers } from './active-speakers.ts';
import { type ChatLog, RoomChat } from './chat-log.ts';
import type { VideoCodec } from './codec-preference.ts';
import { EventEmitter } from './event-emitter.ts';
import type { IceError } from './ice-errors.ts';
import type { JoinOptions } from './join-options.ts';
import type { CaptureKind } from './local-media.ts';
import { LocalPublisher } from './local-publisher.ts';
import type { CaptureSource, OpenedTrack } from './local-tracks.ts';
import type { PublishedTrack } from './published-track.ts';
import type { MediaState } from './path-watch.ts';
import { Moderation } from './moderation.ts';
import { OwnHand } from './own-hand.ts';
import { OwnRole } from './own-role.ts';
import type { RemoteParticipant } from './remote-participant.ts';
import type { Quality } from './quality.ts';
import { QualityWatch } from './quality-watch.ts';
import { Reactions } from './reactions.ts';
import { Reception } from './reception.ts';
import { delay } from './retry.ts';
import type { RoomEvents, RoomState } from './room-events.ts';
import { RoomIce } from './room-ice.ts';
import { RoomLock } from './room-lock.ts';
import { RoomMedia } from './room-media.ts';
import { observeRoom } from './room-observer.ts';
import type { RoomPart } from './room-part.ts';
import type { RoomStatistics } from './room-statistics.ts';
import { RoomStatus } from './room-status.ts';
import { Roster } from './roster.ts';
import type { ScreenOptions } from './screen-capture.ts';
import type { AudioLimits, VideoLimits } from './send-limits.ts';
import { SendWishes } from './send-wishes.ts';
import { Sending } from './sending.ts';
import type { SignalingClient } from './signaling-client.ts';
import { StatisticsSampler } from './statistics-sampler.ts';
import { Stay } from './stay.ts';

/** The server is given that long to answer to our leaving. */
const goodByeMs = 500;

/** A room that we are in. Made by {@link joinRoom}. */
export class Room {
  readonly #signaling: SignalingClient;
  readonly #events = new EventEmitter<RoomEvents>();
  readonly #status = new RoomStatus(this.#events);
  readonly #roster: Roster;
  readonly #wishes: SendWishes;
  readonly #ice: RoomIce;
  readonly #media: RoomMedia;
  readonly #publisher: LocalPublisher;
  readonly #chat: RoomChat;
  readonly #hand: OwnHand;
  readonly #role: OwnRole;
  readonly #lock: RoomLock;
  readonly #reactions: Reactions;
  readonly #speakers: ActiveSpeakers;
  readonly #reception: Reception;
  readonly #sending: Sending;
  readonly #quality: QualityWatch;
  readonly #statistics: StatisticsSampler;
  /** What hosts may do. */
  readonly moderation: Moderation;
  readonly #parts: readonly RoomPart[];
  readonly #stay: Stay;
  /** Why the server ended our stay. */
  #endedBy: CodedError | undefined;
  readonly #leaveWithPage = (): void => void this.leave();

  constructor(options: JoinOptions, signaling: SignalingClient) {
    this.#signaling = signaling;
    const context = { signaling, events: this.#events, status: this.#status };
    this.#roster = new Roster(context);
    this.#wishes = new SendWishes(options);
    this.#ice = new RoomIce(context, options.iceTransportPolicy);
    this.#media = new RoomMedia(context, this.#wishes, this.#ice);
    this.#publisher = new LocalPublisher(context, this.#media, this.#wishes);
    this.#media.listen(this.#roster);
    this.#media.listen(this.#publisher);
    this.#role = new OwnRole(context, options.hostToken);
    this.#hand = new OwnHand(context);
    this.#lock = new RoomLock(context);
    this.#chat = new RoomChat(context, options.name);
    this.#reactions = new Reactions(context, this.#roster);
    this.#speakers = new ActiveSpeakers(context, this.#roster);
    this.#reception = new Reception(context, this.#roster);
    this.#sending = new Sending(context, this.#roster);
    const observer = { media: this.#media, roster: this.#roster, participantId: () => this.participantId };
    this.#quality = new QualityWatch(context, observer, this.#wishes);
    this.#statistics = new StatisticsSampler(() => observeRoom(observer));
    this.moderation = new Moderation(context, this.#roster, () => this.leave());
    // Media comes last: telling it again may take long.
    this.#parts = [
      this.#ice,
      this.#roster,
      this.#speakers,
      this.#reception,
      this.#sending,
      this.#role,
      this.#lock,
      this.#chat,
      this.#hand,
      this.#publisher,
      this.#quality,
      this.#media,
    ];
    this.#stay = new Stay(context, {
      join: options,
      hostToken: () => this.#role.entryToken,
      parts: this.#parts,
      onEnd: (reason) => this.#end(reason),
    });
    addEventListener('pagehide', this.#leaveWithPage);
  }

  /** Calls back at every such event until the returned function is called. */
  on<Name extends keyof RoomEvents>(name: Name, listener: (...args: RoomEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** How our stay does; the event `stateChanged` tells what becomes of it. */
  get state(): RoomState {
    return this.#status.state;
  }

  /** How the media connection does; the event `mediaStateChanged` tells what becomes of it. */
  get mediaState(): MediaState {
    return this.#status.media;
  }

  /** Names us in this room, as that of {@link participants} names the others; another one after we had to join anew. */
  get participantId(): string {
    return this.#stay.participantId;
  }

  /** Everybody else. */
  get participants(): readonly RemoteParticipant[] {
    return this.#roster.all;
  }

  /**
   * Names of those who speak, as the server hears them: the main speaker first, five at most, our own
   * {@link participantId} among them. The first stays first until somebody is louder for a second. Sound of a shared
   * screen does not count.
   */
  get activeSpeakers(): readonly string[] {
    return this.#speakers.participantIds;
  }

  /** What was said. */
  get chat(): ChatLog {
    return this.#chat;
  }

  /** Our own: hosts moderate. Who opens a room is its host; when no host is left, somebody else becomes one. */
  get role(): Role {
    return this.#role.role;
  }

  /** Hosts only. Secret: whoever joins with it, see {@link JoinOptions.hostToken}, is a host too; for a link, say. */
  get hostToken(): string | null {
    return this.#role.hostToken;
  }

  /** Nobody else may join but with the host token. */
  get isLocked(): boolean {
    return this.#lock.isLocked;
  }

  /** Hosts want everybody's media to go through relays only. */
  get relayOnly(): boolean {
    return this.#ice.relayOnly;
  }

  /** What our media does: `relay` when a host wants it so, or when we joined so. */
  get iceTransportPolicy(): RTCIceTransportPolicy {
    return this.#ice.settings.iceTransportPolicy;
  }

  /** The server gives us a TURN server. */
  get hasRelay(): boolean {
    return this.#ice.hasRelay;
  }

  /** What STUN and TURN servers failed with. Some mean nothing: not every network of a machine leads to every server. */
  get iceErrors(): readonly IceError[] {
    return this.#media.connection.iceErrors;
  }

  /** Our own hand. */
  get isHandRaised(): boolean {
    return this.#hand.raisedAt !== null;
  }

  /** Since when: milliseconds since 1970, by the server's clock. */
  get handRaisedAt(): number | null {
    return this.#hand.raisedAt;
  }

  /** Our own tracks. */
  get localTracks(): readonly PublishedTrack[] {
    return this.#publisher.all;
  }

  /** Devices that were asked for when we joined, that this machine does not have, and that were not published since. */
  get missing(): readonly CaptureKind[] {
    return this.#publisher.missing;
  }

  /** How well we send; that of the others is theirs. */
  get quality(): Quality {
    return this.#quality.own;
  }

  /** What is sent and received just now, by track. Rates are since the last call; within half a second the answer is the same. */
  async statistics(): Promise<RoomStatistics> {
    return await this.#statistics.sample();
  }

  /** For statistics and diagnosis; another one after media was lost. */
  get peerConnection(): RTCPeerConnection {
    return this.#media.connection.peerConnection;
  }

  /** For diagnosis. */
  get socket(): SignalingClient['socket'] {
    return this.#signaling.socket;
  }

  /** Enters; called once by {@link joinRoom}. */
  async enter(tracks: readonly OpenedTrack[], missing: readonly CaptureKind[]): Promise<void> {
    this.#publisher.begin(tracks, missing);
    try {
      const snapshot = await this.#stay.enter();
      await this.#media.connection.negotiate(snapshot.sectionsNeeded);
    } catch (error) {
      throw this.#endedBy ?? error;
    }
    if (this.#endedBy !== undefined) throw this.#endedBy;
    if (this.#status.state === 'connecting') this.#status.setState('connected');
  }

  /**
   * Opens the camera, or takes the given track, and publishes it. A camera that is published already is unmuted, after
   * {@link replaceCamera} when it is another one that is asked for.
   */
  async publishCamera(source: CaptureSource = true): Promise<void> {
    await this.#publisher.publish('camera', source);
  }

  /** Like {@link publishCamera}. */
  async publishMicrophone(source: CaptureSource = true): Promise<void> {
    await this.#publisher.publish('microphone', source);
  }

  /**
   * Sends another camera in place of the one in use: the usual one, one that suits constraints (`deviceId`, `facingMode`),
   * or a track of your own, without a negotiation. While the camera is off it is only chosen, and opened when it is turned
   * on. When it cannot be opened the old one goes on, and the error says why: `device-busy`, `device-missing`, …
   * `localTrackChanged` tells it. Our own old device is closed; a track of yours is left to you, as it is.
   */
  async replaceCamera(source: CaptureSource): Promise<void> {
    await this.#publisher.replace('camera', source);
  }

  /** Like {@link replaceCamera}. A muted microphone is replaced at once, and stays silent. */
  async replaceMicrophone(source: CaptureSource): Promise<void> {
    await this.#publisher.replace('microphone', source);
  }

  /** What is sent at most. */
  get limits(): { readonly camera: VideoLimits; readonly screen: VideoLimits; readonly microphone: AudioLimits } {
    const { camera, screen, microphone } = this.#wishes;
    return { camera, screen, microphone };
  }

  /**
   * Limits what is sent of the camera, from now on and whatever device it is; `{}` ends it. An own device gives less too,
   * so that what we see of ourselves is what is sent. Errors: `limits-invalid`.
   */
  async setCameraLimits(limits: VideoLimits): Promise<void> {
    await this.#publisher.setLimits('camera', limits);
  }

  /** Limits what is sent of the screen, this one and later ones. */
  async setScreenLimits(limits: VideoLimits): Promise<void> {
    await this.#publisher.setLimits('screen', limits);
  }

  /** Limits the bit rate of the microphone; `{}` ends it. Errors: `limits-invalid`. */
  async setMicrophoneLimits({ bitrate }: AudioLimits): Promise<void> {
    await this.#publisher.setLimits('microphone', { bitrate });
  }

  /** Camera and screen are sent in this codec where the browser can; undefined: in the one that it likes best. */
  async setPreferredCodec(codec: VideoCodec | undefined): Promise<void> {
    await this.#publisher.setPreferredCodec(codec);
  }

  /**
   * Asks what to share, and publishes it until {@link unpublishScreen} or until it is ended by the browser's own button.
   * Browsers ask only when a button was just pressed. Errors: `screen-denied`, `screen-unsupported`, `screen-failed`.
   */
  async publishScreen(options: ScreenOptions = {}): Promise<void> {
    await this.#publisher.publishScreen(options);
  }

  /** Ends the screen and its sound. */
  async unpublishScreen(): Promise<void> {
    await this.#publisher.unpublishScreen();
  }

  /** Turns the camera off, its light too, or on again. */
  async setCameraMuted(muted: boolean): Promise<void> {
    await this.#publisher.setCameraMuted(muted);
  }

  /** Sends silence instead of the microphone, or the microphone again. */
  async setMicrophoneMuted(muted: boolean): Promise<void> {
    await this.#publisher.setMicrophoneMuted(muted);
  }

  /** Raises our hand for everybody to see, or lowers it. While the server cannot be reached it is told later. */
  async setHandRaised(raised: boolean): Promise<void> {
    await this.#hand.set(raised);
  }

  /** Shows a reaction to everybody else who is there just now. Errors: `rate-limited`, `server-silent`. */
  async react(reaction: Reaction): Promise<void> {
    await this.#reactions.show(reaction);
  }

  /**
   * Not received: the server sends us nothing of this track of somebody else until it is received again. The track stays
   * subscribed and stands still; video goes on with a whole picture. While the server cannot be reached it is told later.
   * Errors: `track-unknown`, `rate-limited`.
   */
  async setReceived(trackId: string, received: boolean): Promise<void> {
    await this.#reception.setReceived(trackId, received);
  }

  /**
   * Like {@link setReceived}, for all video of one person, what comes later too. Errors: `participant-unknown`,
   * `rate-limited`.
   */
  async setVideoReceived(participantId: string, received: boolean): Promise<void> {
    await this.#reception.setVideoReceived(participantId, received);
  }

  /**
   * Not sent: the server sends that person nothing of ours, neither what we publish now nor later, until it is sent again;
   * the person is told. It holds until one of us leaves, and through lost connections; who joins anew is sent everything.
   * While the server cannot be reached it is told later. Errors: `participant-unknown`, `rate-limited`.
   */
  async setSentTo(participantId: string, sent: boolean): Promise<void> {
    await this.#sending.setSentTo(participantId, sent);
  }

  /**
   * While the state is `reconnecting`: tries to reach the server at once. It is tried every few seconds anyway; this is
   * for who presses a button.
   */
  reconnectNow(): void {
    if (this.#status.state === 'reconnecting') this.#signaling.reconnectNow();
  }

  /** Leaves, and releases devices, connections and listeners. Tracks of yours go on. */
  async leave(): Promise<void> {
    if (this.#status.state === 'left') return;
    const isTold = this.#signaling.request('leave', {}).catch(() => {});
    this.#release();
    await Promise.race([isTold, delay(goodByeMs)]);
    this.#signaling.close();
  }

  /** Ends everything but the socket, which may still have to say good-bye. */
  #release(): void {
    removeEventListener('pagehide', this.#leaveWithPage);
    for (const part of this.#parts) part.close();
    this.#status.setState('left');
    this.#events.removeAllListeners();
  }

  /** The server ended our stay. */
  #end(reason: Refusal): void {
    this.#endedBy = new CodedError(reason.code, reason.message);
    this.#events.emit('removed', reason);
    this.#release();
    this.#signaling.close();
  }
}
