export { MediaPlane, type MediaPlaneOptions } from './media-plane.ts';
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
