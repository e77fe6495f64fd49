import { after, milliseconds, type MonotonicMs, never } from '@rivero/core';

/** IP addresses that may reach us through one relay; with one more the first is refreshed no longer. */
export const permissionsMax = 32;

/** A permission lasts 5 minutes (RFC 8656 section 9). */
export const permissionRefreshInterval = milliseconds(240_000);

/** Who may send to the relayed address, and when the server is to be told again. */
export class RelayPermissions {
  readonly #refreshAt = new Map<string, MonotonicMs>();

  /** False when it is there already. */
  add(ip: string): boolean {
    if (this.#refreshAt.has(ip)) return false;
    for (const oldest of this.#refreshAt.keys()) {
      if (this.#refreshAt.size < permissionsMax) break;
      this.#refreshAt.delete(oldest);
    }
    this.#refreshAt.set(ip, never);
    return true;
  }

  /** The server has given it. */
  confirm(ip: string, now: MonotonicMs): void {
    if (this.#refreshAt.has(ip)) this.#refreshAt.set(ip, after(now, permissionRefreshInterval));
  }

  delete(ip: string): void {
    this.#refreshAt.delete(ip);
  }

  all(): Iterable<string> {
    return this.#refreshAt.keys();
  }

  /** Those to ask for again; they are due once. */
  takeDue(now: MonotonicMs): readonly string[] {
    const due = [...this.#refreshAt].filter(([, at]) => at <= now).map(([ip]) => ip);
    for (const ip of due) this.#refreshAt.set(ip, never);
    return due;
  }

  deadline(): MonotonicMs {
    let first = never;
    for (const at of this.#refreshAt.values()) if (at < first) first = at;
    return first;
  }
}
