export { KurentoError } from './kurento-error.ts';
export type { KurentoLog } from './kurento-log.ts';
export type { Json, ObjectDescription, ObjectEvent, ObjectModel } from './model.ts';
export {
  type AccessRules,
  type CertificatePair,
  type KurentoServer,
  type KurentoServerOptions,
  openKurentoServer,
} from './server/index.ts';
