import { CodedError } from '@rivero/core';

/** Refuses a description whose sections are not where those before it were. */
export function sectionsMoved(): CodedError {
  return new CodedError(
    'sdp-sections-moved',
    'A later description keeps the sections of the earlier ones, in their order; an answer has those of its offer.',
  );
}
