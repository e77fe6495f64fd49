import type { ServerEvents } from '@rivero/api';
import type { RandomBytes } from '@rivero/core';
import type { ParticipantConnection } from '../participant.ts';

type ToldEvent = readonly [name: keyof ServerEvents, event: unknown];

/** Keeps what a participant is told. */
export class FakeConnection implements ParticipantConnection {
  #told: ToldEvent[] = [];
  isReplaced = false;

  send<Name extends keyof ServerEvents>(name: Name, ...[event]: Parameters<ServerEvents[Name]>): void {
    this.#told.push([name, event]);
  }

  replaced(): void {
    this.isReplaced = true;
  }

  /** What was told since the last call. */
  take(): readonly ToldEvent[] {
    return this.#told.splice(0);
  }
}

/** Bytes that count up, so that no two secrets are alike. */
export function countingRandom(): RandomBytes {
  let count = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(0, ++count);
    return bytes;
  };
}
