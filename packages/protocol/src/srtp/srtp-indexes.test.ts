import { describe, expect, it } from 'vitest';
import { srtpProfiles, SrtpReceiver, SrtpSender } from './index.ts';
import { masterKey, plainRtcp, plainRtp, profiles, sealRtcp } from './test/sealing.ts';

describe.each(profiles)('%s', (profile) => {
  it('seals RTP up to the index 2^48 - 1, and no index of that SSRC after it', () => {
    const sender = new SrtpSender(masterKey(profile));
    const out = new Uint8Array(200);
    const protect = (sequence: number, rolloverCounter: number) => {
      out.set(plainRtp({ sequence }));
      return sender.protectRtp(out, 12, 112, rolloverCounter);
    };
    for (const sequence of [0xfffe, 0xffff])
      expect(protect(sequence, 0xffffffff)).toBe(112 + srtpProfiles[profile].rtpTagLength);
    for (const sequence of [0xfffe, 0xffff]) expect(protect(sequence, 0xffffffff)).toBe('index-reused');
    for (const sequence of [0, 1, 0xffff]) {
      expect(protect(sequence, 0)).toBe('index-reused');
      expect(protect(sequence, 0x100000000)).toBe('index-exhausted');
    }
  });

  it('seals RTCP up to the index 2^31 - 1, and nothing under that key after it', () => {
    const sender = new SrtpSender({ ...masterKey(profile), rtcpSealed: 2 ** 31 - 2 });
    const receiver = new SrtpReceiver(masterKey(profile));
    const packets = [sealRtcp(sender, plainRtcp()), sealRtcp(sender, plainRtcp())];
    const out = new Uint8Array(200);
    out.set(plainRtcp());
    for (const _ of packets) expect(sender.protectRtcp(out, 32)).toBe('index-exhausted');
    expect(out.subarray(0, 32)).toEqual(plainRtcp());
    out.set(plainRtp({ sequence: 1 }));
    expect(sender.protectRtp(out, 12, 112, 0)).toBe('index-exhausted');
    for (const packet of packets) expect(receiver.unprotectRtcp(packet.slice())).toBe(32);
    for (const packet of packets) expect(receiver.unprotectRtcp(packet.slice())).toBe('replayed');
    const wrapped = sealRtcp(new SrtpSender(masterKey(profile)), plainRtcp());
    expect(receiver.unprotectRtcp(wrapped)).toBe('replayed');
  });
});
