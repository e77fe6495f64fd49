import { type BitsPerSecond, bitsPerSecond } from '@rivero/core';
import type { Fields } from './fields.ts';
import { bandwidthsMax } from './limits.ts';

/** Largest limit that is read: 10 Tbit/s as AS says it. */
const limitMax = 1e10;

/** b=TIAS, in bit/s (RFC 3890), else b=AS, in kbit/s (RFC 8866 section 5.8); `undefined` for none, and for 0. */
export function parseBandwidth(media: Fields): BitsPerSecond | undefined {
  const lines = media.list('bandwidth', bandwidthsMax);
  const limitOf = (type: string): number =>
    lines.find((line) => line.text('type') === type)?.number('limit', limitMax) ?? 0;
  const limit = limitOf('TIAS') || limitOf('AS') * 1_000;
  return limit === 0 ? undefined : bitsPerSecond(limit);
}
