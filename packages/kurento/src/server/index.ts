export type { AccessRules } from './access.ts';
export { type KurentoServer, type KurentoServerOptions, openKurentoServer } from './kurento-server.ts';
export type { CertificatePair } from './listener.ts';
