import { z } from 'zod';

/**
 * Trimmed and in one spelling (NFC), of that many UTF-16 units at most; written with combining marks it may be twice as
 * long. What is longer is refused unread: to put marks in order takes the square of their number.
 */
export function spelledText(lengthMax: number): z.ZodString {
  return z
    .string()
    .trim()
    .max(2 * lengthMax, { abort: true })
    .normalize('NFC')
    .max(lengthMax, { abort: true });
}
