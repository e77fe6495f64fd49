import { after, type MonotonicMs, never, type RandomBytes, type TransportAddress } from '@rivero/core';
import type { Holder } from './allocation-quota.ts';
import { reservationLifetime } from './turn-server-limits.ts';
import type { AddressFamily, RelayId } from './turn-path.ts';

/** A relayed address that waits for its allocation. */
export interface Reservation {
  readonly relay: RelayId;
  readonly family: AddressFamily;
  readonly address: TransportAddress;
  /** Who counts it. */
  readonly holder: Holder;
  readonly expiresAt: MonotonicMs;
}

/** Relayed addresses kept under a token (RFC 8656 section 7.2); there are never more than allocations. */
export class Reservations {
  readonly #byToken = new Map<string, Reservation>();

  /** The token: 8 bytes. */
  keep(reservation: Omit<Reservation, 'expiresAt'>, random: RandomBytes, now: MonotonicMs): Uint8Array {
    const token = random(8);
    this.#byToken.set(keyOf(token), { ...reservation, expiresAt: after(now, reservationLifetime) });
    return token;
  }

  /** Only for whom it was kept, and once. */
  take(token: Uint8Array, identity: string, now: MonotonicMs): Reservation | undefined {
    const reservation = this.#byToken.get(keyOf(token));
    if (reservation === undefined || reservation.holder.identity !== identity || reservation.expiresAt <= now)
      return undefined;
    this.#byToken.delete(keyOf(token));
    return reservation;
  }

  /** The driver has it no longer. */
  drop(relay: RelayId): Reservation | undefined {
    for (const [key, reservation] of this.#byToken) {
      if (reservation.relay !== relay) continue;
      this.#byToken.delete(key);
      return reservation;
    }
    return undefined;
  }

  /** Those that nobody came for, each once. */
  takeExpired(now: MonotonicMs): readonly Reservation[] {
    const expired: Reservation[] = [];
    // In the order of their expiry, as all live equally long.
    for (const [key, reservation] of this.#byToken) {
      if (reservation.expiresAt > now) break;
      this.#byToken.delete(key);
      expired.push(reservation);
    }
    return expired;
  }

  deadline(): MonotonicMs {
    for (const { expiresAt } of this.#byToken.values()) return expiresAt;
    return never;
  }
}

function keyOf(token: Uint8Array): string {
  return Buffer.from(token).toString('latin1');
}
