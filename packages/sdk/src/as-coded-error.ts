import { CodedError } from '@rivero/core';

/** What a browser throws gets a code too. */
export function asCodedError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  return new CodedError('browser-failed', error instanceof Error ? error.message : String(error));
}
