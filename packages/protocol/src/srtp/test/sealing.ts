import { type SrtpMasterKey, type SrtpProfile, srtpProfiles, type SrtpSender } from '../index.ts';

export const profiles: readonly SrtpProfile[] = [
  'AEAD_AES_128_GCM',
  'AES128_CM_HMAC_SHA1_80',
  'AES128_CM_HMAC_SHA1_32',
  'AES256_CM_HMAC_SHA1_80',
  'AES256_CM_HMAC_SHA1_32',
];

export function masterKey(profile: SrtpProfile): SrtpMasterKey {
  const { keyLength, saltLength } = srtpProfiles[profile];
  return {
    profile,
    masterKey: Uint8Array.from({ length: keyLength }, (_, i) => i + 1),
    masterSalt: Uint8Array.from({ length: saltLength }, (_, i) => 200 - i),
  };
}

interface Plain {
  readonly sequence: number;
  readonly ssrc?: number;
  readonly payloadLength?: number;
}

export function plainRtp({ sequence, ssrc = 0x11223344, payloadLength = 100 }: Plain): Uint8Array {
  const packet = new Uint8Array(12 + payloadLength);
  const view = new DataView(packet.buffer);
  packet[0] = 0x80;
  packet[1] = 96;
  view.setUint16(2, sequence & 0xffff);
  view.setUint32(4, 0xdeadbeef);
  view.setUint32(8, ssrc);
  for (let i = 12; i < packet.length; i++) packet[i] = i * 7;
  return packet;
}

export function plainRtcp(ssrc = 0x11223344): Uint8Array {
  const packet = new Uint8Array(32);
  packet.set([0x81, 201, 0, 7]);
  new DataView(packet.buffer).setUint32(4, ssrc);
  for (let i = 8; i < packet.length; i++) packet[i] = i;
  return packet;
}

/** The sealed packet, in a buffer of its own. */
export function seal(sender: SrtpSender, plain: Uint8Array, rolloverCounter: number): Uint8Array {
  const out = new Uint8Array(plain.length + 40);
  out.set(plain);
  const length = sender.protectRtp(out, 12, plain.length, rolloverCounter);
  if (typeof length === 'string') throw new Error(length);
  return out.slice(0, length);
}

export function sealRtcp(sender: SrtpSender, plain: Uint8Array): Uint8Array {
  const out = new Uint8Array(plain.length + 40);
  out.set(plain);
  const length = sender.protectRtcp(out, plain.length);
  if (typeof length === 'string') throw new Error(length);
  return out.slice(0, length);
}
