import type { NegotiateRequest, NegotiateResponse, SectionsNeeded, Track } from '@rivero/api';
import { CodedError, type RandomBytes } from '@rivero/core';
import type { NegotiateAnswer, PeerState } from '@rivero/engine';
import { type EngineRoom, isLoss } from './engine-room.ts';
import { NegotiationQueue } from './negotiation-queue.ts';
import type { RoomParticipant } from './participant.ts';
import type { PlatformLog } from './platform-log.ts';
import { pausedTrackIds } from './reception.ts';
import { RoomEndpoints } from './room-endpoints.ts';
import type { Room } from './room.ts';
import type { RoomRegistry, Seat } from './room-registry.ts';
import { SerialQueue } from './serial-queue.ts';

export interface RoomMediaOptions {
  readonly engineRoom: EngineRoom;
  readonly registry: RoomRegistry;
  readonly random: RandomBytes;
  readonly log: PlatformLog;
}

/** One participant's peer in the engine. */
interface Peer {
  /** It was negotiated at least once, so its client is there to offer again. */
  hasNegotiated: boolean;
  /** The state of the room's tracks, and of what it wishes of them, when it was last subscribed; undefined: never. */
  subscribedTo: string | undefined;
  /** Tracks that its browser cannot receive: it is not subscribed to them again. */
  readonly refused: Map<string, NegotiateAnswer['refused'][number]>;
  /** How it publishes each track: section and codec. */
  published: ReadonlyMap<string, string>;
  needed: SectionsNeeded;
}

const mediaLost = {
  code: 'media-worker-lost',
  message: 'The media server was restarted; your connection is being made anew.',
};
const mediaFailed = { code: 'media-failed', message: 'The media connection broke; it is being made anew.' };

/** Which tracks were muted when an offer came, by name. */
type MutedTracks = ReadonlyMap<string, boolean>;

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Makes the engine's room follow the registry's: peers for those who have offered, and everybody subscribed to everybody
 * else's tracks; and the endpoints of those who come without a peer. Its operations run one after the other; a pass serves all changes that came before it; what fails for
 * one participant does not touch the others.
 */
export class RoomMedia {
  /** Of those who come without a peer. */
  readonly endpoints: RoomEndpoints;
  readonly #options: RoomMediaOptions;
  readonly #queue = new SerialQueue();
  /** By participant. */
  readonly #peers = new Map<string, Peer>();
  readonly #negotiations = new NegotiationQueue(this.#queue);
  #isPassWaiting = false;
  #isBehind = false;
  /** A track changed in the engine by itself since the last pass. */
  #hasChangedTracks = false;
  /** Counts up when what is published in the engine changes in a way that the registry does not see. */
  #tracksVersion = 0;

  constructor(options: RoomMediaOptions) {
    this.#options = options;
    this.endpoints = new RoomEndpoints({
      ...options,
      negotiations: this.#negotiations,
      findLost: () => this.#findLost(),
    });
  }

  /** Nothing is open in the engine and nothing is under way. */
  get isIdle(): boolean {
    return !this.#options.engineRoom.isOpen && this.#queue.waiting === 0;
  }

  /** The last pass could not do everything: follow again when some time has passed. */
  get isBehind(): boolean {
    return this.#isBehind || this.#hasChangedTracks;
  }

  /** The participant has a negotiated association that did not fail. */
  hasMedia({ id, mediaState }: RoomParticipant): boolean {
    return this.#peers.get(id)?.hasNegotiated === true && mediaState !== 'failed';
  }

  /** What the participant's next offer needs, as far as it is known without asking the engine. */
  sectionsNeeded({ room, participant }: Seat): SectionsNeeded {
    const peer = this.#peers.get(participant.id);
    if (peer?.hasNegotiated === true) return peer.needed;
    return {
      offer: true,
      audio: room.countTracksFor(participant, 'audio'),
      video: room.countTracksFor(participant, 'video'),
    };
  }

  /** Brings the engine in step with the room, soon. Resolves when that is done. */
  async follow(): Promise<void> {
    if (this.#isPassWaiting) return;
    this.#isPassWaiting = true;
    try {
      await this.#queue.run(async () => {
        this.#isPassWaiting = false;
        await this.#bringInStep();
      });
    } catch (error) {
      this.#options.log.warn(`following room ${this.#options.engineRoom.id}: ${textOf(error)}`);
    }
  }

  /** Refused: `room-busy`, `not-in-room`, `track-exists`, and what the engine refuses. */
  async negotiate(seat: Seat, request: NegotiateRequest): Promise<NegotiateResponse> {
    const { id, tracks } = seat.participant;
    const mutedBefore = new Map([...tracks.values()].map(({ trackId, muted }) => [trackId, muted]));
    return await this.#negotiations.run(id, () => this.#negotiate(seat, request, mutedBefore));
  }

  handlePeerState(seat: Seat, state: PeerState): void {
    const { participant } = seat;
    if (this.#peers.get(participant.id)?.hasNegotiated !== true) return;
    this.#options.registry.setMediaState(seat, state);
    if (state === 'failed') participant.connection?.send('media-lost', mediaFailed);
  }

  /**
   * A track comes otherwise than it was negotiated with its receivers. They are asked at the next look at the clock, so
   * that whoever sends now this, now that has nobody offer all the time.
   */
  handleTrackChanged(trackId: string): void {
    this.#tracksVersion += 1;
    for (const { refused } of this.#peers.values()) refused.delete(trackId);
    this.#hasChangedTracks = true;
  }

  /** Resolves when everything that was under way is done. */
  async closed(): Promise<void> {
    await this.#queue.run(async () => {}).catch(() => {});
  }

  /** A media worker was replaced. It may have been ours, and the room may be open again since. */
  async handleRoomLost(): Promise<void> {
    await this.#queue
      .run(() => this.#findLost())
      .catch((error) => {
        this.#options.log.warn(`looking for lost media of room ${this.#options.engineRoom.id}: ${textOf(error)}`);
      });
  }

  async #negotiate(seat: Seat, request: NegotiateRequest, mutedBefore: MutedTracks): Promise<NegotiateResponse> {
    const { room, participant } = seat;
    room.assertHas(participant);
    assertOwnTracks(seat, request);
    if (request.fresh && this.#peers.get(participant.id)?.hasNegotiated === true) await this.#forgetMedia(seat);
    try {
      const peer = await this.#openPeer(participant);
      await this.#subscribe(room, participant, peer);
      const answer = await this.#offer(seat, peer, request);
      if (room.has(participant)) {
        const published = publishedTracks(participant.tracks, mutedBefore, request.tracks, answer);
        this.#options.registry.setTracks(seat, published);
      }
      room.assertHas(participant);
      return respond(room, peer, answer);
    } catch (error) {
      if (isLoss(error)) await this.#findLost();
      else this.#unpublishForgotten(seat);
      throw error;
    }
  }

  #room(): Room | undefined {
    return this.#options.registry.room(this.#options.engineRoom.id);
  }

  async #bringInStep(): Promise<void> {
    this.#hasChangedTracks = false;
    const room = this.#room();
    for (const id of this.#peers.keys()) if (room?.participants.has(id) !== true) await this.#closePeer(id);
    const endpointErrors = await this.endpoints.bringInStep(room);
    if (room === undefined) {
      this.#isBehind = false;
      return await this.#closeRoom();
    }
    const results = await Promise.allSettled(
      [...room.participants.values()].map((participant) => this.#bringParticipantInStep(room, participant)),
    );
    const peerErrors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    const errors: readonly unknown[] = [...peerErrors, ...endpointErrors];
    // Once a failure is enough for the log, however often it is tried again.
    if (!this.#isBehind)
      for (const error of errors) this.#options.log.warn(`following a participant: ${textOf(error)}`);
    this.#isBehind = errors.length > 0;
    if (errors.some((error) => isLoss(error))) await this.#findLost();
  }

  async #bringParticipantInStep(room: Room, participant: RoomParticipant): Promise<void> {
    const peer = this.#peers.get(participant.id);
    // Who has not offered yet needs nothing of the engine: whoever only joins costs nothing there.
    if (peer === undefined) return;
    const isNew = await this.#subscribe(room, participant, peer);
    if (isNew && peer.needed.offer && peer.hasNegotiated) participant.connection?.send('sections-needed', peer.needed);
  }

  /** The engine's room is opened with its first peer; when it was lost since, it is opened again. */
  async #openPeer({ id }: RoomParticipant): Promise<Peer> {
    const known = this.#peers.get(id);
    if (known !== undefined) return known;
    try {
      return await this.#openNewPeer(id);
    } catch (error) {
      if (!isLoss(error)) throw error;
      await this.#findLost();
      return await this.#openNewPeer(id);
    }
  }

  async #openNewPeer(id: string): Promise<Peer> {
    const { engineRoom } = this.#options;
    await engineRoom.open();
    await engineRoom.engine.openPeer(engineRoom.id, id);
    const peer: Peer = {
      hasNegotiated: false,
      subscribedTo: undefined,
      refused: new Map(),
      published: new Map(),
      needed: { offer: true, audio: 0, video: 0 },
    };
    this.#peers.set(id, peer);
    return peer;
  }

  /** Subscribes the peer to everybody else's tracks; false: it is, and nothing changed since. */
  async #subscribe(room: Room, participant: RoomParticipant, peer: Peer): Promise<boolean> {
    const { engine, id: roomId } = this.#options.engineRoom;
    for (const trackId of peer.refused.keys()) {
      if (room.publisherOf(trackId) === undefined) peer.refused.delete(trackId);
    }
    const refused = [...peer.refused.keys()].join();
    const tracks = `${room.tracksVersion} ${this.#tracksVersion} ${participant.receptionVersion} ${refused}`;
    if (peer.subscribedTo === tracks) return false;
    const trackIds = room.trackIdsFor(participant).filter((trackId) => !peer.refused.has(trackId));
    peer.needed = await engine.subscribe(roomId, participant.id, trackIds, pausedTrackIds(room, participant));
    peer.subscribedTo = tracks;
    return true;
  }

  async #offer(seat: Seat, peer: Peer, { offer, tracks }: NegotiateRequest): Promise<NegotiateAnswer> {
    const { engineRoom, registry } = this.#options;
    const { participant } = seat;
    const names = tracks.map(({ mid, trackId }) => ({ mid, trackId }));
    // What a shared screen plays is nobody's voice.
    const voiceTrackId = tracks.find(({ source }) => source === 'microphone')?.trackId;
    const answer = await engineRoom.engine.negotiate(engineRoom.id, participant.id, {
      offer,
      tracks: names,
      voiceTrackId,
    });
    peer.hasNegotiated = true;
    registry.handleNegotiated(seat);
    peer.needed = answer.sectionsNeeded;
    for (const refused of answer.refused) peer.refused.set(refused.trackId, refused);
    this.#followPublished(peer, answer);
    return answer;
  }

  /** A track that changed may be one that others can receive now who could not before. */
  #followPublished(peer: Peer, answer: NegotiateAnswer): void {
    const published = new Map(answer.published.map(({ trackId, mid, codec }) => [trackId, `${mid} ${codec}`]));
    const changed = [...published.keys()].filter((trackId) => published.get(trackId) !== peer.published.get(trackId));
    if (changed.length === 0 && published.size === peer.published.size) return;
    this.#tracksVersion += 1;
    for (const { refused } of this.#peers.values()) for (const trackId of changed) refused.delete(trackId);
    peer.published = published;
  }

  /** Its client made a new peer connection, so the association of the one before is no more. */
  async #forgetMedia(seat: Seat): Promise<void> {
    this.#options.registry.setMediaState(seat, undefined);
    await this.#closePeer(seat.participant.id);
  }

  /** A new peer connection was refused after the one before was forgotten: its tracks are no more. */
  #unpublishForgotten(seat: Seat): void {
    const { room, participant } = seat;
    if (this.#peers.get(participant.id)?.hasNegotiated !== false) return;
    if (room.has(participant) && participant.tracks.size > 0) this.#options.registry.setTracks(seat, []);
  }

  async #closePeer(id: string): Promise<void> {
    const { engineRoom, log } = this.#options;
    this.#peers.delete(id);
    await engineRoom.engine
      .closePeer(engineRoom.id, id)
      .catch((error) => log.debug(`closing a peer: ${textOf(error)}`));
  }

  async #closeRoom(): Promise<void> {
    const { engineRoom, log } = this.#options;
    await engineRoom.close().catch((error) => log.debug(`closing a room: ${textOf(error)}`));
  }

  /** Asks the engine what is left, and tells those whose peers are gone. They negotiate anew. */
  async #findLost(): Promise<void> {
    const { engineRoom, registry } = this.#options;
    const left = await engineRoom.peersLeft();
    const room = this.#room();
    if (room !== undefined && !engineRoom.isOpen) registry.setSpeakers(room, []);
    for (const [id, { hasNegotiated }] of this.#peers) {
      if (left.has(id)) continue;
      this.#peers.delete(id);
      const participant = room?.participants.get(id);
      if (room === undefined || participant === undefined) continue;
      registry.setMediaState({ room, participant }, undefined);
      if (hasNegotiated) participant.connection?.send('media-lost', mediaLost);
    }
    await this.endpoints.handleLost(room);
  }
}

/** Nobody publishes under a name that is somebody else's. */
function assertOwnTracks({ room, participant }: Seat, { tracks }: NegotiateRequest): void {
  for (const { trackId } of tracks) {
    const publisher = room.publisherOf(trackId);
    if (publisher !== undefined && publisher !== participant) {
      throw new CodedError('track-exists', 'Somebody else publishes a track of this name.', { trackId });
    }
  }
}

/** What was told of muting since the offer came counts more than the offer. */
function publishedTracks(
  known: ReadonlyMap<string, Track>,
  mutedBefore: MutedTracks,
  offered: NegotiateRequest['tracks'],
  { published }: NegotiateAnswer,
): readonly Track[] {
  return published.flatMap(({ trackId, kind }) => {
    const track = offered.find((candidate) => candidate.trackId === trackId);
    if (track === undefined) return [];
    const present = known.get(trackId)?.muted;
    const isToldSince = present !== undefined && present !== mutedBefore.get(trackId);
    return [{ trackId, kind, source: track.source, muted: isToldSince ? present : track.muted }];
  });
}

function respond(room: Room, peer: Peer, answer: NegotiateAnswer): NegotiateResponse {
  return {
    answer: answer.answer,
    published: answer.published,
    subscribed: answer.subscribed.flatMap(({ mid, trackId }) => {
      const publisher = room.publisherOf(trackId);
      return publisher === undefined ? [] : [{ mid, trackId, participantId: publisher.id }];
    }),
    refused: [...peer.refused.values()].filter(({ trackId }) => room.publisherOf(trackId) !== undefined),
    sectionsNeeded: answer.sectionsNeeded,
  };
}
