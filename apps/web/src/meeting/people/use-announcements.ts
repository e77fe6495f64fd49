import type { RemoteParticipant, Role } from '@rivero/sdk';
import { onScopeDispose, watch } from 'vue';
import type { Meeting } from '../use-meeting.ts';
import { useRoomEvent } from '../use-room-event.ts';
import { Arrivals } from './arrivals.ts';
import { AwaitedReturns } from './awaited-returns.ts';

/** Something that everybody should notice. */
export type Announcement =
  | { readonly type: 'came' | 'went'; readonly names: readonly string[] }
  | { readonly type: 'hand-raised' | 'became-host'; readonly name: string }
  | { readonly type: 'own-role'; readonly role: Role }
  /** We are a host from the beginning; alone: we opened the room. */
  | { readonly type: 'entered-as-host'; readonly isAlone: boolean }
  | { readonly type: 'lock'; readonly isLocked: boolean }
  /** Media goes through relays only from now on, or as it can. */
  | { readonly type: 'relay'; readonly isOnly: boolean };

/** What was last known of a participant. */
type Known = Pick<RemoteParticipant, 'role' | 'handRaisedAt'>;

/** Tells what happens to others and to the room. */
export function useAnnouncements({ room }: Pick<Meeting, 'room'>, tell: (announcement: Announcement) => void): void {
  const known = new Map<string, Known>();
  const arrivals = new Arrivals({
    onCame: (names) => tell({ type: 'came', names }),
    onWent: (names) => tell({ type: 'went', names }),
  });
  const returns = new AwaitedReturns((names) => tell({ type: 'went', names }));
  /** Another than the room says: we are just joining anew, and what changes by that nobody did. */
  let ownId = '';
  function isJoiningAnew(): boolean {
    return room.value !== undefined && room.value.participantId !== ownId;
  }
  onScopeDispose(() => {
    arrivals.close();
    returns.close();
  });

  function know({ participantId, role, handRaisedAt }: RemoteParticipant): void {
    known.set(participantId, { role, handRaisedAt });
  }

  watch(
    room,
    (joined) => {
      known.clear();
      returns.close();
      ownId = joined?.participantId ?? '';
      for (const participant of joined?.participants ?? []) know(participant);
      if (joined?.role === 'host') tell({ type: 'entered-as-host', isAlone: joined.participants.length === 0 });
    },
    { immediate: true, flush: 'sync' },
  );
  useRoomEvent(room, 'stateChanged', (state) => {
    if (state === 'connected') ownId = room.value?.participantId ?? '';
  });
  useRoomEvent(room, 'participantJoined', (participant) => {
    know(participant);
    if (!returns.take(participant.name)) arrivals.come(participant.participantId, participant.name);
  });
  useRoomEvent(room, 'participantLeft', ({ participantId, name }) => {
    known.delete(participantId);
    if (isJoiningAnew()) returns.expect(name);
    else arrivals.go(participantId, name);
  });
  useRoomEvent(room, 'participantChanged', (participant) => {
    const { participantId, name, role, handRaisedAt } = participant;
    const before = known.get(participantId);
    know(participant);
    if (before?.handRaisedAt === null && handRaisedAt !== null) tell({ type: 'hand-raised', name });
    if (before?.role === 'guest' && role === 'host') tell({ type: 'became-host', name });
  });
  useRoomEvent(room, 'roleChanged', (role) => {
    if (role === 'host' || !isJoiningAnew()) tell({ type: 'own-role', role });
  });
  useRoomEvent(room, 'lockChanged', (isLocked) => tell({ type: 'lock', isLocked }));
  useRoomEvent(room, 'relayOnlyChanged', (isOnly) => tell({ type: 'relay', isOnly }));
}
