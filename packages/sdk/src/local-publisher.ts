import { CodedError } from '@rivero/core';
import { asCodedError } from './as-coded-error.ts';
import type { CaptureKind } from './local-media.ts';
import { LocalScreen } from './local-screen.ts';
import { type CaptureSource, LocalTracks, type OpenedTrack } from './local-tracks.ts';
import type { OwnTrack } from './published-track.ts';
import type { MediaListener, Negotiated, RoomMedia } from './room-media.ts';
import type { Return, RoomContext, RoomPart } from './room-part.ts';
import type { ScreenOptions } from './screen-capture.ts';
import { assertLimits, type VideoLimits } from './send-limits.ts';
import type { SendWishes } from './send-wishes.ts';
import type { VideoCodec } from './codec-preference.ts';

/** Publishes our own tracks, and tells the others what of them is muted. */
export class LocalPublisher implements RoomPart, MediaListener {
  readonly #context: RoomContext;
  readonly #media: RoomMedia;
  readonly #wishes: SendWishes;
  readonly #local: LocalTracks;
  readonly #screen: LocalScreen;
  #missing: readonly CaptureKind[] = [];

  constructor(context: RoomContext, media: RoomMedia, wishes: SendWishes) {
    this.#context = context;
    this.#media = media;
    this.#wishes = wishes;
    const { status } = context;
    this.#local = new LocalTracks({
      wishes,
      onLost: (source) =>
        status.emitError(new CodedError('device-lost', `The ${source} was unplugged or taken away.`, { source })),
    });
    this.#screen = new LocalScreen({
      publish: (tracks) => this.#publishTracks(tracks),
      unpublish: (tracks) => this.#unpublishTracks(tracks),
      onError: (error) => status.handleRequestError(error),
    });
  }

  get all(): readonly OwnTrack[] {
    return [...this.#local.all, ...this.#screen.all];
  }

  /** Devices that were asked for when we joined, that this machine does not have, and that were not published since. */
  get missing(): readonly CaptureKind[] {
    return this.#missing.filter((source) => this.#local.get(source) === undefined);
  }

  /** What was opened before we entered is in the first offer. */
  begin(tracks: readonly OpenedTrack[], missing: readonly CaptureKind[]): void {
    this.#missing = missing;
    for (const opened of tracks) this.#offer(this.#local.add(opened));
    this.#fit('camera').catch(() => {});
  }

  async publish(source: CaptureKind, from: CaptureSource): Promise<void> {
    if (source === 'microphone') this.#local.setSilent(false);
    await this.#local.inTurn(source, () => this.#publish(source, from));
  }

  /** Sends another device or track in place of the one in use, or chooses the one that is opened next. */
  async replace(source: CaptureKind, from: CaptureSource): Promise<void> {
    await this.#local.inTurn(source, () => this.#replace(source, from));
  }

  async setLimits(source: 'camera' | 'screen' | 'microphone', limits: VideoLimits): Promise<void> {
    assertLimits(limits);
    this.#wishes[source] = limits;
    if (source === 'screen') await this.#media.connection.applyLimits();
    else await this.#local.inTurn(source, () => this.#fit(source));
  }

  async setPreferredCodec(codec: VideoCodec | undefined): Promise<void> {
    this.#wishes.preferredCodec = codec;
    const { connection } = this.#media;
    connection.applyPreferredCodec();
    if (!connection.published.some(({ kind }) => kind === 'video')) return;
    try {
      await connection.negotiate();
    } catch (error) {
      // Resuming makes up for it.
      if (this.#context.status.state === 'connected') throw error;
    }
  }

  async publishScreen(options: ScreenOptions): Promise<void> {
    await this.#screen.start(options);
  }

  async unpublishScreen(): Promise<void> {
    await this.#screen.stop();
  }

  async setCameraMuted(muted: boolean): Promise<void> {
    await this.#local.inTurn('camera', async () => {
      const camera = this.#local.get('camera');
      if (camera !== undefined) await this.#turn(camera, 'camera', muted);
      else if (!muted) await this.#publish('camera', true);
    });
  }

  async setMicrophoneMuted(muted: boolean): Promise<void> {
    // Silence at once, whatever this device is still waiting for.
    this.#local.setSilent(muted);
    await this.#local.inTurn('microphone', async () => {
      const microphone = this.#local.get('microphone');
      if (microphone !== undefined) await this.#turn(microphone, 'microphone', muted);
      else if (!muted) await this.#publish('microphone', true);
    });
  }

  /** A track may have been muted while the offer that says it is not was on its way. */
  handleNegotiated({ offered }: Negotiated): void {
    for (const { trackId, muted } of offered) {
      const track = this.#local.all.find((local) => local.trackId === trackId);
      if (track !== undefined && track.muted !== muted) void this.#setMuted(track, track.muted);
    }
  }

  /** The server knows these tracks, and offers do not change what it knows. */
  async tellAgain({ isNew }: Return): Promise<void> {
    if (isNew) return;
    for (const { trackId, muted } of this.#local.all) {
      await this.#context.signaling.request('set-muted', { trackId, muted }).catch(() => {});
    }
  }

  /** Stops every device. */
  close(): void {
    this.#local.close();
    this.#screen.close();
  }

  /** What is published already is replaced if it is something else, and unmuted. */
  async #publish(source: CaptureKind, from: CaptureSource): Promise<void> {
    const published = this.#local.get(source);
    if (published !== undefined) {
      if (!this.#local.isFrom(source, from)) await this.#replace(source, from);
      return await this.#turn(published, source, false);
    }
    await this.#publishTracks([this.#local.add(await this.#local.open(source, from))]);
  }

  async #replace(source: CaptureKind, from: CaptureSource): Promise<void> {
    const published = this.#local.get(source);
    await this.#local.replace(source, from, async (track) => {
      if (published !== undefined) await this.#media.connection.replace(published.trackId, track);
    });
    if (published !== undefined) this.#context.events.emit('localTrackChanged', published);
  }

  /** Mutes or unmutes what is published. */
  async #turn(published: OwnTrack, source: CaptureKind, muted: boolean): Promise<void> {
    const { trackId, track } = published;
    if (published.muted === muted) return;
    if (source === 'camera') {
      const send = (next: MediaStreamTrack | undefined): Promise<void> => this.#media.connection.replace(trackId, next);
      await (muted ? this.#local.turnOff(source, send) : this.#local.turnOn(source, send));
    } else if (track !== undefined) {
      track.enabled = !muted && !this.#local.isSilent;
    }
    await this.#setMuted(published, muted);
  }

  /** Asks the device for no more than is sent, and sends no more of what it gives then. */
  async #fit(source: CaptureKind): Promise<void> {
    await this.#local.keepWithin(source);
    await this.#media.connection.applyLimits();
  }

  async #publishTracks(tracks: readonly OwnTrack[]): Promise<void> {
    for (const track of tracks) this.#offer(track);
    await this.#media.connection.negotiate();
  }

  async #unpublishTracks(tracks: readonly OwnTrack[]): Promise<void> {
    for (const track of tracks) {
      this.#media.connection.unpublish(track.trackId);
      this.#context.events.emit('localTrackChanged', track);
    }
    await this.#media.connection.negotiate();
  }

  #offer(track: OwnTrack): void {
    this.#media.connection.publish(track);
    this.#context.events.emit('localTrackChanged', track);
  }

  async #setMuted(track: OwnTrack, muted: boolean): Promise<void> {
    const { events, signaling, status } = this.#context;
    track.muted = muted;
    events.emit('localTrackChanged', track);
    // While the socket is gone nothing can be told; resuming tells it.
    if (status.state !== 'connected') return;
    const { trackId } = track;
    await signaling.request('set-muted', { trackId, muted }).catch((error: unknown) => {
      // The offer that publishes it is still on its way; its answer makes up for it.
      if (asCodedError(error).code !== 'track-unknown') status.handleRequestError(error);
    });
  }
}
