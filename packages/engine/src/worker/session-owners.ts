import type { TransportSession } from '@rivero/transport';
import { CountSums } from './count-sums.ts';
import type { SessionOwner } from './session-owner.ts';

/** Whose each transport session is, and what all sessions counted, those included that are closed. */
export class SessionOwners {
  readonly #owners = new Map<TransportSession, SessionOwner>();
  readonly #closedCounts = new CountSums();

  get(session: TransportSession): SessionOwner | undefined {
    return this.#owners.get(session);
  }

  open(session: TransportSession, owner: SessionOwner): void {
    this.#owners.set(session, owner);
  }

  /** What it counted stays. */
  close(session: TransportSession): void {
    this.#owners.delete(session);
    this.#closedCounts.add(session.counts());
  }

  countSums(): CountSums {
    const sums = new CountSums();
    sums.add(this.#closedCounts.byPart());
    for (const session of this.#owners.keys()) sums.add(session.counts());
    return sums;
  }
}
