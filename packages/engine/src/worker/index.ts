export type { BranchRole } from './cascade/room-cascade.ts';
export type { LinkEnd } from './cascade/link.ts';
export { makeRingMemory } from './cascade/packet-ring.ts';
export { endpointsPerRoomMax } from './endpoint/room-endpoints.ts';
export { peersPerRoomMax } from './media-room.ts';
export { MediaPlane, roomsMax } from './media-plane.ts';
export type { MediaPlaneOptions } from './media-plane-options.ts';
export type { MediaPlaneEvent } from './media-plane-event.ts';
export type {
  StartedWorker,
  EndpointCalls,
  EndpointMethod,
  WorkerCalls,
  WorkerMessage,
  WorkerMethod,
  WorkerRefusal,
  WorkerSettings,
} from './worker-protocol.ts';
