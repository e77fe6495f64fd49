export { type RoomServiceLog } from './rooms/room-service.ts';
export { createSignaling, type Signaling, type SignalingOptions } from './signaling/signaling.ts';
