import { CodedError } from '@rivero/core';
import { type CryptoAttribute, parseCrypto } from './crypto-attribute.ts';
import { malformed } from './fields.ts';
import { cryptosMax } from './limits.ts';

/** The keys that a section names; those of suites and methods that we do not speak are passed over. */
export function parseCryptoLines(lines: readonly string[]): readonly CryptoAttribute[] {
  if (lines.length > cryptosMax) {
    throw new CodedError('sdp-too-large', `A section has at most ${cryptosMax} lines of a=crypto.`);
  }
  return lines.flatMap((line) => {
    const attribute = parseCrypto(line);
    switch (attribute) {
      case 'malformed':
        throw malformed('a=crypto');
      case 'bad-key-length':
        throw malformed('the key of a=crypto has not the length that its suite needs');
      case 'unknown-suite':
      case 'unknown-key-method':
        return [];
      default:
        return [attribute];
    }
  });
}
