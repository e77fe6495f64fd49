import { type MonotonicMs, monotonicMs } from '@rivero/core';
import { DtlsAssociation, type DtlsOptions, type DtlsOutput } from '@rivero/protocol/dtls';

/** Nothing is lost, and no time passes. */
const now: MonotonicMs = monotonicMs(0);

export function startAssociation(options: DtlsOptions): DtlsAssociation {
  const association = new DtlsAssociation(options);
  association.start(now);
  return association;
}

/** The datagrams that these lead to. */
export function answerOf(association: DtlsAssociation, datagrams: readonly Uint8Array[]): readonly Uint8Array[] {
  for (const bytes of datagrams) association.handleDatagram(bytes, now);
  const answers: Uint8Array[] = [];
  let output: DtlsOutput | undefined;
  while ((output = association.pollOutput()) !== undefined) if (output.type === 'datagram') answers.push(output.bytes);
  return answers;
}
