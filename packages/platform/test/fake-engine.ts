import { CodedError } from '@rivero/core';
import type {
  EndpointCandidate,
  EndpointDirection,
  EndpointEngine,
  EndpointOptions,
  EndpointStatistics,
  EngineEvent,
  MediaEngine,
  MediaKind,
  NegotiateAnswer,
  NegotiateRequest,
  PeerState,
  PublishedTrack,
  RoomStatistics,
  SectionsNeeded,
  SubscribedTrack,
} from '@rivero/engine';
import { CallGates } from './call-gates.ts';
import { type FakeEndpoint, FakeEndpoints } from './fake-endpoints.ts';

/** What stands in a fake offer: JSON instead of SDP. */
interface Offer {
  /** Kind of the track in each sending section, by mid. */
  readonly sends: Readonly<Record<string, MediaKind>>;
  /** Receive sections. */
  readonly audio: number;
  readonly video: number;
}

/** An offer that {@link FakeEngine} reads. */
export function fakeOffer({ sends = {}, audio = 0, video = 0 }: Partial<Offer> = {}): string {
  return JSON.stringify({ sends, audio, video });
}

interface FakePeer {
  readonly published: Map<string, PublishedTrack>;
  voiceTrackId: string | undefined;
  wanted: readonly string[];
  paused: readonly string[];
  offer: Offer;
  sent: readonly SubscribedTrack[];
}

type Method = Exclude<keyof MediaEngine | keyof EndpointEngine, 'onEvent'>;

interface FakeRoom {
  readonly peers: Map<string, FakePeer>;
  readonly endpoints: FakeEndpoints;
}

const noSections: Offer = { sends: {}, audio: 0, video: 0 };

/** Lets everything go on that waits for no clock and no held call. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** A media engine without media: it keeps the books, waits and refuses as a test tells it, and can die. */
export class FakeEngine implements MediaEngine, EndpointEngine {
  /** Every call in order, such as `openPeer room/ann`. */
  readonly calls: string[] = [];
  /** In which video is offered from now on. */
  videoCodec = 'VP8';
  /** Tracks for which no subscriber has a codec. */
  readonly unreceivable = new Set<string>();
  /** Stands behind every answer. */
  answerSuffix = '';
  /** Waited for before every call has an effect. */
  delay: () => Promise<void> = () => Promise.resolve();
  readonly #rooms = new Map<string, FakeRoom>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #gates = new CallGates<Method>();
  #lostRoomIds: readonly string[] = [];
  #deaths = 0;
  #isUp = true;

  /** Names of the rooms and their peers. */
  get rooms(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.#rooms].map(([roomId, { peers }]) => [roomId, [...peers.keys()]]));
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  wantedBy(roomId: string, peerId: string): readonly string[] {
    return this.#peer(roomId, peerId).wanted;
  }

  pausedFor(roomId: string, peerId: string): readonly string[] {
    return this.#peer(roomId, peerId).paused;
  }

  publishedBy(roomId: string, peerId: string): readonly string[] {
    return [...this.#peer(roomId, peerId).published.keys()];
  }

  voiceOf(roomId: string, peerId: string): string | undefined {
    return this.#peer(roomId, peerId).voiceTrackId;
  }

  /** Calls of that method wait until the returned function is called. */
  hold(method: Method): () => void {
    return this.#gates.hold(method);
  }

  /** Refuses the next call of that method. */
  refuse(method: Method, code: string): void {
    this.#gates.refuse(method, code);
  }

  /** Refuses nothing any more. */
  forgive(): void {
    this.#gates.forgive();
  }

  tellState(roomId: string, peerId: string, state: PeerState): void {
    this.tell({ type: 'peer-state', roomId, peerId, state });
  }

  tell(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Names of the endpoints of a room. */
  endpointIds(roomId: string): readonly string[] {
    return this.#rooms.get(roomId)?.endpoints.ids ?? [];
  }

  endpoint(roomId: string, endpointId: string): FakeEndpoint {
    return this.#room(roomId).endpoints.get(endpointId);
  }

  /** A bug ends one endpoint's session. */
  loseEndpoint(roomId: string, endpointId: string): void {
    this.#room(roomId).endpoints.close(endpointId);
  }

  tellSpeakers(roomId: string, trackIds: readonly string[]): void {
    this.tell({ type: 'speakers', roomId, trackIds });
  }

  /** Its worker dies with all rooms; what is under way is lost. */
  die(): void {
    this.#deaths += 1;
    this.#isUp = false;
    this.#lostRoomIds = [...this.#rooms.keys()];
    this.#rooms.clear();
  }

  /** Rooms can be opened again. */
  recover(): void {
    this.#isUp = true;
  }

  /** A new worker is up; everybody is told which rooms were lost. */
  respawn(): void {
    this.recover();
    this.tell({ type: 'rooms-lost', roomIds: this.#lostRoomIds });
  }

  /** A bug ends one peer's session. */
  losePeer(roomId: string, peerId: string): void {
    this.#rooms.get(roomId)?.peers.delete(peerId);
  }

  openRoom(roomId: string): Promise<void> {
    return this.#run('openRoom', roomId, () => {
      if (!this.#isUp) throw new CodedError('worker-lost', 'The media workers are being restarted.');
      if (this.#rooms.has(roomId)) throw new CodedError('room-exists', 'A room of this name is open.');
      this.#rooms.set(roomId, { peers: new Map(), endpoints: new FakeEndpoints() });
    });
  }

  closeRoom(roomId: string): Promise<void> {
    return this.#run('closeRoom', roomId, () => {
      this.#room(roomId);
      this.#rooms.delete(roomId);
    });
  }

  openPeer(roomId: string, peerId: string): Promise<void> {
    return this.#run('openPeer', `${roomId}/${peerId}`, () => {
      const room = this.#room(roomId).peers;
      if (room.has(peerId)) throw new CodedError('peer-exists', 'There is a peer of this name.');
      room.set(peerId, {
        published: new Map(),
        voiceTrackId: undefined,
        wanted: [],
        paused: [],
        offer: noSections,
        sent: [],
      });
    });
  }

  closePeer(roomId: string, peerId: string): Promise<void> {
    return this.#run('closePeer', `${roomId}/${peerId}`, () => {
      this.#peer(roomId, peerId);
      this.#room(roomId).peers.delete(peerId);
      this.#release(roomId);
    });
  }

  negotiate(
    roomId: string,
    peerId: string,
    { offer, tracks, voiceTrackId }: NegotiateRequest,
  ): Promise<NegotiateAnswer> {
    return this.#run('negotiate', `${roomId}/${peerId}`, () => {
      const peer = this.#peer(roomId, peerId);
      if (!offer.startsWith('{')) throw new CodedError('sdp-malformed', 'The text is no session description.');
      peer.offer = JSON.parse(offer) as Offer;
      peer.published.clear();
      peer.voiceTrackId = voiceTrackId;
      for (const { mid, trackId } of tracks) {
        const kind = peer.offer.sends[mid];
        const codec = kind === 'audio' ? 'opus' : this.videoCodec;
        if (kind !== undefined) peer.published.set(trackId, { trackId, mid, kind, codec });
      }
      this.#release(roomId);
      const refused = this.#assign(roomId, peer);
      return {
        answer: `answer to ${offer}${this.answerSuffix}`,
        published: [...peer.published.values()],
        subscribed: peer.sent,
        refused: refused.map((trackId) => ({ trackId, reason: 'no-common-codec' })),
        sectionsNeeded: this.#needed(roomId, peer, refused),
      };
    });
  }

  subscribe(
    roomId: string,
    peerId: string,
    trackIds: readonly string[],
    pausedTrackIds: readonly string[] = [],
  ): Promise<SectionsNeeded> {
    return this.#run('subscribe', `${roomId}/${peerId}`, () => {
      const peer = this.#peer(roomId, peerId);
      peer.wanted = trackIds;
      peer.paused = pausedTrackIds;
      this.#release(roomId);
      return this.#needed(roomId, peer, []);
    });
  }

  statistics(roomId: string): Promise<RoomStatistics> {
    return this.#run('statistics', roomId, () => ({
      producers: [],
      consumers: [],
      senders: [],
      drops: {},
      peers: [...this.#room(roomId).peers.keys()].map((peerId) => ({ peerId, state: 'connected' as const })),
    }));
  }

  openEndpoint(roomId: string, endpointId: string, options: EndpointOptions): Promise<void> {
    return this.#at('openEndpoint', roomId, endpointId, (all) => all.open(endpointId, options));
  }

  closeEndpoint(roomId: string, endpointId: string): Promise<void> {
    return this.#at('closeEndpoint', roomId, endpointId, (all) => all.close(endpointId));
  }

  configureEndpoint(roomId: string, endpointId: string): Promise<void> {
    return this.#at('configureEndpoint', roomId, endpointId, (all) => void all.get(endpointId));
  }

  createOffer(
    roomId: string,
    endpointId: string,
    directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>,
  ): Promise<string> {
    return this.#at('createOffer', roomId, endpointId, (all) => all.offer(endpointId, directions));
  }

  answerOffer(roomId: string, endpointId: string, offer: string): Promise<string> {
    return this.#at('answerOffer', roomId, endpointId, (all) => all.answer(endpointId, offer));
  }

  applyAnswer(roomId: string, endpointId: string, answer: string): Promise<void> {
    return this.#at('applyAnswer', roomId, endpointId, (all) => all.applyAnswer(endpointId, answer));
  }

  gatherCandidates(roomId: string, endpointId: string): Promise<readonly EndpointCandidate[]> {
    return this.#at('gatherCandidates', roomId, endpointId, (all) => all.candidates(endpointId));
  }

  localDescription(roomId: string, endpointId: string): Promise<string> {
    return this.#at('localDescription', roomId, endpointId, (all) => all.description(endpointId));
  }

  addRemoteCandidate(roomId: string, endpointId: string, candidate: string): Promise<void> {
    return this.#at('addRemoteCandidate', roomId, endpointId, (all) => {
      if (!candidate.startsWith('candidate:')) throw new CodedError('candidate-malformed', 'It is no candidate.');
      all.get(endpointId).remoteCandidates.push(candidate);
    });
  }

  setSource(roomId: string, endpointId: string, kind: MediaKind, trackId: string | undefined): Promise<void> {
    return this.#at('setSource', roomId, endpointId, (all) => void all.get(endpointId).sources.set(kind, trackId));
  }

  requestKeyframe(): Promise<void> {
    return Promise.resolve();
  }

  endpointStatistics(roomId: string, endpointId: string): Promise<EndpointStatistics> {
    return this.#at('endpointStatistics', roomId, endpointId, (all) => all.statistics(endpointId));
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #at<Value>(
    method: Method,
    roomId: string,
    endpointId: string,
    operation: (endpoints: FakeEndpoints) => Value,
  ): Promise<Value> {
    return this.#run(method, `${roomId}/${endpointId}`, () => operation(this.#room(roomId).endpoints));
  }

  async #run<Value>(method: Method, subject: string, operation: () => Value): Promise<Value> {
    this.calls.push(`${method} ${subject}`);
    const deaths = this.#deaths;
    await this.#gates.passed(method);
    await this.delay();
    if (deaths !== this.#deaths) throw new CodedError('room-lost', 'The media worker of this room ended.');
    const refusal = this.#gates.refusalOf(method);
    if (refusal !== undefined) throw refusal;
    return operation();
  }

  #room(roomId: string): FakeRoom {
    const room = this.#rooms.get(roomId);
    if (room === undefined) throw new CodedError('room-unknown', 'There is no such room; open it first.');
    return room;
  }

  #peer(roomId: string, peerId: string): FakePeer {
    const peer = this.#room(roomId).peers.get(peerId);
    if (peer === undefined) throw new CodedError('peer-unknown', 'There is no such peer; open it first.');
    return peer;
  }

  /** Tracks that the peer wants and that somebody else publishes. */
  #wanted(roomId: string, peer: FakePeer): readonly PublishedTrack[] {
    const { peers, endpoints } = this.#room(roomId);
    const others = [...peers.values()].filter((other) => other !== peer);
    const tracks = others.flatMap(({ published }) => [...published.values()]);
    const ofEndpoints = endpoints.all.flatMap(({ options: { trackIds }, published }) =>
      [...published].map((kind) => ({ trackId: trackIds[kind], mid: kind, kind, codec: this.videoCodec })),
    );
    return [...tracks, ...ofEndpoints].filter(({ trackId }) => peer.wanted.includes(trackId));
  }

  /** Sections whose tracks ended, or are not wanted any more, become free. */
  #release(roomId: string): void {
    for (const peer of this.#room(roomId).peers.values()) {
      const ids = new Set(this.#wanted(roomId, peer).map(({ trackId }) => trackId));
      peer.sent = peer.sent.filter(({ trackId }) => ids.has(trackId));
    }
  }

  #free(peer: FakePeer, kind: MediaKind): readonly string[] {
    const mids = Array.from({ length: peer.offer[kind] }, (_, index) => `${kind}${index}`);
    return mids.filter((mid) => peer.sent.every((sent) => sent.mid !== mid));
  }

  /** Fills the free sections and names what cannot be received. */
  #assign(roomId: string, peer: FakePeer): readonly string[] {
    const refused: string[] = [];
    for (const { trackId, kind } of this.#wanted(roomId, peer)) {
      const [mid] = this.#free(peer, kind);
      if (mid === undefined || peer.sent.some((sent) => sent.trackId === trackId)) continue;
      if (this.unreceivable.has(trackId)) refused.push(trackId);
      else peer.sent = [...peer.sent, { trackId, mid }];
    }
    return refused;
  }

  #needed(roomId: string, peer: FakePeer, refused: readonly string[]): SectionsNeeded {
    const waiting = this.#wanted(roomId, peer).filter(
      ({ trackId }) => !refused.includes(trackId) && peer.sent.every((sent) => sent.trackId !== trackId),
    );
    const missing = (kind: MediaKind): number =>
      Math.max(0, waiting.filter((track) => track.kind === kind).length - this.#free(peer, kind).length);
    return { offer: waiting.length > 0, audio: missing('audio'), video: missing('video') };
  }
}
