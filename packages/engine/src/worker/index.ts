export { MediaPlane, type MediaPlaneEvent, type MediaPlaneOptions } from './media-plane.ts';
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
