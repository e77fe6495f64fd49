import type {
  ChatMessage,
  NegotiateResponse,
  Participant,
  Role,
  SectionsNeeded,
  ServerEvents,
  Track,
  TrackKind,
} from '@rivero/api';
import { CodedError } from '@rivero/core';
import { fakeOffer, settle } from '../../../test/fake-engine.ts';
import type { ParticipantConnection } from '../participant.ts';
import type { Seat } from '../room-registry.ts';
import type { RoomService, RoomView } from '../room-service.ts';
import type { Scene } from './scene.ts';

const noSections: SectionsNeeded = { offer: true, audio: 0, video: 0 };

interface Seen {
  readonly name: string;
  readonly away: boolean;
  readonly role: Role;
  readonly handRaisedAt: number | null;
  /** Sends us nothing. */
  readonly withholds: boolean;
  readonly tracks: ReadonlyMap<string, Track>;
}

function seen({ name, away, role, handRaisedAt, tracks }: Participant, withholds = false): Seen {
  const byId = new Map(tracks.map((track) => [track.trackId, track]));
  return { name, away, role, handRaisedAt, withholds, tracks: byId };
}

type Handlers = { readonly [Name in keyof ServerEvents]: (...args: Parameters<ServerEvents[Name]>) => void };

/**
 * A client that keeps what it is told as the browser SDK does, and offers when the browser SDK would. Events that
 * contradict what it was told before are faults.
 */
export class SimulatedClient {
  readonly roomId: string;
  readonly name: string;
  readonly wishes = new Map<string, { readonly kind: TrackKind; muted: boolean }>();
  readonly others = new Map<string, Seen>();
  /** Names of the tracks that its sections carry. */
  received: readonly string[] = [];
  readonly faults: string[] = [];
  speakers: readonly string[] = [];
  role: Role = 'guest';
  hostToken: string | null = null;
  handRaisedAt: number | null = null;
  isLocked = false;
  isRelayOnly = false;
  /** What it was told of the chat, its own words among it. */
  chat: readonly ChatMessage[] = [];
  seat: Seat;
  readonly #scene: Scene;
  /** undefined: its socket is lost. */
  #connection: ParticipantConnection | undefined;
  /** Counts peer connections: answers to those of before are of no account. */
  #peerConnection = 0;
  #isFirst = true;
  #receivers = { audio: 0, video: 0 };
  #isRunning = false;
  #wanted: SectionsNeeded | undefined;
  #isDone = false;

  constructor(scene: Scene, name: string, roomId: string, hostToken?: string) {
    this.#scene = scene;
    this.name = name;
    this.roomId = roomId;
    const connection = this.#connect();
    this.seat = scene.service.join({ roomId, name, hostToken, connection, now: scene.now });
    this.#enter(scene.service.snapshot(this.seat));
  }

  get id(): string {
    return this.seat.participant.id;
  }

  get isAway(): boolean {
    return this.#connection === undefined;
  }

  publish(trackId: string, kind: TrackKind): void {
    this.wishes.set(trackId, { kind, muted: false });
    this.#want(noSections);
  }

  unpublish(trackId: string): void {
    if (this.wishes.delete(trackId)) this.#want(noSections);
  }

  setMuted(trackId: string, muted: boolean): void {
    const wish = this.wishes.get(trackId);
    if (wish === undefined) return;
    wish.muted = muted;
    if (this.seat.participant.tracks.has(trackId) && !this.isAway)
      this.#scene.service.setMuted(this.seat, trackId, muted);
  }

  loseSocket(): void {
    if (this.#connection === undefined) return;
    this.#scene.service.handleDisconnect(this.seat, this.#connection, this.#scene.now);
    this.#connection = undefined;
  }

  /** By a new socket, whether the one before is lost or not. */
  resume(): void {
    const { service } = this.#scene;
    const connection = this.#connect();
    this.seat = service.resume(this.seat.participant.resumeToken, connection);
    this.#enter(service.snapshot(this.seat));
    for (const trackId of this.seat.participant.tracks.keys()) {
      const wish = this.wishes.get(trackId);
      if (wish !== undefined) service.setMuted(this.seat, trackId, wish.muted);
    }
  }

  /** It was told that its stay is over. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Not while its socket is lost; what is refused is lost too. */
  ask(operation: (service: RoomService, seat: Seat) => void): void {
    if (this.isAway || this.#isDone) return;
    try {
      operation(this.#scene.service, this.seat);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
    }
  }

  say(text: string): void {
    this.ask(({ conversation }, seat) => {
      this.chat = [...this.chat, conversation.sendChat(seat, text, this.#scene.wallNow)];
    });
  }

  setHand(raised: boolean): void {
    this.ask(({ conversation }, seat) => {
      this.handRaisedAt = conversation.setHand(seat, raised, this.#scene.wallNow);
    });
  }

  leave(): void {
    this.#isDone = true;
    this.#connection = undefined;
    this.#scene.service.leave(this.seat, 'left');
  }

  #connect(): ParticipantConnection {
    const connection: ParticipantConnection = {
      send: (name, ...args) => {
        this.#expect(this.#connection === connection, `${name} was told to a connection that is no more`);
        this.#handlers[name](...args);
      },
      replaced: () => {},
    };
    this.#connection = connection;
    return connection;
  }

  #enter(snapshot: RoomView): void {
    this.others.clear();
    this.role = snapshot.role;
    this.hostToken = snapshot.hostToken;
    this.handRaisedAt = snapshot.handRaisedAt;
    this.isLocked = snapshot.locked;
    this.isRelayOnly = snapshot.relayOnly;
    this.chat = snapshot.chat;
    this.speakers = snapshot.speakers;
    for (const participant of snapshot.participants) {
      const { participantId } = participant;
      this.others.set(participantId, seen(participant, snapshot.withheldBy.includes(participantId)));
    }
    if (!snapshot.hasMedia) this.#renewMedia();
    else this.#want({ ...snapshot.sectionsNeeded, offer: true });
  }

  #renewMedia(): void {
    this.#peerConnection += 1;
    this.#isFirst = true;
    this.#receivers = { audio: 0, video: 0 };
    this.received = [];
    this.#want(noSections);
  }

  #want(needed: SectionsNeeded): void {
    this.#wanted = needed;
    if (!this.#isRunning) void this.#negotiate();
  }

  async #negotiate(): Promise<void> {
    this.#isRunning = true;
    while (this.#wanted !== undefined && !this.isAway && !this.#isDone) {
      const needed = this.#wanted;
      this.#wanted = undefined;
      const peerConnection = this.#peerConnection;
      const connection = this.#connection;
      try {
        const answer = await this.#offer(needed);
        const isLate = peerConnection !== this.#peerConnection || connection !== this.#connection;
        if (!isLate) this.#follow(answer);
      } catch {
        // The browser SDK tries again after half a second.
        await settle();
        this.#wanted ??= noSections;
      }
    }
    this.#isRunning = false;
  }

  async #offer({ audio, video }: SectionsNeeded): Promise<NegotiateResponse> {
    const fresh = this.#isFirst;
    const receivers = { audio: this.#receivers.audio + audio, video: this.#receivers.video + video };
    const peerConnection = this.#peerConnection;
    const tracks = [...this.wishes].map(([trackId, { muted, kind }]) => ({
      mid: trackId,
      trackId,
      source: kind === 'audio' ? ('microphone' as const) : ('camera' as const),
      muted,
    }));
    const sends = Object.fromEntries([...this.wishes].map(([trackId, { kind }]) => [trackId, kind]));
    const answer = await this.#scene.service.negotiate(this.seat, {
      offer: fakeOffer({ sends, ...receivers }),
      tracks,
      fresh,
    });
    if (peerConnection === this.#peerConnection) {
      this.#isFirst = false;
      this.#receivers = receivers;
    }
    return answer;
  }

  #follow(answer: NegotiateResponse): void {
    this.received = answer.subscribed.map(({ trackId }) => trackId);
    if (answer.sectionsNeeded.offer) this.#wanted ??= answer.sectionsNeeded;
  }

  #expect(isSo: boolean, fault: string): void {
    if (!isSo) this.faults.push(fault);
  }

  #change(participantId: string, change: (participant: Seen) => Seen): void {
    const participant = this.others.get(participantId);
    if (participant === undefined) this.faults.push('it was told of a participant who is not there');
    else this.others.set(participantId, change(participant));
  }

  #changeTrack(participantId: string, trackId: string, next: (track: Track | undefined) => Track | undefined): void {
    this.#change(participantId, (participant) => {
      const tracks = new Map(participant.tracks);
      const track = next(tracks.get(trackId));
      if (track === undefined) tracks.delete(trackId);
      else tracks.set(trackId, track);
      return { ...participant, tracks };
    });
  }

  readonly #handlers: Handlers = {
    'participant-joined': ({ participant }) => {
      this.#expect(!this.others.has(participant.participantId), 'a participant joined twice');
      this.#expect(participant.participantId !== this.id, 'a participant was told of itself');
      this.others.set(participant.participantId, seen(participant));
    },
    'participant-left': ({ participantId }) => {
      this.#expect(this.others.delete(participantId), 'a participant left who was not there');
    },
    'participant-away': ({ participantId, away }) =>
      this.#change(participantId, (participant) => {
        this.#expect(participant.away !== away, 'a participant was away twice');
        return { ...participant, away };
      }),
    'track-published': ({ participantId, track }) =>
      this.#changeTrack(participantId, track.trackId, (before) => {
        this.#expect(before === undefined, 'a track was published twice');
        return track;
      }),
    'track-unpublished': ({ participantId, trackId }) =>
      this.#changeTrack(participantId, trackId, (before) => {
        this.#expect(before !== undefined, 'a track ended that was not there');
        return undefined;
      }),
    'track-muted': ({ participantId, trackId, muted }) =>
      this.#changeTrack(participantId, trackId, (before) => {
        this.#expect(before?.muted === !muted, 'a track was muted twice, or not there');
        return before && { ...before, muted };
      }),
    'speakers-changed': ({ participantIds }) => {
      const isThere = (id: string): boolean => id === this.id || this.others.has(id);
      this.#expect(participantIds.every(isThere), 'somebody speaks who is not there');
      this.#expect(participantIds.join() !== this.speakers.join(), 'the same speakers were told twice');
      this.speakers = participantIds;
    },
    'participant-withholds': ({ participantId, withholds }) =>
      this.#change(participantId, (participant) => {
        this.#expect(participant.withholds !== withholds, 'the same was told twice of who sends us nothing');
        return { ...participant, withholds };
      }),
    'sections-needed': (needed) => this.#want(needed),
    'media-lost': () => this.#renewMedia(),
    'room-closed': () => {
      this.#isDone = true;
    },
    'chat-message': (message) => {
      this.#expect(!this.chat.some(({ messageId }) => messageId === message.messageId), 'it was said twice');
      this.chat = [...this.chat, message];
    },
    reaction: ({ participantId }) => this.#change(participantId, (participant) => participant),
    'hand-changed': ({ participantId, handRaisedAt }) => {
      if (participantId === this.id) this.handRaisedAt = handRaisedAt;
      else this.#change(participantId, (participant) => ({ ...participant, handRaisedAt }));
    },
    'role-changed': ({ participantId, role }) => {
      if (participantId === this.id) this.role = role;
      else this.#change(participantId, (participant) => ({ ...participant, role }));
    },
    'host-token': ({ hostToken }) => {
      this.#expect(this.seat.participant.role === 'host', 'a guest was told the host token');
      this.hostToken = hostToken;
    },
    'room-lock-changed': ({ locked }) => {
      this.#expect(this.isLocked !== locked, 'the room was locked twice');
      this.isLocked = locked;
    },
    'room-relay-changed': ({ relayOnly }) => {
      this.#expect(this.isRelayOnly !== relayOnly, 'the same was told twice of relays');
      this.isRelayOnly = relayOnly;
    },
    'mute-asked': () => {},
  };
}
