export { type SrtpDefect, srtpDefects } from './srtp-defect.ts';
export { type SrtpProfile, type SrtpProfileParameters, srtpProfiles } from './srtp-profile.ts';
export { type SrtpMasterKey, SrtpReceiver } from './srtp-receiver.ts';
export { SrtpSender } from './srtp-sender.ts';
