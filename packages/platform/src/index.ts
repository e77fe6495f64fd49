export type { PlatformLog } from './rooms/platform-log.ts';
export { createSignaling, type Signaling, type SignalingOptions } from './signaling/signaling.ts';
