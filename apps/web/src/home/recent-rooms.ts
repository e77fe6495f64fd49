import { forget, recall, remember } from '../preferences.ts';
import { isRoomId } from './room-id.ts';

/** A room in which somebody was with this browser. */
export interface RecentRoom {
  readonly room: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** More than that nobody looks through. */
export const recentRoomsMax = 8;

/** What a Date takes, at most (ECMAScript, time values). */
const dateMax = 8.64e15;

function isDate(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= dateMax;
}

function isRecentRoom(value: unknown): value is RecentRoom {
  if (typeof value !== 'object' || value === null || !('room' in value) || !('at' in value)) return false;
  return typeof value.room === 'string' && isRoomId(value.room) && isDate(value.at);
}

/** The latest first; what else may stand there is passed over. */
export function recallRooms(): readonly RecentRoom[] {
  try {
    const kept: unknown = JSON.parse(recall('recentRooms') ?? '[]');
    return Array.isArray(kept) ? kept.filter(isRecentRoom).slice(0, recentRoomsMax) : [];
  } catch {
    return [];
  }
}

function keep(rooms: readonly RecentRoom[]): void {
  if (rooms.length === 0) forget('recentRooms');
  else remember('recentRooms', JSON.stringify(rooms.slice(0, recentRoomsMax)));
}

/** Somebody is in this room now. */
export function rememberRoom(room: string, at: number): void {
  keep([{ room, at }, ...recallRooms().filter((known) => known.room !== room)]);
}

export function forgetRoom(room: string): void {
  keep(recallRooms().filter((known) => known.room !== room));
}

export function forgetRooms(): void {
  keep([]);
}
