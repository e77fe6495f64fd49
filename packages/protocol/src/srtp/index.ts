export { IndexWindow } from './index-window.ts';
export { deriveSessionKeys, type SrtpSessionKeys } from './key-derivation.ts';
export { type SrtpDefect, srtpDefects } from './srtp-defect.ts';
export type { SrtpMasterKey } from './srtp-master-key.ts';
export { type SrtpProfile, type SrtpProfileParameters, srtpProfiles } from './srtp-profile.ts';
export { SrtpReceiver } from './srtp-receiver.ts';
export { type PlainRtp, type SealedRtp, SrtpSender } from './srtp-sender.ts';
export { srtpStreamsMax } from './srtp-streams.ts';
export { type SealTag, sealTagLength } from './srtp-transform.ts';
