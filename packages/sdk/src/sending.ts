import { CodedError } from '@rivero/core';
import type { KnownParticipant } from './participant.ts';
import type { Return, RoomContext, RoomPart } from './room-part.ts';
import type { Roster } from './roster.ts';

/** To whom we send nothing. The wishes themselves stand at the participants; this tells them to the server. */
export class Sending implements RoomPart {
  readonly #context: RoomContext;
  readonly #roster: Roster;
  /** What the server has; who is not in it is sent everything. */
  readonly #told = new WeakMap<KnownParticipant, boolean>();
  /** The last wish of each: one that is refused undoes nothing that was wished since. */
  readonly #last = new WeakMap<KnownParticipant, symbol>();

  constructor(context: RoomContext, roster: Roster) {
    this.#context = context;
    this.#roster = roster;
  }

  async setSentTo(participantId: string, sent: boolean): Promise<void> {
    const participant = this.#roster.get(participantId);
    if (participant === undefined) {
      throw new CodedError('participant-unknown', 'There is nobody of that name in the room.', { participantId });
    }
    if (participant.isSentTo === sent) return;
    this.#note(participant, sent);
    // While the server cannot be reached it is only noted, and told when we are back.
    if (this.#context.status.state === 'connected') await this.#tell(participant);
  }

  /** The server may know other wishes than ours: those of before, or none. */
  async tellAgain({ snapshot }: Return): Promise<void> {
    const notSentTo = new Set(snapshot.notSentTo);
    for (const participant of this.#roster.all) {
      this.#told.set(participant, !notSentTo.has(participant.participantId));
    }
    const others = this.#roster.all.filter((participant) => participant.isSentTo !== this.#isToldOf(participant));
    const results = await Promise.allSettled(others.map((participant) => this.#tell(participant)));
    for (const result of results) if (result.status === 'rejected') this.#context.status.emitError(result.reason);
  }

  close(): void {}

  #isToldOf(participant: KnownParticipant): boolean {
    return this.#told.get(participant) ?? true;
  }

  #note(participant: KnownParticipant, sent: boolean): void {
    participant.isSentTo = sent;
    this.#context.events.emit('participantChanged', participant);
  }

  /** What is refused is as the server has it: nobody believes to be unseen who is not. */
  async #tell(participant: KnownParticipant): Promise<void> {
    const { participantId, isSentTo: sent } = participant;
    const wish = Symbol('wish');
    this.#last.set(participant, wish);
    try {
      await this.#context.signaling.request('set-sent', { participantId, sent });
      this.#told.set(participant, sent);
    } catch (error) {
      // To who has left nothing is sent; what was lost with the socket is told when we are back.
      if (this.#roster.get(participantId) !== participant || this.#context.status.state !== 'connected') return;
      if (this.#last.get(participant) === wish) this.#note(participant, this.#isToldOf(participant));
      throw error;
    }
  }
}
