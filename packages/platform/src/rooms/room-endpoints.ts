import { CodedError, type MonotonicMs, type RandomBytes } from '@rivero/core';
import type { EndpointChange, EndpointDirection, MediaKind } from '@rivero/engine';
import { ClientEndpoint, type EndpointDescription } from './client-endpoint.ts';
import { type EngineRoom, isLoss } from './engine-room.ts';
import type { NegotiationQueue } from './negotiation-queue.ts';
import { identityOf, receivedKinds } from './peer-connection-sdp.ts';
import type { PlatformLog } from './platform-log.ts';
import { Publication } from './publication.ts';
import { randomToken } from './random-token.ts';
import { refusalOf } from './refusal-of.ts';
import type { Room } from './room.ts';
import type { RoomRegistry, Seat } from './room-registry.ts';
import { View } from './view.ts';

export interface RoomEndpointsOptions {
  readonly engineRoom: EngineRoom;
  readonly registry: RoomRegistry;
  readonly negotiations: NegotiationQueue;
  readonly random: RandomBytes;
  readonly log: PlatformLog;
  /** Asks the engine what is left of the room. */
  readonly findLost: () => Promise<void>;
}

/** The endpoints of one participant. */
interface Place {
  publication: Publication | undefined;
  /** Its last offer, when that is not answered yet. */
  publishing: Promise<unknown> | undefined;
  /** By who is received. */
  readonly views: Map<string, View>;
  /** Those of whom it asked a view that is not opened yet, and when. */
  readonly asked: Map<string, MonotonicMs>;
}

interface AskedView {
  readonly room: Room;
  /** Who asked. */
  readonly id: string;
  readonly publisherId: string;
  readonly askedAt: MonotonicMs;
}

type TrackIds = Readonly<Record<MediaKind, string>>;

/** Random bytes of a track's name: nobody may take it before. */
const trackIdBytes = 9;

const mediaFailed = { code: 'media-failed', message: 'The media connection broke; make it anew.' };

/** The engine refuses so what it may grant in a moment. */
const passingCodes = new Set(['worker-busy', 'worker-lost']);

function mayPass(error: unknown): boolean {
  return isLoss(error) || (error instanceof CodedError && passingCodes.has(error.code));
}

/**
 * The endpoints of those who come without one peer connection for all: each publishes by one, and receives everybody whom
 * it asked for by one each. The tracks are tracks of the room like any other, so that peers receive them, and the other
 * way round. What asks the engine runs among the other operations of the room, one after the other, but for answers and
 * candidates, which concern one endpoint alone.
 */
export class RoomEndpoints {
  readonly #options: RoomEndpointsOptions;
  /** By participant. */
  readonly #places = new Map<string, Place>();
  /** Counts up: an endpoint's name is never used again, so what is told late of one that is closed is of no account. */
  #opened = 0;

  constructor(options: RoomEndpointsOptions) {
    this.#options = options;
  }

  /**
   * Answers the offer by which a participant publishes; that of another peer connection than before takes the place of
   * the one before. Refused: `room-busy`, `not-in-room`, and what the engine refuses.
   */
  async publish(seat: Seat, offer: string): Promise<EndpointDescription> {
    seat.room.assertHas(seat.participant);
    const place = this.#place(seat);
    const publishing = this.#options.negotiations.run(seat.participant.id, () => this.#publish(seat, offer));
    place.publishing = publishing;
    try {
      return await publishing;
    } finally {
      if (place.publishing === publishing) place.publishing = undefined;
    }
  }

  /**
   * Asks for offers of what these publish, whatever that will be. They come soon; a view that is there is made anew, but for
   * one whose offer waits for its answer.
   */
  requestViews(seat: Seat, participantIds: readonly string[], now: MonotonicMs): void {
    const { room, participant } = seat;
    room.assertHas(participant);
    const { asked, views } = this.#place(seat);
    for (const id of participantIds) {
      if (id === participant.id || !room.participants.has(id)) continue;
      if (views.get(id)?.mayBeRenewed(now) !== false) asked.set(id, now);
    }
    this.#options.registry.handleNegotiated(seat);
  }

  /** The answer to the last offer of a view. Refused: `not-in-room`, `request-malformed`, and what the engine refuses. */
  async answerView({ room, participant }: Seat, publisherId: string, answer: string): Promise<void> {
    room.assertHas(participant);
    const view = this.#places.get(participant.id)?.views.get(publisherId);
    if (view?.offeredAt === undefined || view.isAnswered) {
      room.participant(publisherId);
      throw new CodedError('request-malformed', 'No offer about this participant waits for an answer.');
    }
    view.isAnswered = true;
    try {
      await view.endpoint.applyAnswer(answer);
    } catch (error) {
      view.isAnswered = false;
      throw error;
    }
  }

  /**
   * A candidate of the client's for the view of that participant, or for its own publication; for a connection that is not
   * there, or not any more, it is passed over. Refused: `not-in-room`, `candidate-malformed`.
   */
  async addCandidate({ room, participant }: Seat, aboutId: string, candidate: string): Promise<void> {
    room.assertHas(participant);
    const place = this.#places.get(participant.id);
    if (aboutId !== participant.id) return await place?.views.get(aboutId)?.endpoint.addCandidate(candidate);
    await place?.publishing?.catch(() => {});
    await place?.publication?.endpoint.addCandidate(candidate);
  }

  handleChange(room: Room, endpointId: string, change: EndpointChange): void {
    const isTold = (change.type === 'ice-state' || change.type === 'dtls-state') && change.state === 'failed';
    const isClosed = change.type === 'dtls-state' && change.state === 'closed';
    if (!isTold && !isClosed) return;
    for (const [participantId, place] of this.#places) {
      const aboutId = this.#forget(place, endpointId);
      if (aboutId === undefined) continue;
      const participant = room.participants.get(participantId);
      if (participant === undefined) return;
      if (aboutId === null) this.#options.registry.setTracks({ room, participant }, []);
      if (isTold) participant.connection?.endpoints?.endpointFailed(aboutId ?? undefined, mediaFailed);
      return;
    }
  }

  /** A track carries something, or nothing any more. */
  handleFlow(room: Room, trackId: string, isFlowing: boolean): void {
    for (const [participantId, { publication }] of this.#places) {
      if (publication?.handleFlow(trackId, isFlowing) !== true) continue;
      const participant = room.participants.get(participantId);
      if (participant?.tracks.has(trackId) !== true) return;
      return this.#options.registry.setMuted({ room, participant }, trackId, !isFlowing);
    }
  }

  /** Closes what belongs to nobody any more, opens what was asked for, and sends what is published. Answers what failed. */
  async bringInStep(room: Room | undefined): Promise<readonly unknown[]> {
    const isThere = (id: string): boolean => room?.participants.has(id) === true;
    for (const [id, place] of this.#places) {
      if (!isThere(id)) {
        this.#places.delete(id);
        await this.#closeAll(place);
      }
      for (const publisherId of place.views.keys()) {
        if (!isThere(publisherId)) await this.#closeView(place, publisherId);
      }
    }
    if (room === undefined) return [];
    const results = await Promise.allSettled(
      [...this.#places].flatMap(([id, place]) => [
        ...[...place.views].map(([publisherId, view]) => this.#follow(room, id, publisherId, view)),
        ...[...place.asked].map(([publisherId, askedAt]) => this.#openView({ room, id, publisherId, askedAt })),
      ]),
    );
    return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  }

  /** The engine lost something: those who miss any endpoint are told, and lose the others. */
  async handleLost(room: Room | undefined): Promise<void> {
    const { engineRoom, registry } = this.#options;
    for (const [id, place] of this.#places) {
      const endpoints = endpointsOf(place);
      if (endpoints.length === 0) continue;
      const lost = engineRoom.isOpen ? await Promise.all(endpoints.map((endpoint) => endpoint.isLost())) : [true];
      if (!lost.includes(true)) continue;
      await this.#closeAll(place);
      const participant = room?.participants.get(id);
      if (room === undefined || participant === undefined) continue;
      registry.setTracks({ room, participant }, []);
      participant.connection?.endpoints?.endpointsLost();
    }
  }

  async #publish(seat: Seat, offer: string): Promise<EndpointDescription> {
    const { room, participant } = seat;
    const { registry, findLost } = this.#options;
    room.assertHas(participant);
    const place = this.#place(seat);
    const before = place.publication;
    const identity = identityOf(offer);
    const publication = before?.identity === identity ? before : await this.#openPublication(participant.id, identity);
    let answer: EndpointDescription;
    try {
      answer = await publication.endpoint.answer(offer);
    } catch (error) {
      if (publication !== before) await this.#close(publication.endpoint);
      if (isLoss(error)) await findLost();
      throw error;
    }
    // Whoever has left meanwhile is forgotten by the pass that waits.
    place.publication = publication;
    if (before !== undefined && before !== publication) await this.#close(before.endpoint);
    room.assertHas(participant);
    registry.handleNegotiated(seat);
    registry.setTracks(seat, publication.tracks(receivedKinds(answer.sdp)));
    return answer;
  }

  /** The engine's room is opened with its first endpoint; when it was lost since, it is opened again. */
  async #openPublication(participantId: string, identity: string): Promise<Publication> {
    const trackIds = this.#trackIds();
    const open = (): Promise<ClientEndpoint> => this.#openEndpoint(`${participantId}/published`, 'recvonly', trackIds);
    const endpoint = await open().catch(async (error: unknown) => {
      if (!isLoss(error)) throw error;
      await this.#options.findLost();
      return await open();
    });
    return new Publication({ endpoint, identity, trackIds });
  }

  async #openEndpoint(name: string, direction: EndpointDirection, trackIds: TrackIds): Promise<ClientEndpoint> {
    const { engineRoom } = this.#options;
    this.#opened += 1;
    const id = `${name}/${this.#opened}`;
    await engineRoom.open();
    return await ClientEndpoint.open(engineRoom, { id, direction, trackIds });
  }

  async #openView({ room, id: viewerId, publisherId, askedAt }: AskedView): Promise<void> {
    const { log } = this.#options;
    const place = this.#places.get(viewerId);
    if (place === undefined) return;
    place.asked.delete(publisherId);
    await this.#closeView(place, publisherId);
    const publisher = room.participants.get(publisherId);
    if (publisher === undefined || !room.participants.has(viewerId)) return;
    try {
      const endpoint = await this.#openEndpoint(`${viewerId}/of/${publisherId}`, 'sendonly', this.#trackIds());
      const view = new View(endpoint);
      place.views.set(publisherId, view);
      await view.follow(publisher, viewerId);
      const offer = await endpoint.offer();
      view.offeredAt = askedAt;
      room.participants.get(viewerId)?.connection?.endpoints?.viewOffered(publisherId, offer);
    } catch (error) {
      await this.#closeView(place, publisherId);
      if (mayPass(error)) place.asked.set(publisherId, askedAt);
      else room.participants.get(viewerId)?.connection?.endpoints?.endpointFailed(publisherId, refusalOf(error, log));
      throw error;
    }
  }

  async #closeView({ views }: Place, publisherId: string): Promise<void> {
    const view = views.get(publisherId);
    views.delete(publisherId);
    if (view !== undefined) await this.#close(view.endpoint);
  }

  async #follow(room: Room, viewerId: string, publisherId: string, view: View): Promise<void> {
    const publisher = room.participants.get(publisherId);
    const place = this.#places.get(viewerId);
    if (publisher === undefined) return;
    try {
      await view.follow(publisher, viewerId);
    } catch (error) {
      // It was closed meanwhile.
      if (place?.views.get(publisherId) === view) throw error;
    }
  }

  /** Forgets and closes the endpoint if it is of this place: of whom it was a view, `null` for the publication. */
  #forget(place: Place, endpointId: string): string | null | undefined {
    if (place.publication?.endpoint.id === endpointId) {
      const { endpoint } = place.publication;
      place.publication = undefined;
      void this.#close(endpoint);
      return null;
    }
    for (const [publisherId, { endpoint }] of place.views) {
      if (endpoint.id !== endpointId) continue;
      place.views.delete(publisherId);
      void this.#close(endpoint);
      return publisherId;
    }
    return undefined;
  }

  async #closeAll(place: Place): Promise<void> {
    const endpoints = endpointsOf(place);
    place.publication = undefined;
    place.views.clear();
    await Promise.all(endpoints.map((endpoint) => this.#close(endpoint)));
  }

  async #close(endpoint: ClientEndpoint): Promise<void> {
    await endpoint.close().catch((error: unknown) => this.#options.log.debug(`closing an endpoint: ${String(error)}`));
  }

  /** Of somebody who is in the room. */
  #place({ participant: { id } }: Seat): Place {
    let place = this.#places.get(id);
    if (place === undefined) {
      place = { publication: undefined, publishing: undefined, views: new Map(), asked: new Map() };
      this.#places.set(id, place);
    }
    return place;
  }

  #trackIds(): TrackIds {
    const trackId = (): string => randomToken(this.#options.random, trackIdBytes);
    return { audio: trackId(), video: trackId() };
  }
}

function endpointsOf({ publication, views }: Place): readonly ClientEndpoint[] {
  const viewed = [...views.values()].map(({ endpoint }) => endpoint);
  return publication === undefined ? viewed : [publication.endpoint, ...viewed];
}
