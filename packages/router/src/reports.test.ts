import type { RtcpPacket } from '@rivero/protocol/rtcp';
import { describe, expect, it } from 'vitest';
import { delta, keyframe, publishedRtxSsrc, publishedSsrc, receivingVideo, Scene } from '../test/scene.ts';

describe('a router reports', () => {
  const report: RtcpPacket = {
    type: 'sr',
    ssrc: publishedSsrc,
    ntp: { seconds: 4_000_000_000, fraction: 0 },
    rtpTimestamp: 90_000,
    packetCount: 0,
    octetCount: 0,
    reports: [],
  };

  /** A receiver has the first packet of a publisher. */
  const received = () => {
    const scene = new Scene();
    const publisher = scene.publish();
    const subscriber = scene.subscribe(receivingVideo(5_000));
    scene.send(publisher.id, { sequence: 30, timestamp: 90_000, payload: keyframe });
    return { scene, publisher, subscriber };
  };

  /** The same a second after the publisher's own report. */
  const reported = () => {
    const { scene, publisher, subscriber } = received();
    scene.sendRtcp(publisher.id, report);
    scene.run(1_000);
    return { scene, subscriber };
  };

  it('the bitrate of payload alone, the same on both sides', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.subscribe(receivingVideo(5_000));
    scene.send(publisher.id, { sequence: 1, payload: keyframe, mid: '0' }, { sequence: 2 });
    const { producers, consumers } = scene.router.statistics(scene.now);
    const bits = (keyframe.length + delta.length) * 8;
    expect([...producers, ...consumers].map(({ bitrate }) => bitrate)).toEqual([bits, bits]);
  });

  it('each second what it received, with the loss', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.send(publisher.id, { sequence: 1, payload: keyframe }, { sequence: 2 }, { sequence: 5 });
    scene.sendRtcp(publisher.id, report);
    scene.run(1_000);
    const told = scene.rtcpTo(publisher.handle, 'rr').find(({ reports }) => reports.length > 0);
    expect(told?.reports).toEqual([
      expect.objectContaining({
        ssrc: publishedSsrc,
        cumulativeLost: 2,
        fractionLost: Math.floor((2 * 256) / 5),
        extendedHighestSequence: 5,
      }),
    ]);
    expect(scene.router.statistics(scene.now).producers[0].fractionLost).toBeCloseTo(2 / 5, 2);
  });

  it('what came under the SSRC alone: what RTX repaired was lost, and its late arrival is no jitter (RFC 3550 section 6.4.1)', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.send(publisher.id, { sequence: 1, timestamp: 0, payload: keyframe });
    scene.run(20);
    scene.send(publisher.id, { sequence: 3, timestamp: 1_800 });
    scene.run(100);
    const repair = { ssrc: publishedRtxSsrc, payloadType: 97, payload: Uint8Array.of(0, 2, ...delta) };
    scene.send(publisher.id, { ...repair, sequence: 77, timestamp: 900 });
    expect(scene.router.statistics(scene.now).producers).toMatchObject([{ lost: 0, recovered: 1, jitterMs: 0 }]);
    scene.run(1_000);
    const told = scene.rtcpTo(publisher.handle, 'rr').find(({ reports }) => reports.length > 0);
    expect(told?.reports).toMatchObject([{ cumulativeLost: 1, fractionLost: Math.floor(256 / 3), jitter: 0 }]);
  });

  it('to receivers on the publisher’s clock, with the timestamps that they see', () => {
    const { scene, subscriber } = reported();
    const [sent] = scene.rtcpTo(subscriber.handle, 'sr');
    expect(sent).toMatchObject({ ssrc: 5_000, packetCount: 1, octetCount: keyframe.length });
    const seconds = sent.ntp.seconds + sent.ntp.fraction / 2 ** 32 - 4_000_000_000;
    const [row] = scene.rows;
    expect((sent.rtpTimestamp - row.timestamp) / 90_000).toBeCloseTo(seconds, 3);
  });

  it('to a receiver that sends nothing in one compound, without an empty receiver report', () => {
    const { scene, subscriber } = reported();
    const compounds = scene.rtcp.filter(({ session }) => session === subscriber.handle);
    expect(compounds.map(({ packets }) => packets.map(({ type }) => type))).toEqual([['sr', 'sdes']]);
  });

  it('to receivers on our clock, where the publisher has none and says 0 (RFC 3550 section 6.4.1)', () => {
    const { scene, publisher, subscriber } = received();
    for (let second = 0; second < 6; second++) {
      scene.sendRtcp(publisher.id, {
        ...report,
        ntp: { seconds: 0, fraction: 0 },
        rtpTimestamp: 90_000 * (1 + second),
      });
      scene.run(1_000);
    }
    const [first, ...others] = scene.rtcpTo(subscriber.handle, 'sr');
    expect(others.length).toBeGreaterThan(3);
    for (const { ntp, rtpTimestamp } of others) {
      const seconds = ntp.seconds - first.ntp.seconds + (ntp.fraction - first.ntp.fraction) / 2 ** 32;
      expect((rtpTimestamp - first.rtpTimestamp) / 90_000).toBeCloseTo(seconds, 2);
    }
  });

  it('the round trip that a receiver’s report reveals', () => {
    const { scene, subscriber } = reported();
    const [{ ntp }] = scene.rtcpTo(subscriber.handle, 'sr');
    scene.run(140);
    const lastSenderReport = ((ntp.seconds & 0xffff) * 65_536 + (ntp.fraction >>> 16)) >>> 0;
    scene.sendRtcp(subscriber.id, {
      type: 'rr',
      ssrc: 1,
      reports: [
        {
          ssrc: 5_000,
          fractionLost: 64,
          cumulativeLost: 3,
          extendedHighestSequence: 1,
          jitter: 900,
          lastSenderReport,
          delaySinceLastSenderReport: Math.round(0.1 * 65_536),
        },
      ],
    });
    const [{ roundTripTime, fractionLost, packetsLost, jitterMs }] = scene.router.statistics(scene.now).consumers;
    expect(roundTripTime).toBeCloseTo(40, 0);
    expect(fractionLost).toBe(0.25);
    expect(packetsLost).toBe(3);
    expect(jitterMs).toBe(10);
  });
});
