import type { Refusal } from '@rivero/api';
import { CodedError } from '@rivero/core';
import type { PlatformLog } from './platform-log.ts';

/** What a client is told of it; a bug of ours is logged and told as `internal`. */
export function refusalOf(error: unknown, log: PlatformLog): Refusal {
  if (error instanceof CodedError) return { code: error.code, message: error.message };
  log.error(`A request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return { code: 'internal', message: 'The server failed at this; its log has more.' };
}
