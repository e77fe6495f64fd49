declare const unit: unique symbol;

/** A number that carries its unit in the type; plain numbers enter through the constructor of the same name below. */
type Quantity<Unit extends string> = number & { readonly [unit]: Unit };

/** A span of time in milliseconds. */
export type Milliseconds = Quantity<'Milliseconds'>;

/** A point on the monotonic clock, in milliseconds since an arbitrary start; never the wall clock. */
export type MonotonicMs = Quantity<'MonotonicMs'>;

/** A point on the wall clock, in milliseconds since 1970-01-01 UTC. Only for RTCP's NTP time and for people. */
export type WallClockMs = Quantity<'WallClockMs'>;

/** A rate in bits per second. */
export type BitsPerSecond = Quantity<'BitsPerSecond'>;

export function milliseconds(value: number): Milliseconds {
  return value as Milliseconds;
}

export function monotonicMs(value: number): MonotonicMs {
  return value as MonotonicMs;
}

export function wallClockMs(value: number): WallClockMs {
  return value as WallClockMs;
}

export function bitsPerSecond(value: number): BitsPerSecond {
  return value as BitsPerSecond;
}

/** The point `span` after `start`. */
export function after(start: MonotonicMs, span: Milliseconds): MonotonicMs {
  return (start + span) as MonotonicMs;
}

/** The span from `earlier` to `later`; negative when they are the other way round. */
export function elapsed(earlier: MonotonicMs, later: MonotonicMs): Milliseconds {
  return (later - earlier) as Milliseconds;
}

/** A deadline that never comes: what a machine without a pending timer answers. */
export const never = Number.POSITIVE_INFINITY as MonotonicMs;

/** The earliest of a few deadlines. Of no array, which would be garbage with each packet. */
export function earliest(one: MonotonicMs, two = never, three = never, four = never): MonotonicMs {
  const first = one < two ? one : two;
  const second = three < four ? three : four;
  return first < second ? first : second;
}

/** The earliest of any number of deadlines; `never` when there are none. */
export function earliestOf(deadlines: readonly MonotonicMs[]): MonotonicMs {
  let first = never;
  for (const deadline of deadlines) if (deadline < first) first = deadline;
  return first;
}
