import type { RoomSnapshot } from '@rivero/api';
import type { Return, RoomContext, RoomPart } from './room-part.ts';

/** Our own raised hand. A host may lower it; when we come back it is as we last wanted it. */
export class OwnHand implements RoomPart {
  readonly #context: RoomContext;
  #participantId = '';
  #raisedAt: number | null = null;
  #isWanted = false;
  /** The server may not know what is wanted. */
  #isUntold = false;

  constructor(context: RoomContext) {
    this.#context = context;
    context.signaling.socket.on('hand-changed', ({ participantId, handRaisedAt }) => {
      if (participantId === this.#participantId) this.#follow(handRaisedAt);
    });
  }

  /** Milliseconds since 1970; null: it is not raised. */
  get raisedAt(): number | null {
    return this.#raisedAt;
  }

  /** While the server cannot be reached it is only noted, and told when we are back. */
  async set(raised: boolean): Promise<void> {
    this.#isWanted = raised;
    this.#isUntold = true;
    const { status } = this.#context;
    if (status.state !== 'connected') return;
    try {
      await this.#tell();
    } catch (error) {
      // What fails because the socket is gone is made up for when we are back.
      if (status.state !== 'connected') return;
      this.#isUntold = false;
      this.#isWanted = this.#raisedAt !== null;
      throw error;
    }
  }

  follow({ participantId, handRaisedAt }: RoomSnapshot): void {
    const isNew = participantId !== this.#participantId;
    this.#participantId = participantId;
    // A server that does not know us yet says nothing of our hand.
    if (!isNew && !this.#isUntold) this.#follow(handRaisedAt);
  }

  async tellAgain({ snapshot }: Return): Promise<void> {
    if (this.#isWanted === (snapshot.handRaisedAt !== null)) return this.#follow(snapshot.handRaisedAt);
    await this.#tell().catch(() => {
      if (this.#context.status.state === 'connected') this.#follow(snapshot.handRaisedAt);
    });
  }

  close(): void {}

  async #tell(): Promise<void> {
    const raised = this.#isWanted;
    await this.#context.signaling.request('set-hand', { raised }, ({ handRaisedAt }) => {
      if (raised === this.#isWanted) this.#follow(handRaisedAt);
    });
  }

  #follow(raisedAt: number | null): void {
    this.#isUntold = false;
    this.#isWanted = raisedAt !== null;
    if (this.#raisedAt === raisedAt) return;
    this.#raisedAt = raisedAt;
    this.#context.events.emit('handChanged', raisedAt);
  }
}
