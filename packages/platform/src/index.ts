export type { PlatformLog } from './rooms/room-media.ts';
export { createSignaling, type Signaling, type SignalingOptions } from './signaling/signaling.ts';
