export type { PlatformLog } from './rooms/platform-log.ts';
export type { IceRequester, IceServerSource } from './signaling/ice-server-source.ts';
export { createSignaling, type Signaling, type SignalingOptions } from './signaling/signaling.ts';
