import { describe, expect, it } from 'vitest';
import {
  type PlainRtp,
  type SealedRtp,
  sealTagLength,
  type SrtpMasterKey,
  type SrtpProfile,
  srtpProfiles,
  SrtpSender,
} from './index.ts';

const plainLength = 40;
const whole: PlainRtp = { headerLength: 12, plaintextLength: plainLength, rolloverCounter: 0 };

function masterKey(profile: SrtpProfile, lifetime = 2 ** 48): SrtpMasterKey {
  const { keyLength, saltLength } = srtpProfiles[profile];
  return {
    profile,
    masterKey: Uint8Array.from({ length: keyLength }, (_, i) => i + 1),
    masterSalt: Uint8Array.from({ length: saltLength }, (_, i) => 200 - i),
    lifetime,
  };
}

function plainRtp(sequence = 7): Uint8Array {
  const packet = Uint8Array.from({ length: plainLength }, (_, i) => i * 7);
  packet.set([0x80, 96, sequence >> 8, sequence & 0xff]);
  return packet;
}

/** Room for a packet and its tag, with the packet at the beginning. */
function roomFor(plain: Uint8Array): Uint8Array {
  const out = new Uint8Array(plain.length + sealTagLength);
  out.set(plain);
  return out;
}

/** The sealed packet, and what is kept of it. */
function seal(sender: SrtpSender, plain: Uint8Array): { readonly bytes: Uint8Array; readonly kept: SealedRtp } {
  const out = roomFor(plain);
  const length = sender.protectRtp(out, 12, plain.length, 0);
  if (typeof length === 'string') throw new Error(length);
  return { bytes: out.slice(0, length), kept: { length, tag: sender.sealTag.slice() } };
}

describe.each(Object.keys(srtpProfiles) as SrtpProfile[])('a packet that is sealed again with %s', (profile) => {
  it('is the very one that was sealed before, whatever was sealed since', () => {
    const sender = new SrtpSender(masterKey(profile));
    const { bytes, kept } = seal(sender, plainRtp());
    for (const sequence of [8, 3_000]) seal(sender, plainRtp(sequence));
    for (let i = 0; i < 2; i++) {
      const out = roomFor(plainRtp());
      expect(sender.protectRtpAgain(out, whole, kept)).toBe(bytes.length);
      expect(out.subarray(0, bytes.length)).toEqual(bytes);
    }
  });

  it('is refused with any bit changed, and nothing of it is left', () => {
    const sender = new SrtpSender(masterKey(profile));
    const { bytes, kept } = seal(sender, plainRtp());
    for (let bit = 0; bit < plainLength * 8; bit++) {
      const out = roomFor(plainRtp());
      out[bit >> 3] ^= 1 << (bit & 7);
      expect(sender.protectRtpAgain(out, whole, kept)).toBe('resend-differs');
      expect(out.subarray(0, bytes.length)).toEqual(new Uint8Array(bytes.length));
    }
  });

  it('is refused with another rollover counter, header length or length', () => {
    const sender = new SrtpSender(masterKey(profile));
    const { kept } = seal(sender, plainRtp());
    for (const change of [
      { rolloverCounter: 1 },
      { headerLength: 16 },
      { plaintextLength: plainLength - 1 },
      { plaintextLength: plainLength + 1 },
    ])
      expect(sender.protectRtpAgain(roomFor(plainRtp()), { ...whole, ...change }, kept)).not.toBeTypeOf('number');
  });

  it('is refused with any bit of its kept tag changed, those that are not sent too', () => {
    const sender = new SrtpSender(masterKey(profile));
    const { kept } = seal(sender, plainRtp());
    expect(kept.tag).toHaveLength(sealTagLength);
    for (let bit = 0; bit < sealTagLength * 8; bit++) {
      const tag = kept.tag.slice();
      tag[bit >> 3] ^= 1 << (bit & 7);
      expect(sender.protectRtpAgain(roomFor(plainRtp()), whole, { ...kept, tag })).toBe('resend-differs');
    }
  });

  it('is refused under another key', () => {
    const { kept } = seal(new SrtpSender(masterKey(profile)), plainRtp());
    const key = masterKey(profile);
    const other = new SrtpSender({ ...key, masterKey: key.masterKey.map((byte) => byte ^ 1) });
    expect(other.protectRtpAgain(roomFor(plainRtp()), whole, kept)).toBe('resend-differs');
  });

  it('uses neither the key nor an index', () => {
    const sender = new SrtpSender(masterKey(profile, 2));
    const { bytes, kept } = seal(sender, plainRtp());
    for (let i = 0; i < 3; i++) expect(sender.protectRtpAgain(roomFor(plainRtp()), whole, kept)).toBe(bytes.length);
    sender.protectRtpAgain(roomFor(plainRtp(8)), whole, kept);
    seal(sender, plainRtp(8));
    expect(sender.protectRtp(roomFor(plainRtp(9)), 12, plainLength, 0)).toBe('index-exhausted');
    expect(sender.protectRtpAgain(roomFor(plainRtp()), whole, kept)).toBe(bytes.length);
  });

  it('says no-room when the tag does not fit', () => {
    const sender = new SrtpSender(masterKey(profile));
    const { bytes, kept } = seal(sender, plainRtp());
    const short = roomFor(plainRtp()).subarray(0, bytes.length - 1);
    expect(sender.protectRtpAgain(short, whole, kept)).toBe('no-room');
    expect(short.subarray(0, plainLength)).toEqual(plainRtp());
  });
});
