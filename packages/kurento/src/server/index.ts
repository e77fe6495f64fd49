export type { AccessRules } from './access.ts';
export { openKurentoServer } from './kurento-server.ts';
export type { CertificatePair } from './listener.ts';
