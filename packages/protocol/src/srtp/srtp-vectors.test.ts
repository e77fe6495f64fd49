import { describe, expect, it } from 'vitest';
import { AesCmTransform } from './aes-cm-transform.ts';
import { AesGcmTransform } from './aes-gcm-transform.ts';
import { deriveSessionKeys, type SrtpSessionKeys } from './key-derivation.ts';
import { aesCounterMode, HmacSha1, importAesKey } from './srtp-crypto.ts';
import { openSrtpTransform } from './srtp-transform.ts';

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function withRoom(bytes: Uint8Array, room: number): Uint8Array {
  const out = new Uint8Array(bytes.length + room);
  out.set(bytes);
  return out;
}

describe('AES in counter mode', () => {
  // RFC 3711 appendix B.2: first block of the keystream, and the number of the block.
  it.each([
    [0, 'e03ead0935c95e80e166b16dd92b4eb4'],
    [1, 'd23513162b02d0f72a43a2fe4a5f97ab'],
    [2, '41e95b3bb0a2e8dd477901e4fca894c0'],
    [0xfeff, 'ec8cdf7398607cb0f2d21675ea9ea1e4'],
    [0xff00, '362b7c3c6773516318a077d7fc5073ae'],
    [0xff01, '6a2cc3787889374fbeb4c81b17ba6c44'],
  ])('makes block %i of the keystream of RFC 3711 B.2', (block, keystream) => {
    const key = importAesKey(fromHex('2b7e151628aed2a6abf7158809cf4f3c'));
    const bytes = new Uint8Array((block + 1) * 16);
    aesCounterMode(key, fromHex('f0f1f2f3f4f5f6f7f8f9fafbfcfd0000'), bytes, 0);
    expect(toHex(bytes.subarray(block * 16))).toBe(keystream);
  });
});

describe('key derivation', () => {
  const masterKey = fromHex('e1f97a0d3e018be0d64fa32c06de4139');
  const masterSalt = fromHex('0ec675ad498afeebb6960b3aabe6');

  // RFC 3711 appendix B.3; of the authentication key's 94 bytes the 20 that HMAC-SHA1 takes.
  it.each([
    ['cipher key', 'rtpEncryptionKey', 'c61e7a93744f39ee10734afe3ff7a087'],
    ['cipher salt', 'rtpSalt', '30cbbc08863d8c85d49db34a9ae1'],
    ['authentication key', 'rtpAuthenticationKey', 'cebe321f6ff7716b6fd4ab49af256a156d38baa4'],
  ] as const)('makes the %s of RFC 3711 B.3', (_name, name, expected) => {
    const keys = deriveSessionKeys({ profile: 'AES128_CM_HMAC_SHA1_80', masterKey, masterSalt });
    expect(toHex(keys[name])).toBe(expected);
  });
});

describe('AES-256', () => {
  // RFC 6188 section 7.1: blocks of the keystream.
  it.each([
    [0, '92bdd28a93c3f52511c677d08b5515a4'],
    [1, '9da71b2378a854f67050756ded165bac'],
    [2, '63c4868b7096d88421b563b8c94c9a31'],
    [0xfeff, 'cea518c90fd91ced9cbb18c078a54711'],
    [0xff00, '3dbc4814f4da5f00a08772b63c6a046d'],
    [0xff01, '6eb246913062a16891433e97dd01a57f'],
  ])('makes block %i of the keystream of RFC 6188 7.1', (block, keystream) => {
    const key = importAesKey(fromHex('57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98'));
    const bytes = new Uint8Array((block + 1) * 16);
    aesCounterMode(key, fromHex('f0f1f2f3f4f5f6f7f8f9fafbfcfd0000'), bytes, 0);
    expect(toHex(bytes.subarray(block * 16))).toBe(keystream);
  });

  // RFC 6188 section 7.4; of the authentication key the 20 bytes that HMAC-SHA1 takes.
  it.each([
    ['cipher key', 'rtpEncryptionKey', '5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4'],
    ['cipher salt', 'rtpSalt', 'fa31791685ca444a9e07c6c64e93'],
    ['authentication key', 'rtpAuthenticationKey', 'fd9c32d39ed5fbb5a9dc96b30818454d1313dc05'],
  ] as const)('makes the %s of RFC 6188 7.4', (_name, name, expected) => {
    const masterKey = fromHex('f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6');
    const masterSalt = fromHex('3b04803de51ee7c96423ab5b78d2');
    const keys = deriveSessionKeys({ profile: 'AES256_CM_HMAC_SHA1_80', masterKey, masterSalt });
    expect(toHex(keys[name])).toBe(expected);
  });
});

describe('HMAC-SHA1', () => {
  // RFC 2202 section 3.
  it.each([
    ['0b'.repeat(20), Buffer.from('Hi There').toString('hex'), 'b617318655057264e28bc0b6fb378c8ef146be00'],
    [
      Buffer.from('Jefe').toString('hex'),
      Buffer.from('what do ya want for nothing?').toString('hex'),
      'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
    ],
    ['aa'.repeat(20), 'dd'.repeat(50), '125d7342b9ac11cd91a39af48aa17b4f63f175d3'],
  ])('of key %s is that of RFC 2202', (key, data, digest) => {
    const hmac = new HmacSha1(fromHex(key));
    const bytes = fromHex(data);
    hmac.compute(bytes, bytes.length, new Uint8Array(0));
    expect(toHex(hmac.digest)).toBe(digest);
    hmac.compute(bytes, bytes.length - 4, bytes.subarray(-4));
    expect(toHex(hmac.digest)).toBe(digest);
  });

  it('takes messages longer than its buffer', () => {
    // RFC 2202 has none; SHA-1 of 10,000 bytes under this key by Python's hmac.
    const hmac = new HmacSha1(fromHex('0b'.repeat(20)));
    const bytes = new Uint8Array(10_000).fill(0x61);
    hmac.compute(bytes, bytes.length, new Uint8Array(0));
    expect(toHex(hmac.digest)).toBe(longDigest);
    hmac.compute(bytes, 9_000, bytes.subarray(9_000));
    expect(toHex(hmac.digest)).toBe(longDigest);
  });
});

const longDigest = 'a442c4a0b38b6ebaa4b64fdeaeaca443c4f40848';

describe('AEAD_AES_128_GCM with the session keys of RFC 7714', () => {
  const key = fromHex('000102030405060708090a0b0c0d0e0f');
  const salt = fromHex('517569642070726f2071756f');
  const keys: SrtpSessionKeys = {
    rtpEncryptionKey: key,
    rtpAuthenticationKey: new Uint8Array(20),
    rtpSalt: salt,
    rtcpEncryptionKey: key,
    rtcpAuthenticationKey: new Uint8Array(20),
    rtcpSalt: salt,
  };
  const rtpHeader = '8040f17b8041f8d35501a0b2';
  const rtpPlain = rtpHeader + Buffer.from('Gallia est omnis divisa in partes tres').toString('hex');
  const rtpSealed =
    rtpHeader +
    'f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833' +
    '899d7f27beb16a9152cf765ee4390cce';
  const position = { ssrc: 0x5501a0b2, sequence: 0xf17b, rolloverCounter: 0 };
  const rtcpPlain = '81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61' + 'deadbeef'.repeat(5);
  const rtcpSealed =
    '81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b' +
    'c84aa45896cf4d2fc5abf87245d9eade800005d4';
  const ssrc = 0x4d617273;

  it('seals the RTP packet of section 16.1.1', () => {
    const bytes = withRoom(fromHex(rtpPlain), 16);
    new AesGcmTransform(keys).sealRtp(bytes, 12, bytes.length - 16, position);
    expect(toHex(bytes)).toBe(rtpSealed);
  });

  it('opens the RTP packet of section 16.1.2', () => {
    const bytes = fromHex(rtpSealed);
    expect(new AesGcmTransform(keys).openRtp(bytes, 12, position)).toBe(true);
    expect(toHex(bytes.subarray(0, -16))).toBe(rtpPlain);
  });

  it('seals the RTCP compound of section 17.1', () => {
    const bytes = withRoom(fromHex(rtcpPlain), 20);
    new AesGcmTransform(keys).sealRtcp(bytes, bytes.length - 20, ssrc, 0x5d4);
    expect(toHex(bytes)).toBe(rtcpSealed);
  });

  it('opens the RTCP compound of section 17.1', () => {
    const bytes = fromHex(rtcpSealed);
    expect(new AesGcmTransform(keys).openRtcp(bytes, ssrc)).toBe(true);
    expect(toHex(bytes.subarray(0, -20))).toBe(rtcpPlain);
  });

  it('opens the RTCP compound of section 17.3, which is in the clear (E is 0)', () => {
    const bytes = fromHex(`${rtcpPlain}841dd9683dd78ec92ae58790125f62b3000005d4`);
    expect(new AesGcmTransform(keys).openRtcp(bytes, ssrc)).toBe(true);
    expect(toHex(bytes.subarray(0, -20))).toBe(rtcpPlain);
  });
});

describe('whole packets from a master key', () => {
  const plainRtp = `800f1234decafbadcafebabe${'ab'.repeat(16)}`;
  const plainRtcp = `81c8000bcafebabe${'ab'.repeat(16)}`;
  const position = { ssrc: 0xcafebabe, sequence: 0x1234, rolloverCounter: 0 };
  // The reference packets of libsrtp's test driver (test/srtp_driver.c: srtp_validate, srtp_validate_aes_256 and
  // srtp_validate_gcm); of AES-256 the RTCP packet and the short tag by Python's cryptography and hmac.
  const rows = [
    {
      profile: 'AES128_CM_HMAC_SHA1_80',
      masterKey: 'e1f97a0d3e018be0d64fa32c06de4139',
      masterSalt: '0ec675ad498afeebb6960b3aabe6',
      rtp: '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb',
      rtcp: '81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798',
    },
    {
      profile: 'AES256_CM_HMAC_SHA1_80',
      masterKey: 'f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6',
      masterSalt: '3b04803de51ee7c96423ab5b78d2',
      rtp: '800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b',
      rtcp: '81c8000bcafebabeb4d0e7a917d24b9faab9d3b6127b3ba680000001e04ac0ec2846f71bd31c',
    },
    {
      profile: 'AES256_CM_HMAC_SHA1_32',
      masterKey: 'f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6',
      masterSalt: '3b04803de51ee7c96423ab5b78d2',
      rtp: '800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40da08d9d9a',
      rtcp: '81c8000bcafebabeb4d0e7a917d24b9faab9d3b6127b3ba680000001e04ac0ec2846f71bd31c',
    },
    {
      profile: 'AEAD_AES_128_GCM',
      masterKey: '000102030405060708090a0b0c0d0e0f',
      masterSalt: 'a0a1a2a3a4a5a6a7a8a9aaab',
      rtp: '800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392',
      rtcp: '81c8000bcafebabec98b8b5df0392a55852b6c21ac8e7025c52c6fbea2b3b446ea31123ba88ce61e80000001',
    },
  ] as const;

  it.each(rows)('are those of libsrtp with $profile', (row) => {
    const transform = openSrtpTransform({
      profile: row.profile,
      masterKey: fromHex(row.masterKey),
      masterSalt: fromHex(row.masterSalt),
    });
    const rtp = withRoom(fromHex(plainRtp), (row.rtp.length - plainRtp.length) / 2);
    transform.sealRtp(rtp, 12, plainRtp.length / 2, position);
    expect(toHex(rtp)).toBe(row.rtp);
    expect(transform.openRtp(rtp, 12, position)).toBe(true);
    expect(toHex(rtp.subarray(0, plainRtp.length / 2))).toBe(plainRtp);

    const rtcp = withRoom(fromHex(plainRtcp), (row.rtcp.length - plainRtcp.length) / 2);
    transform.sealRtcp(rtcp, plainRtcp.length / 2, position.ssrc, 1);
    expect(toHex(rtcp)).toBe(row.rtcp);
    expect(transform.openRtcp(rtcp, position.ssrc)).toBe(true);
    expect(toHex(rtcp.subarray(0, plainRtcp.length / 2))).toBe(plainRtcp);
  });

  it.each(['AES128_CM_HMAC_SHA1', 'AES256_CM_HMAC_SHA1'] as const)('are cut shorter by %s_32, but not RTCP', (name) => {
    const key = {
      masterKey: new Uint8Array(name.startsWith('AES256') ? 32 : 16).fill(7),
      masterSalt: new Uint8Array(14).fill(9),
    };
    const sealed = ([80, 32] as const).map((bits) => {
      const transform = openSrtpTransform({ ...key, profile: `${name}_${bits}` });
      const rtp = withRoom(fromHex(plainRtp), bits === 80 ? 10 : 4);
      transform.sealRtp(rtp, 12, plainRtp.length / 2, position);
      const rtcp = withRoom(fromHex(plainRtcp), 14);
      transform.sealRtcp(rtcp, plainRtcp.length / 2, position.ssrc, 1);
      return { rtp: toHex(rtp), rtcp: toHex(rtcp) };
    });
    expect(sealed[1].rtp).toBe(sealed[0].rtp.slice(0, -12));
    expect(sealed[1].rtcp).toBe(sealed[0].rtcp);
  });

  it('opens AES-CM RTCP that is in the clear (E is 0; RFC 3711 section 3.4)', () => {
    const keys = deriveSessionKeys({
      profile: 'AES128_CM_HMAC_SHA1_80',
      masterKey: fromHex(rows[0].masterKey),
      masterSalt: fromHex(rows[0].masterSalt),
    });
    const body = fromHex(`${plainRtcp}00000007`);
    const hmac = new HmacSha1(keys.rtcpAuthenticationKey);
    hmac.compute(body, body.length, new Uint8Array(0));
    const packet = withRoom(body, 10);
    packet.set(hmac.digest.subarray(0, 10), body.length);
    expect(new AesCmTransform(keys, 10).openRtcp(packet, 0xcafebabe)).toBe(true);
    expect(toHex(packet.subarray(0, -14))).toBe(plainRtcp);
  });
});
