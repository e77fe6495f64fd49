import type { IceConfiguration, Refusal } from '@rivero/api';
import { after, CodedError, earliest, milliseconds, type MonotonicMs, never } from '@rivero/core';
import { type P2pName, type P2pRelayed, parseP2pRequest } from './p2p-message.ts';

/** What the server tells a client. */
export type P2pMessage =
  | { readonly cmd: 'resp-join' | 'new-peer' | 'peer-leave'; readonly remoteUid: P2pName }
  | P2pRelayed
  | (IceConfiguration & { readonly cmd: 'ice-servers' })
  | { readonly cmd: 'error'; readonly code: string; readonly message: string; readonly roomId?: P2pName };

/** One connection of a client, as the one who carries its messages sees it. */
export interface P2pClient {
  send(message: P2pMessage): void;
  /** Refused: `rate-limited`. */
  iceServers(now: MonotonicMs): IceConfiguration;
}

/** Rooms at once. */
export const p2pRoomsMax = 10_000;

/** Clients say `keeplive` every 5 s; who is silent for three of them has left. */
export const p2pSilenceMax = milliseconds(15_000);

interface Guest {
  readonly client: P2pClient;
  readonly roomId: P2pName;
  readonly uid: P2pName;
  heardAt: MonotonicMs;
}

/**
 * The rooms of the 1:1 protocol: at most two clients each, who negotiate with each other through here. Told messages and
 * time. They are rooms of their own: media goes from one to the other and never through the media server.
 */
export class P2pRooms {
  readonly #guests = new Map<P2pClient, Guest>();
  readonly #rooms = new Map<string, readonly Guest[]>();
  readonly #refusalOf: (error: unknown) => Refusal;

  /** `refusalOf`: what a client is told of an error, also of a bug of ours, which ends nothing. */
  constructor(refusalOf: (error: unknown) => Refusal) {
    this.#refusalOf = refusalOf;
  }

  get roomCount(): number {
    return this.#rooms.size;
  }

  /** One text frame. What is refused is told to the sender, and disturbs nobody else. */
  handleMessage(client: P2pClient, text: string, now: MonotonicMs): void {
    const guest = this.#guests.get(client);
    if (guest !== undefined) guest.heardAt = now;
    try {
      this.#handle(client, text, now);
    } catch (error) {
      client.send({ cmd: 'error', ...this.#refusalOf(error), ...refusedRoom(error) });
    }
  }

  /** Its connection is gone. */
  handleClose(client: P2pClient): void {
    this.#leave(client);
  }

  handleTimeout(now: MonotonicMs): void {
    for (const { client, heardAt } of this.#guests.values()) {
      if (after(heardAt, p2pSilenceMax) <= now) this.#leave(client);
    }
  }

  deadline(): MonotonicMs {
    let deadline = never;
    for (const { heardAt } of this.#guests.values()) deadline = earliest(deadline, after(heardAt, p2pSilenceMax));
    return deadline;
  }

  #handle(client: P2pClient, text: string, now: MonotonicMs): void {
    const request = parseP2pRequest(text);
    switch (request.cmd) {
      case 'keeplive':
        return;
      case 'ice-servers':
        return client.send({ cmd: 'ice-servers', ...client.iceServers(now) });
      case 'join':
        return this.#join({ client, roomId: request.roomId, uid: request.uid, heardAt: now });
      case 'leave':
        this.#present(client, request);
        return this.#leave(client);
      case 'offer':
      case 'answer':
      case 'candidate':
        return this.#relay(client, request);
    }
  }

  /** Who joins under a name that is there takes its place: its old connection is one that broke. */
  #join(guest: Guest): void {
    const { client, roomId, uid } = guest;
    const key = String(roomId);
    const inside = this.#rooms.get(key) ?? [];
    const before = inside.find((other) => isSame(other.uid, uid));
    const others = inside.filter((other) => other !== before && other.client !== client);
    if (others.length >= 2) {
      throw new CodedError('room-full', 'Two are in this room; try again when one has left.', { roomId });
    }
    if (inside.length === 0 && this.#rooms.size >= p2pRoomsMax) {
      throw new CodedError('server-full', 'The server holds as many rooms as it can; try again later.', { roomId });
    }
    this.#leave(client);
    if (before !== undefined) this.#leave(before.client);
    this.#guests.set(client, guest);
    this.#rooms.set(key, [...others, guest]);
    for (const other of others) {
      client.send({ cmd: 'resp-join', remoteUid: other.uid });
      other.client.send({ cmd: 'new-peer', remoteUid: uid });
    }
  }

  #relay(client: P2pClient, message: P2pRelayed): void {
    const guest = this.#present(client, message);
    const inside = this.#rooms.get(String(guest.roomId)) ?? [];
    const other = inside.find(({ uid }) => isSame(uid, message.remoteUid));
    if (other === undefined || other === guest) {
      throw new CodedError('participant-unknown', 'There is nobody of this remoteUid in the room, or not any more.');
    }
    other.client.send(message);
  }

  /** The sender, who must be in the room that it names, under the name that it gives. */
  #present(client: P2pClient, named: { readonly roomId: P2pName; readonly uid: P2pName }): Guest {
    const guest = this.#guests.get(client);
    if (guest === undefined || !isSame(guest.roomId, named.roomId) || !isSame(guest.uid, named.uid)) {
      throw new CodedError('not-in-room', 'You are not in this room under this uid; join it first.');
    }
    return guest;
  }

  #leave(client: P2pClient): void {
    const guest = this.#guests.get(client);
    if (guest === undefined) return;
    this.#guests.delete(client);
    const key = String(guest.roomId);
    const left = (this.#rooms.get(key) ?? []).filter((other) => other !== guest);
    if (left.length === 0) this.#rooms.delete(key);
    else this.#rooms.set(key, left);
    for (const other of left) other.client.send({ cmd: 'peer-leave', remoteUid: guest.uid });
  }
}

/** The room by which a request was refused, if it is named. */
function refusedRoom(error: unknown): { readonly roomId?: P2pName } {
  const roomId = error instanceof CodedError ? error.context['roomId'] : undefined;
  return typeof roomId === 'string' || typeof roomId === 'number' ? { roomId } : {};
}

/** 7 and "7" are one: Android clients and pages write them differently. */
function isSame(a: P2pName, b: P2pName): boolean {
  return String(a) === String(b);
}
