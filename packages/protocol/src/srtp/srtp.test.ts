import { BrokenInvariant } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { srtpProfiles, SrtpReceiver, SrtpSender, srtpStreamsMax } from './index.ts';
import { masterKey, plainRtcp, plainRtp, profiles, seal, sealRtcp } from './test/sealing.ts';

describe.each(profiles)('%s', (profile) => {
  const { rtpTagLength, rtcpTagLength } = srtpProfiles[profile];
  const pair = () => ({ sender: new SrtpSender(masterKey(profile)), receiver: new SrtpReceiver(masterKey(profile)) });

  it('opens what it seals, with any header, payload and rollover counter', () => {
    fc.assert(
      fc.property(
        fc.record({
          csrcs: fc.integer({ min: 0, max: 15 }),
          extensionWords: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined }),
          sequence: fc.integer({ min: 0, max: 0xffff }),
          ssrc: fc.integer({ min: 0, max: 0xffffffff }),
          payload: fc.uint8Array({ maxLength: 1500 }),
        }),
        ({ csrcs, extensionWords, sequence, ssrc, payload }) => {
          const { sender, receiver } = pair();
          const extensionLength = extensionWords === undefined ? 0 : 4 + extensionWords * 4;
          const headerLength = 12 + csrcs * 4 + extensionLength;
          const plain = new Uint8Array(headerLength + payload.length);
          plain.set(plainRtp({ sequence, ssrc, payloadLength: 0 }));
          plain[0] = 0x80 | csrcs | (extensionWords === undefined ? 0 : 0x10);
          if (extensionWords !== undefined) plain[12 + csrcs * 4 + 3] = extensionWords;
          plain.set(payload, headerLength);
          const out = new Uint8Array(plain.length + rtpTagLength);
          out.set(plain);
          expect(sender.protectRtp(out, headerLength, plain.length, 0)).toBe(out.length);
          expect(out.subarray(0, headerLength)).toEqual(plain.subarray(0, headerLength));
          if (payload.length > 8) expect(out.subarray(headerLength, plain.length)).not.toEqual(payload);
          expect(receiver.unprotectRtp(out)).toBe(plain.length);
          expect(out.subarray(0, plain.length)).toEqual(plain);
        },
      ),
    );
  });

  it('follows the rollover counter over wraps, with reordering around them', () => {
    const { sender, receiver } = pair();
    const indices: number[] = [];
    for (let index = 65_000; index < 3 * 65_536; index += 37) indices.push(index);
    for (let i = 1; i < indices.length; i += 3) [indices[i - 1], indices[i]] = [indices[i], indices[i - 1]];
    for (const index of indices) {
      const plain = plainRtp({ sequence: index & 0xffff, payloadLength: 20 });
      const packet = seal(sender, plain, Math.floor(index / 65_536));
      expect(receiver.unprotectRtp(packet)).toBe(plain.length);
      expect(packet.subarray(0, plain.length)).toEqual(plain);
    }
  });

  it('goes on with the rollover counter under another key, or begins it anew, whichever the sender did (RFC 3711 section 3.3.1)', () => {
    const key = masterKey(profile);
    const next = { ...key, masterKey: key.masterKey.map((byte) => byte ^ 0xff) };
    for (const rolloverCounter of [0, 1]) {
      const before = new SrtpReceiver(key);
      const old = new SrtpSender(key);
      for (const [sequence, roc] of [
        [65_535, 0],
        [0, 1],
        [30, 1],
      ]) {
        expect(before.unprotectRtp(seal(old, plainRtp({ sequence }), roc))).toBe(112);
      }
      const sender = new SrtpSender(next);
      const receiver = new SrtpReceiver(next, before);
      const first = seal(sender, plainRtp({ sequence: 40 }), rolloverCounter);
      expect(receiver.unprotectRtp(seal(old, plainRtp({ sequence: 31 }), 1))).toBe('authentication-failed');
      expect(receiver.unprotectRtp(first.slice())).toBe(112);
      expect(receiver.unprotectRtp(first)).toBe('replayed');
      expect(receiver.unprotectRtp(seal(sender, plainRtp({ sequence: 41 }), rolloverCounter))).toBe(112);
    }
  });

  it('refuses a packet seen before and one older than the window, and takes a late one within it', () => {
    const { sender, receiver } = pair();
    const packets = Array.from({ length: 4000 }, (_, i) =>
      seal(sender, plainRtp({ sequence: i, payloadLength: 4 }), 0),
    );
    const late = packets.splice(3000, 1)[0];
    const old = packets.splice(1000, 1)[0];
    for (const packet of packets) expect(receiver.unprotectRtp(packet.slice())).toBe(16);
    expect(receiver.unprotectRtp(late.slice())).toBe(16);
    expect(receiver.unprotectRtp(late.slice())).toBe('replayed');
    expect(receiver.unprotectRtp(old.slice())).toBe('replayed');
    expect(receiver.unprotectRtp(packets[3990].slice())).toBe('replayed');
  });

  it('takes a packet that is 1,024 behind the newest (RFC 3711 section 3.3.2 asks for 64)', () => {
    const { sender, receiver } = pair();
    const late = seal(sender, plainRtp({ sequence: 0 }), 0);
    expect(receiver.unprotectRtp(seal(sender, plainRtp({ sequence: 1024 }), 0))).toBe(112);
    expect(receiver.unprotectRtp(late)).toBe(112);
  });

  it('believes nothing of a forged packet: neither rollover counter, nor replay window, nor a new SSRC', () => {
    const { sender, receiver } = pair();
    expect(receiver.unprotectRtp(seal(sender, plainRtp({ sequence: 100 }), 0))).toBe(112);
    for (const sequence of [101, 30_000, 32_800]) {
      const forged = new Uint8Array(112 + rtpTagLength);
      forged.set(plainRtp({ sequence }));
      const before = forged.slice();
      expect(receiver.unprotectRtp(forged)).toBe('authentication-failed');
      expect(forged).toEqual(before);
    }
    for (let ssrc = 0; ssrc < srtpStreamsMax + 10; ssrc++) {
      const forged = new Uint8Array(112 + rtpTagLength);
      forged.set(plainRtp({ sequence: 1, ssrc }));
      expect(receiver.unprotectRtp(forged)).toBe('authentication-failed');
    }
    expect(receiver.unprotectRtp(seal(sender, plainRtp({ sequence: 101 }), 0))).toBe(112);
    expect(receiver.unprotectRtp(seal(sender, plainRtp({ sequence: 5, ssrc: 9 }), 0))).toBe(112);
  });

  it('refuses every single-bit change of a packet and leaves its bytes alone', () => {
    const { sender, receiver } = pair();
    const sealed = seal(sender, plainRtp({ sequence: 7, payloadLength: 30 }), 0);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const packet = sealed.slice();
      packet[bit >> 3] ^= 1 << (bit & 7);
      const before = packet.slice();
      expect(typeof receiver.unprotectRtp(packet)).toBe('string');
      expect(packet).toEqual(before);
    }
    expect(receiver.unprotectRtp(sealed)).toBe(42);
  });

  it('refuses every truncation of RTP and RTCP', () => {
    const { sender, receiver } = pair();
    const rtp = seal(sender, plainRtp({ sequence: 7 }), 0);
    const rtcp = sealRtcp(sender, plainRtcp());
    for (let length = 0; length < rtp.length; length++) {
      expect(['truncated', 'authentication-failed']).toContain(receiver.unprotectRtp(rtp.slice(0, length)));
    }
    for (let length = 0; length < rtcp.length; length++) {
      expect(['truncated', 'authentication-failed']).toContain(receiver.unprotectRtcp(rtcp.slice(0, length)));
    }
  });

  it('never throws on random bytes', () => {
    const { receiver } = pair();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, looksRight) => {
        if (looksRight && bytes.length > 0) bytes[0] = 0x80 | (bytes[0] & 0x1f);
        expect(typeof receiver.unprotectRtp(bytes)).toBe('string');
        expect(typeof receiver.unprotectRtcp(bytes)).toBe('string');
      }),
      { numRuns: 2000 },
    );
  });

  it('takes at most srtpStreamsMax SSRCs and goes on with those it has', () => {
    const { sender, receiver } = pair();
    for (let ssrc = 1; ssrc <= srtpStreamsMax; ssrc++) {
      expect(receiver.unprotectRtp(seal(sender, plainRtp({ sequence: 1, ssrc, payloadLength: 0 }), 0))).toBe(12);
    }
    const other = new SrtpSender(masterKey(profile));
    const beyond = plainRtp({ sequence: 1, ssrc: 0xffffffff, payloadLength: 0 });
    expect(receiver.unprotectRtp(seal(other, beyond, 0))).toBe('too-many-streams');
    expect(receiver.unprotectRtp(seal(sender, plainRtp({ sequence: 2, ssrc: 1, payloadLength: 0 }), 0))).toBe(12);
    const out = new Uint8Array(100);
    out.set(beyond);
    expect(sender.protectRtp(out, 12, 12, 0)).toBe('too-many-streams');
  });

  it('seals for any number of SSRCs one after the other, and never again for a retired one', () => {
    const { sender, receiver } = pair();
    const first = plainRtp({ sequence: 1, ssrc: 1, payloadLength: 0 });
    for (let ssrc = 1; ssrc <= srtpStreamsMax + 10; ssrc++) {
      seal(sender, plainRtp({ sequence: 1, ssrc, payloadLength: 0 }), 0);
      sender.retireSsrc(ssrc);
    }
    const out = new Uint8Array(100);
    for (const sequence of [1, 2, 30_000]) {
      out.set(plainRtp({ sequence, ssrc: 1, payloadLength: 0 }));
      expect(sender.protectRtp(out, 12, 12, 5)).toBe('index-reused');
      expect(out.subarray(4, 12)).toEqual(first.subarray(4, 12));
    }
    const other = plainRtp({ sequence: 1, ssrc: 0x80000000, payloadLength: 0 });
    expect(receiver.unprotectRtp(seal(sender, other, 0))).toBe(12);
  });

  it('never seals the same index twice, nor one older than its window', () => {
    const { sender } = pair();
    const out = new Uint8Array(200);
    const protect = (sequence: number, rolloverCounter: number) => {
      out.set(plainRtp({ sequence }));
      return sender.protectRtp(out, 12, 112, rolloverCounter);
    };
    const length = 112 + rtpTagLength;
    expect(protect(5000, 0)).toBe(length);
    expect(protect(5000, 0)).toBe('index-reused');
    expect(out.subarray(0, 112)).toEqual(plainRtp({ sequence: 5000 }));
    expect(protect(4999, 0)).toBe(length);
    expect(protect(4999, 0)).toBe('index-reused');
    expect(protect(100, 0)).toBe('index-reused');
    expect(protect(5000, 1)).toBe(length);
    expect(protect(5001, 0)).toBe('index-reused');
  });

  it('says no-room when the tag does not fit, and spends no index on it', () => {
    const { sender } = pair();
    const short = new Uint8Array(112 + rtpTagLength - 1);
    short.set(plainRtp({ sequence: 1 }));
    expect(sender.protectRtp(short, 12, 112, 0)).toBe('no-room');
    expect(short.subarray(0, 112)).toEqual(plainRtp({ sequence: 1 }));
    seal(sender, plainRtp({ sequence: 1 }), 0);
    const shortRtcp = new Uint8Array(32 + rtcpTagLength + 3);
    shortRtcp.set(plainRtcp());
    expect(sender.protectRtcp(shortRtcp, 32)).toBe('no-room');
  });

  it('counts RTCP packets, and refuses replayed, forged and changed ones', () => {
    const { sender, receiver } = pair();
    const plain = plainRtcp();
    const packets = Array.from({ length: 300 }, () => sealRtcp(sender, plain));
    expect(new Set(packets.map((packet) => Buffer.from(packet).toString('hex'))).size).toBe(300);
    for (const packet of packets.slice(2)) {
      const copy = packet.slice();
      expect(receiver.unprotectRtcp(copy)).toBe(32);
      expect(copy.subarray(0, 32)).toEqual(plain);
    }
    expect(receiver.unprotectRtcp(packets[0].slice())).toBe('replayed');
    expect(receiver.unprotectRtcp(packets[299].slice())).toBe('replayed');
    const next = sealRtcp(sender, plain);
    for (let bit = 0; bit < next.length * 8; bit++) {
      const packet = next.slice();
      packet[bit >> 3] ^= 1 << (bit & 7);
      const before = packet.slice();
      expect(typeof receiver.unprotectRtcp(packet)).toBe('string');
      expect(packet).toEqual(before);
    }
    expect(receiver.unprotectRtcp(next)).toBe(32);
  });

  it('takes an RTCP packet that is 128 behind the newest', () => {
    const { sender, receiver } = pair();
    const packets = Array.from({ length: 129 }, () => sealRtcp(sender, plainRtcp()));
    expect(receiver.unprotectRtcp(packets[128])).toBe(32);
    expect(receiver.unprotectRtcp(packets[0])).toBe(32);
  });

  it('works on a packet in the middle of a larger buffer', () => {
    const { sender, receiver } = pair();
    const pool = new Uint8Array(4096).fill(0xee);
    const plain = plainRtp({ sequence: 3 });
    pool.set(plain, 1001);
    const length = sender.protectRtp(pool.subarray(1001, 2000), 12, plain.length, 0);
    expect(length).toBe(plain.length + rtpTagLength);
    expect(pool[1000]).toBe(0xee);
    expect(pool[1001 + plain.length + rtpTagLength]).toBe(0xee);
    expect(receiver.unprotectRtp(pool.subarray(1001, 1001 + plain.length + rtpTagLength))).toBe(plain.length);
    expect(pool.subarray(1001, 1001 + plain.length)).toEqual(plain);
  });

  it('is nearly used up an eighth before the end of the key, seals and opens to the end, and nothing after', () => {
    const key = { ...masterKey(profile), lifetime: 80 };
    const sender = new SrtpSender(key);
    const receiver = new SrtpReceiver(key);
    for (let i = 0; i < 80; i++) {
      expect(sender.isNearlyUsedUp).toBe(i >= 70);
      expect(receiver.isNearlyUsedUp).toBe(i >= 70);
      expect(receiver.unprotectRtp(seal(sender, plainRtp({ sequence: i }), 0))).toBe(112);
    }
    const out = new Uint8Array(200);
    out.set(plainRtp({ sequence: 80 }));
    expect(sender.protectRtp(out, 12, 112, 0)).toBe('index-exhausted');
    expect(out.subarray(0, 112)).toEqual(plainRtp({ sequence: 80 }));
    const next = seal(new SrtpSender(masterKey(profile)), plainRtp({ sequence: 80 }), 0);
    expect(receiver.unprotectRtp(next)).toBe('index-exhausted');
  });

  it('counts RTCP apart, and its end is the end of the key', () => {
    const key = { ...masterKey(profile), lifetime: 16 };
    const sender = new SrtpSender(key);
    const receiver = new SrtpReceiver(key);
    for (let i = 0; i < 16; i++) {
      expect(sender.isNearlyUsedUp || receiver.isNearlyUsedUp).toBe(i >= 14);
      if (i < 8) seal(sender, plainRtp({ sequence: i }), 0);
      expect(receiver.unprotectRtcp(sealRtcp(sender, plainRtcp()))).toBe(32);
    }
    const out = new Uint8Array(200);
    out.set(plainRtcp());
    expect(sender.protectRtcp(out, 32)).toBe('index-exhausted');
    expect(sender.protectRtp(out, 12, 112, 0)).toBe('index-exhausted');
    const next = sealRtcp(new SrtpSender(masterKey(profile)), plainRtcp());
    expect(receiver.unprotectRtcp(next)).toBe('index-exhausted');
    expect(receiver.unprotectRtp(seal(new SrtpSender(masterKey(profile)), plainRtp({ sequence: 1 }), 0))).toBe(
      'index-exhausted',
    );
  });

  it('does not believe forged packets in the count of the key', () => {
    const key = { ...masterKey(profile), lifetime: 8 };
    const receiver = new SrtpReceiver(key);
    for (let i = 0; i < 20; i++) {
      const forged = new Uint8Array(112 + rtpTagLength);
      forged.set(plainRtp({ sequence: i }));
      expect(receiver.unprotectRtp(forged)).toBe('authentication-failed');
    }
    expect(receiver.isNearlyUsedUp).toBe(false);
  });

  it('asserts key and salt lengths', () => {
    const key = { ...masterKey(profile), masterSalt: new Uint8Array(3) };
    expect(() => new SrtpSender(key)).toThrow(BrokenInvariant);
    expect(() => new SrtpReceiver(key)).toThrow(BrokenInvariant);
  });
});
