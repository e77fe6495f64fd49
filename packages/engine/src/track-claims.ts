import { CodedError } from '@rivero/core';

interface Claim<Place> {
  readonly place: Place;
  count: number;
}

/**
 * Names under which somebody is about to publish in some place: until that is answered other places cannot know of it. Within a
 * place it is known at once.
 */
export class TrackClaims<Place> {
  readonly #claims = new Map<string, Claim<Place>>();

  /** Refused where one of them is claimed in another place. */
  take(place: Place, trackIds: readonly string[]): void {
    for (const trackId of trackIds) {
      const other = this.#claims.get(trackId);
      if (other === undefined || other.place === place) continue;
      throw new CodedError('track-exists', 'Somebody else publishes a track of this name.', { trackId });
    }
    for (const trackId of trackIds) {
      const claim = this.#claims.get(trackId) ?? { place, count: 0 };
      claim.count += 1;
      this.#claims.set(trackId, claim);
    }
  }

  /** What was taken there is answered. */
  release(trackIds: readonly string[]): void {
    for (const trackId of trackIds) {
      const claim = this.#claims.get(trackId);
      if (claim === undefined) continue;
      claim.count -= 1;
      if (claim.count === 0) this.#claims.delete(trackId);
    }
  }
}
