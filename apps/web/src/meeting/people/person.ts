import type { RemoteParticipant } from '@rivero/sdk';

/** Somebody as the list of people shows it. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly isOwn: boolean;
  readonly isHost: boolean;
  readonly isAway: boolean;
  readonly isMicrophoneOn: boolean;
  readonly isCameraOn: boolean;
  /** We want to see it. */
  readonly isVideoReceived: boolean;
  /** We send it what is ours. */
  readonly isSentTo: boolean;
  /** It sends us nothing. */
  readonly isWithholding: boolean;
  /** Milliseconds since 1970; null: it is not raised. */
  readonly handRaisedAt: number | null;
}

export function personOf(participant: RemoteParticipant): Person {
  const { participantId, name, role, isAway, handRaisedAt, isVideoReceived, isSentTo, isWithholding, tracks } =
    participant;
  const isOn = (source: string): boolean => tracks.some((track) => track.source === source && !track.muted);
  return {
    id: participantId,
    name,
    isOwn: false,
    isHost: role === 'host',
    isAway,
    isMicrophoneOn: isOn('microphone'),
    isCameraOn: isOn('camera'),
    isVideoReceived,
    isSentTo,
    isWithholding,
    handRaisedAt,
  };
}

/** Raised hands first, the longest raised above all; all else as it was. */
export function orderPeople(people: readonly Person[]): readonly Person[] {
  return people.toSorted((one, next) => (one.handRaisedAt ?? Infinity) - (next.handRaisedAt ?? Infinity) || 0);
}

/** From so many on one searches. */
export const searchFrom = 9;

export function findPeople(people: readonly Person[], query: string): readonly Person[] {
  const plain = (text: string): string => text.normalize('NFKC').toLowerCase();
  const wanted = plain(query.trim());
  return people.filter(({ name }) => plain(name).includes(wanted));
}
