import { bitsPerSecond, wallClockMs } from '@rivero/core';
import { ntpFromWallClock } from '@rivero/protocol/rtcp';
import { describe, expect, it } from 'vitest';
import { CascadeScene } from '../../test/cascade-scene.ts';
import {
  audio,
  delta,
  keyframe,
  publishedSsrc,
  receivingVideo,
  sending,
  video,
  videoSource,
} from '../../test/scene.ts';
import { liftedBitrate } from '../receive/bitrate-cap.ts';

/** A sequence parameter set (RFC 6184 section 5.2). */
const h264Keyframe = Uint8Array.of(0x67, 0x42);

const numbers = (scene: CascadeScene): readonly number[] => scene.branch.rows.map(({ sequence }) => sequence);

describe('a track of another router', () => {
  it('is asked for when somebody receives it, from its keyframe on, and not any more when nobody does', () => {
    const scene = new CascadeScene();
    scene.send({ sequence: 1, payload: keyframe }, { sequence: 2 });
    expect(scene.wishes).toEqual([]);
    scene.branch.subscribe(receivingVideo(7));
    expect(scene.wishes).toEqual(['packets']);
    expect(scene.keyframeRequests).toBe(1);
    expect(scene.home.rtcpTo(scene.publisher.handle, 'pli')).toHaveLength(1);
    scene.send({ sequence: 3 }, { sequence: 4, payload: keyframe }, { sequence: 5, marker: true });
    expect(scene.branch.rows.map(({ payload }) => payload.length)).toEqual([keyframe.length, delta.length]);
    expect(scene.branch.rows.map(({ marker, timestamp }) => [marker, timestamp])).toEqual([
      [false, 12_000],
      [true, 15_000],
    ]);
    scene.branch.router.closeConsumer('track to 7');
    expect(scene.wishes).toEqual(['packets', 'nothing']);
    scene.send({ sequence: 6 });
    expect(scene.branch.rows).toHaveLength(2);
    scene.run(10_000);
    expect(scene.keyframeRequests).toBe(1);
  });

  it('is sent to receivers of both routers, with numbers of their own', () => {
    const scene = new CascadeScene();
    scene.home.subscribe(receivingVideo(5));
    for (const ssrc of [7, 9]) scene.branch.subscribe(receivingVideo(ssrc));
    scene.send({ sequence: 65_534, payload: keyframe }, { sequence: 65_535 }, { sequence: 0 });
    for (const rows of [scene.home.rows, scene.branch.rows.filter(({ stream }) => stream.ssrc === 9)]) {
      expect(rows.map(({ sequence }) => sequence - rows[0].sequence)).toEqual([0, 1, 2]);
    }
    expect(scene.branch.rows).toHaveLength(6);
    expect(scene.wishes).toEqual(['packets']);
  });

  it('is repaired for its receivers without asking the other router', () => {
    const scene = new CascadeScene();
    const receiver = scene.branch.subscribe(receivingVideo(7));
    scene.send({ sequence: 1, payload: keyframe }, { sequence: 2 });
    const [, second] = numbers(scene);
    const mediaSsrc = 7;
    scene.branch.sendRtcp(receiver.id, { type: 'nack', senderSsrc: 1, mediaSsrc, lostSequences: [second & 0xffff] });
    expect(scene.branch.rows.at(-1)).toMatchObject({ isRtx: true, originalSequence: second & 0xffff });
    expect(scene.home.rtcpTo(scene.publisher.handle, 'nack')).toEqual([]);
  });

  it('that came out of order begins with its keyframe and what followed it before', () => {
    const scene = new CascadeScene();
    scene.branch.subscribe(receivingVideo(7));
    scene.send({ sequence: 1 });
    scene.send({ sequence: 3 });
    scene.send({ sequence: 2, payload: keyframe });
    expect(numbers(scene).map((number) => number - numbers(scene)[0])).toEqual([0, 1]);
  });

  it('asks for keyframes as its receivers do, at once and then seldom', () => {
    const scene = new CascadeScene();
    const receiver = scene.branch.subscribe(receivingVideo(7));
    scene.send({ sequence: 1, payload: keyframe });
    for (let i = 0; i < 20; i++) {
      scene.branch.sendRtcp(receiver.id, { type: 'pli', senderSsrc: 1, mediaSsrc: 7 });
      scene.run(100);
    }
    expect(scene.keyframeRequests).toBe(3);
  });

  it('goes on after a pause without a hole, and with the next keyframe', () => {
    const scene = new CascadeScene();
    scene.branch.subscribe(receivingVideo(7));
    scene.send({ sequence: 1, payload: keyframe }, { sequence: 2 });
    scene.branch.router.pauseConsumer('track to 7');
    expect(scene.wishes).toEqual(['packets', 'nothing']);
    for (let sequence = 3; sequence < 66_000; sequence += 900) scene.send({ sequence: sequence & 0xffff });
    scene.branch.router.resumeConsumer('track to 7', scene.now);
    scene.send({ sequence: 500 });
    scene.send({ sequence: 501, payload: keyframe });
    scene.send({ sequence: 502 });
    expect(scene.wishes).toEqual(['packets', 'nothing', 'packets']);
    const sent = numbers(scene);
    expect(sent.map((number) => number - sent[0])).toEqual([0, 1, 2, 3]);
  });

  it('that another stream takes over begins anew there, in its codec', () => {
    const h264 = { name: 'H264', clockRate: 90_000, payloadType: 98 };
    const scene = new CascadeScene({ ...video, alternatives: [h264] });
    scene.branch.openSender(sending('video', 7));
    scene.branch.setSource(7, videoSource('track'));
    scene.send({ sequence: 1, payload: keyframe });
    scene.run(1_000);
    scene.send({ sequence: 2, payloadType: 98, payload: h264Keyframe });
    expect(scene.branch.rows).toHaveLength(1);
    expect(scene.branch.drops()).toEqual({ 'forward-codec-differs': 1 });
    const { feedback } = video;
    scene.branch.setSource(7, { producerId: 'track', codec: { ...h264, payloadType: 102 }, feedback });
    scene.send({ sequence: 3, payloadType: 98, payload: h264Keyframe });
    expect(scene.branch.rows.map(({ payloadType }) => payloadType)).toEqual([100, 102]);
    scene.send({ sequence: 4, payloadType: 98, ssrc: publishedSsrc, payload: Uint8Array.of(0x61) });
    expect(scene.branch.rows).toHaveLength(3);
  });

  it('is received in the one of several codecs of one name that it turned out to come in, also while another is on its way', () => {
    const base = { name: 'H264', clockRate: 90_000, payloadType: 97 };
    const high = { ...base, payloadType: 98 };
    const parameters = { ...video, codec: base, alternatives: [high] };
    const scene = new CascadeScene(parameters);
    scene.branch.openSender(sending('video', 7));
    const source = { producerId: 'track', codec: { ...base, payloadType: 102 }, feedback: video.feedback };
    scene.branch.router.cascade.setCodec('track', 98);
    scene.branch.setSource(7, source);
    scene.send({ sequence: 1, payloadType: 97, payload: h264Keyframe });
    expect(scene.branch.rows).toEqual([]);
    scene.send({ sequence: 2, payloadType: 98, payload: h264Keyframe });
    expect(scene.branch.rows).toHaveLength(1);
    scene.branch.router.cascade.setCodec('track', 98);
    scene.branch.router.cascade.setCodec('track', 7);
    scene.branch.router.cascade.setCodec('nobody', 98);
    scene.send({ sequence: 3, payloadType: 98, payload: Uint8Array.of(0x61) });
    expect(scene.branch.rows).toHaveLength(2);
  });

  it('in a codec that nobody told of is dropped and counted', () => {
    const scene = new CascadeScene();
    scene.branch.subscribe(receivingVideo(7));
    scene.home.router.closeProducer('track');
    scene.home.router.openProducer('track', scene.publisher.id, {
      ...video,
      codec: { ...video.codec, payloadType: 99 },
    });
    scene.setWish('packets');
    scene.send({ sequence: 1, payloadType: 99, payload: keyframe });
    expect(scene.branch.rows).toEqual([]);
    expect(scene.branch.drops()).toEqual({ 'rtp-unexpected-payload-type': 1 });
  });

  it('has its publisher’s clock in the reports to its receivers, also when that came before the first packet', () => {
    const scene = new CascadeScene();
    const ntp = ntpFromWallClock(wallClockMs(1_000_000));
    const report = {
      type: 'sr',
      ssrc: publishedSsrc,
      ntp,
      rtpTimestamp: 3_000,
      packetCount: 1,
      octetCount: 1,
    } as const;
    scene.send({ sequence: 1, payload: keyframe });
    scene.home.sendRtcp(scene.publisher.id, { ...report, reports: [] });
    const receiver = scene.branch.subscribe(receivingVideo(7));
    scene.send({ sequence: 2, payload: keyframe });
    scene.run(1_100);
    const [sent] = scene.branch.rtcpTo(receiver.handle, 'sr');
    expect(sent).toMatchObject({ ssrc: 7, packetCount: 1 });
    const [row] = scene.branch.rows;
    const atMs = ((sent.rtpTimestamp - (row.timestamp - 3_000)) / 90_000) * 1_000;
    const told = ntpFromWallClock(wallClockMs(1_000_000 + atMs));
    expect(Math.abs(sent.ntp.seconds - told.seconds)).toBeLessThan(1);
    expect(Math.abs(sent.ntp.fraction - told.fraction) / 2 ** 32).toBeLessThan(0.001);
  });

  it('is told its publisher’s clock twice a second at most, however often that reports', () => {
    const scene = new CascadeScene();
    scene.branch.subscribe(receivingVideo(7));
    const ntp = ntpFromWallClock(wallClockMs(1_000_000));
    const report = { type: 'sr', ssrc: publishedSsrc, ntp, rtpTimestamp: 1, packetCount: 1, octetCount: 1 } as const;
    for (let i = 0; i < 100; i++) {
      scene.home.sendRtcp(scene.publisher.id, { ...report, reports: [] });
      scene.run(10);
    }
    expect(scene.clocks).toBe(2);
  });
});

describe('what receivers in another router take', () => {
  it('limits a publisher that follows its receivers, and not any more when they take all', () => {
    const scene = new CascadeScene();
    const none = bitsPerSecond(0);
    const limits = { receiveMin: none, receiveMax: none, sendMax: none, followsReceivers: true };
    scene.home.router.setSessionLimits(scene.publisher.id, limits, scene.now);
    const receiver = scene.branch.subscribe(receivingVideo(7));
    scene.send({ sequence: 1, payload: keyframe });
    const own = { ...limits, sendMax: bitsPerSecond(400_000), followsReceivers: false };
    scene.branch.router.setSessionLimits(receiver.id, own, scene.now);
    scene.run(300);
    expect(scene.limits[0]).toBe(400_000);
    expect(scene.home.rtcpTo(scene.publisher.handle, 'remb').at(-1)?.bitrate).toBe(400_000);
    scene.branch.router.closeSession(receiver.id);
    scene.run(10_000);
    expect(scene.limits.at(-1)).toBe(liftedBitrate);
    expect(scene.home.rtcpTo(scene.publisher.handle, 'remb').at(-1)?.bitrate).toBe(liftedBitrate);
  });
});

describe('what is lost on the way to another router', () => {
  it('is made up for by a keyframe', () => {
    const scene = new CascadeScene();
    scene.branch.subscribe(receivingVideo(7));
    scene.send({ sequence: 1, payload: keyframe });
    scene.run(5_000);
    const before = scene.home.rtcpTo(scene.publisher.handle, 'pli').length;
    scene.isFull = true;
    scene.send({ sequence: 2 });
    expect(scene.home.rtcpTo(scene.publisher.handle, 'pli')).toHaveLength(before + 1);
  });
});

describe('what finds no room in the router that receives it', () => {
  it('is made up for by a keyframe, where somebody sees the track', () => {
    const scene = new CascadeScene();
    const { cascade } = scene.branch.router;
    cascade.handleLost('track', scene.now);
    expect(scene.keyframeRequests).toBe(0);
    scene.branch.subscribe(receivingVideo(7));
    scene.send({ sequence: 1, payload: keyframe });
    scene.run(5_000);
    const before = scene.keyframeRequests;
    for (let i = 0; i < 3; i++) cascade.handleLost('track', scene.now);
    cascade.handleLost('nobody', scene.now);
    expect(scene.keyframeRequests).toBe(before + 1);
    scene.run(1_000);
    expect(scene.keyframeRequests).toBe(before + 2);
    scene.send({ sequence: 2, payload: keyframe });
    scene.run(5_000);
    expect(scene.keyframeRequests).toBe(before + 2);
  });

  it('is no loss where it is sound', () => {
    const scene = new CascadeScene(audio);
    scene.branch.openSender(sending('audio', 7));
    scene.branch.setSource(7, { producerId: 'track', codec: audio.codec, feedback: audio.feedback });
    scene.branch.router.cascade.handleLost('track', scene.now);
    expect(scene.keyframeRequests).toBe(0);
  });
});

describe('a voice in another router', () => {
  const loud = (sequence: number) => ({ sequence, ssrc: 3_000, payloadType: 111, audioLevel: 20 });

  it('is asked for no keyframe, for none would ever end the asking', () => {
    const scene = new CascadeScene(audio);
    scene.branch.openSender(sending('audio', 7));
    scene.branch.setSource(7, { producerId: 'track', codec: audio.codec, feedback: audio.feedback });
    scene.send(loud(1));
    scene.run(10_000);
    expect(scene.branch.rows).toHaveLength(1);
    expect(scene.keyframeRequests).toBe(0);
  });

  it('is heard by its levels alone, and by its packets once they come', () => {
    const scene = new CascadeScene(audio);
    scene.branch.router.setVoice(scene.imported, 'track');
    scene.setWish('levels');
    for (let i = 0; i < 30; i++) {
      scene.send(loud(i));
      scene.run(20);
    }
    expect(scene.levels).toBe(30);
    expect(scene.branch.router.pollSpeakers()).toEqual(['track']);
    expect(scene.branch.pool.freeCount).toBe(scene.branch.pool.slotsMax);
    scene.setWish('packets');
    scene.run(2_000);
    expect(scene.branch.router.pollSpeakers()).toEqual([]);
    for (let i = 30; i < 60; i++) {
      scene.send(loud(i));
      scene.run(20);
    }
    expect(scene.levels).toBe(30);
    expect(scene.branch.router.pollSpeakers()).toEqual(['track']);
  });
});

describe('statistics', () => {
  it('have a track in its publisher’s router alone', () => {
    const scene = new CascadeScene();
    scene.branch.subscribe(receivingVideo(7));
    scene.send({ sequence: 1, payload: keyframe });
    expect(scene.home.router.statistics(scene.now).producers).toHaveLength(1);
    const { producers, consumers } = scene.branch.router.statistics(scene.now);
    expect(producers).toEqual([]);
    expect(consumers).toMatchObject([{ producerId: 'track', packets: 1 }]);
  });
});
