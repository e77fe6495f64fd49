import { recall, remember } from '../../preferences.ts';

/** `#host=TOKEN` at the end of a room's address: browsers send no server what stands behind the `#`. */
const tokenInHash = /^#host=([\w-]{1,128})$/;

export function readHostToken(hash: string): string | undefined {
  return tokenInHash.exec(hash)?.[1];
}

/** The link that makes whoever opens it a host. */
export function hostLink(address: string, token: string): string {
  return `${address}#host=${token}`;
}

/** A day's meetings: a browser that is closed by mistake comes back as the host, and somebody else next week does not. */
const keptMs = 12 * 3_600_000;

/** Rooms whose token is kept. */
const keptMax = 20;

interface KeptToken {
  readonly room: string;
  readonly token: string;
  /** When it was kept: milliseconds since 1970. */
  readonly at: number;
}

function isKept(value: unknown): value is KeptToken {
  if (typeof value !== 'object' || value === null) return false;
  const { room, token, at } = value as Partial<Record<keyof KeptToken, unknown>>;
  return typeof room === 'string' && typeof token === 'string' && typeof at === 'number';
}

function recallAll(now: number): readonly KeptToken[] {
  try {
    const kept: unknown = JSON.parse(recall('hostTokens') ?? '[]');
    return Array.isArray(kept) ? kept.filter(isKept).filter(({ at }) => now - at < keptMs) : [];
  } catch {
    // Not what we wrote.
    return [];
  }
}

/** With it one enters the room as a host again, after a reload or by another tab; undefined: none, or too old. */
export function recallHostToken(room: string, now: number): string | undefined {
  return recallAll(now).find((kept) => kept.room === room)?.token;
}

/** The same, as one joins with it. */
export function hostEntry(room: string, now: number): { readonly hostToken?: string } {
  const hostToken = recallHostToken(room, now);
  return hostToken === undefined ? {} : { hostToken };
}

export function rememberHostToken(room: string, token: string, now: number): void {
  const others = recallAll(now).filter((kept) => kept.room !== room);
  remember('hostTokens', JSON.stringify([...others, { room, token, at: now }].slice(-keptMax)));
}

/** `only`: unless another one is kept by now. */
export function forgetHostToken(room: string, now: number, only?: string): void {
  const kept = recallAll(now);
  const others = kept.filter((one) => one.room !== room || (only !== undefined && one.token !== only));
  if (others.length < kept.length) remember('hostTokens', JSON.stringify(others));
}
