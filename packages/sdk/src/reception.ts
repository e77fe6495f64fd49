import { CodedError } from '@rivero/core';
import { asCodedError } from './as-coded-error.ts';
import type { KnownParticipant, KnownTrack } from './participant.ts';
import type { Return, RoomContext, RoomPart } from './room-part.ts';
import type { Roster } from './roster.ts';

/** What we want to be sent of the others. The wishes themselves stand at their tracks; this tells them to the server. */
export class Reception implements RoomPart {
  readonly #context: RoomContext;
  readonly #roster: Roster;
  /** The last wish of each: one that is refused undoes nothing that was wished since. */
  readonly #last = new WeakMap<KnownTrack | KnownParticipant, symbol>();

  /** After the roster, which hears of a new track first. */
  constructor(context: RoomContext, roster: Roster) {
    this.#context = context;
    this.#roster = roster;
    context.signaling.socket.on('track-published', ({ participantId, track: { trackId } }) => {
      const track = roster.get(participantId)?.track(trackId);
      // What is refused or lost here is told again when we are back; until then we are sent more than we wish.
      if (track?.isReceived === false) this.#tell(track).catch(() => {});
    });
  }

  async setReceived(trackId: string, received: boolean): Promise<void> {
    const participant = this.#roster.all.find((candidate) => candidate.track(trackId) !== undefined);
    const track = participant?.track(trackId);
    if (participant === undefined || track === undefined) {
      throw new CodedError('track-unknown', 'Nobody else publishes such a track.', { trackId });
    }
    await this.#set(participant, [track], received);
  }

  async setVideoReceived(participantId: string, received: boolean): Promise<void> {
    const participant = this.#roster.get(participantId);
    if (participant === undefined) {
      throw new CodedError('participant-unknown', 'There is nobody of that name in the room.', { participantId });
    }
    participant.isVideoReceived = received;
    const wish = this.#wish([participant]);
    const tracks = participant.tracks.filter(({ kind }) => kind === 'video');
    try {
      await this.#set(participant, tracks, received);
    } catch (error) {
      // It ended meanwhile.
      if (asCodedError(error).code === 'track-unknown') return;
      if (this.#last.get(participant) === wish) participant.isVideoReceived = !received;
      this.#context.events.emit('participantChanged', participant);
      throw error;
    }
  }

  /** The server may know other wishes than ours: those of before, or none. */
  async tellAgain({ snapshot }: Return): Promise<void> {
    const notReceived = new Set(snapshot.notReceived);
    const tracks = this.#roster.all.flatMap((participant) => participant.tracks);
    const others = tracks.filter(({ trackId, isReceived }) => isReceived === notReceived.has(trackId));
    await Promise.allSettled(others.map((track) => this.#tell(track)));
  }

  close(): void {}

  async #set(participant: KnownParticipant, tracks: readonly KnownTrack[], received: boolean): Promise<void> {
    const changed = tracks.filter(({ isReceived }) => isReceived !== received);
    const wish = this.#wish(changed);
    this.#note(participant, changed, received);
    // While the server cannot be reached it is only noted, and told when we are back.
    if (this.#context.status.state !== 'connected') return;
    const results = await Promise.allSettled(changed.map((track) => this.#tell(track)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure === undefined || this.#context.status.state !== 'connected') return;
    const refused = changed.filter((_, i) => results[i]?.status === 'rejected');
    const undone = refused.filter((track) => this.#last.get(track) === wish);
    this.#note(participant, undone, !received);
    throw failure.reason;
  }

  #wish(wished: readonly (KnownTrack | KnownParticipant)[]): symbol {
    const wish = Symbol('wish');
    for (const each of wished) this.#last.set(each, wish);
    return wish;
  }

  #note(participant: KnownParticipant, tracks: readonly KnownTrack[], received: boolean): void {
    for (const track of tracks) track.isReceived = received;
    this.#context.events.emit('participantChanged', participant);
  }

  async #tell({ trackId, isReceived }: KnownTrack): Promise<void> {
    await this.#context.signaling.request('set-received', { trackId, received: isReceived });
  }
}
