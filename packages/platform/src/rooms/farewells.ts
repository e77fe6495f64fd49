import type { Refusal } from '@rivero/api';

/** Ended stays of one server that are remembered. */
export const farewellsMax = 10_000;

/**
 * Why a host ended somebody's stay, by the secret that would resume it: who was away just then would come back as if
 * nothing had happened, and open an ended room anew.
 */
export class Farewells {
  /** The oldest first. */
  readonly #reasons = new Map<string, Refusal>();

  /** The oldest is forgotten for it when there are too many. */
  add(resumeToken: string, reason: Refusal): void {
    this.#reasons.set(resumeToken, reason);
    if (this.#reasons.size <= farewellsMax) return;
    for (const oldest of this.#reasons.keys()) {
      this.#reasons.delete(oldest);
      return;
    }
  }

  reasonOf(resumeToken: string): Refusal | undefined {
    return this.#reasons.get(resumeToken);
  }
}
