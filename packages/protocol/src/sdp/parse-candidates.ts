import { CodedError } from '@rivero/core';
import { type IceCandidate, parseCandidate } from '../ice/index.ts';
import { malformed } from './fields.ts';
import { candidatesMax } from './limits.ts';

/** The candidates of a section; those of types and protocols that we do not know are passed over. */
export function parseCandidates(lines: readonly string[]): readonly IceCandidate[] {
  if (lines.length > candidatesMax) {
    throw new CodedError('sdp-too-large', `A section has at most ${candidatesMax} candidates.`);
  }
  return lines.flatMap((line) => {
    const candidate = parseCandidate(line);
    if (candidate === 'malformed') throw malformed('a=candidate');
    return typeof candidate === 'string' ? [] : [candidate];
  });
}
