import { CodedError } from '@rivero/sdk';

/** What went wrong, as the page explains it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof CodedError) return { code: error.code, message: error.message };
  return { code: 'other', message: error instanceof Error ? error.message : String(error) };
}
