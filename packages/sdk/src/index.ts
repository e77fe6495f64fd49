export { CodedError } from '@rivero/core';
export type { JoinOptions } from './join-options.ts';
export { joinRoom } from './join-room.ts';
export { capture, type CaptureKind } from './local-media.ts';
export type { MediaState, PublishedTrack } from './media-connection.ts';
export type { RemoteParticipant, RemoteTrack } from './participant.ts';
export type { Room } from './room.ts';
export { isScreenSupported, type ScreenOptions } from './screen-capture.ts';
export type { RoomEvents, RoomState } from './room-events.ts';
