import { timingSafeEqual } from 'node:crypto';
import type { RoomParticipant } from './participant.ts';
import type { Room } from './room.ts';

/** Whether it is the secret of the room; the time it takes says nothing of how much of it was right. */
export function isHostToken(room: Room, token: string | undefined): boolean {
  if (token === undefined) return false;
  const [given, own] = [Buffer.from(token), Buffer.from(room.hostToken)];
  return given.length === own.length && timingSafeEqual(given, own);
}

/** Nobody is in it, or only those who cannot be hosts. */
export function hasNoHost(room: Room): boolean {
  return [...room.participants.values()].every(({ role }) => role !== 'host');
}

/** When no host is left, who has been there longest and can be becomes one, of those who are not away if there are any. */
export function appointHost(room: Room): void {
  if (!hasNoHost(room)) return;
  const participants = [...room.participants.values()].filter(({ canHost }) => canHost);
  const successor: RoomParticipant | undefined =
    participants.find(({ awayAt }) => awayAt === undefined) ?? participants[0];
  if (successor === undefined) return;
  successor.role = 'host';
  // Who hears that it is a host has the token by then.
  successor.connection?.send('host-token', { hostToken: room.hostToken });
  room.tell(undefined, 'role-changed', { participantId: successor.id, role: 'host' });
}

/** Makes the secret of before worthless; the hosts are told the new one. */
export function renewHostToken(room: Room, hostToken: string): void {
  room.hostToken = hostToken;
  for (const { role, connection } of room.participants.values()) {
    if (role === 'host') connection?.send('host-token', { hostToken });
  }
}
