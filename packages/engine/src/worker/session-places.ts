import type { TransportSession } from '@rivero/transport';
import { CountSums } from './count-sums.ts';
import type { Place } from './session-place.ts';

/** Where the packets of each transport session go, and what all sessions counted, those included that are closed. */
export class SessionPlaces {
  readonly #places = new Map<TransportSession, Place>();
  readonly #closedCounts = new CountSums();

  get(session: TransportSession): Place | undefined {
    return this.#places.get(session);
  }

  open(session: TransportSession, place: Place): void {
    this.#places.set(session, place);
  }

  /** What it counted stays. */
  close(session: TransportSession): void {
    this.#places.delete(session);
    this.#closedCounts.add(session.counts());
  }

  countSums(): CountSums {
    const sums = new CountSums();
    sums.add(this.#closedCounts.byPart());
    for (const session of this.#places.keys()) sums.add(session.counts());
    return sums;
  }
}
