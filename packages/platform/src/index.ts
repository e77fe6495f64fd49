export type { PlatformLog } from './rooms/platform-log.ts';
export { roomMetrics } from './rooms/room-metrics.ts';
export type { IceRequester, IceServerSource } from './signaling/ice-server-source.ts';
export { forwardedAddress } from './signaling/client-network.ts';
export { isOwnOrigin } from './signaling/origin.ts';
export { createSignaling, type Signaling, type SignalingOptions } from './signaling/signaling.ts';
