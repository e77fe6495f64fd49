import { describe, expect, it } from 'vitest';
import { audio, keyframe, publishedRtxSsrc, publishedSsrc, receivingVideo, Scene, video } from '../test/scene.ts';
import { resendAudioMax, resendVideoMax } from './limits.ts';
import { resendsMax } from './send/resend-limiter.ts';

/** A publisher, a subscriber, and packets 1 to `last` forwarded. */
function scene(hasRtx = true, last = 4) {
  const made = new Scene();
  const publisher = made.publish();
  const subscriber = made.subscribe(receivingVideo(5_000, hasRtx));
  for (let sequence = 1; sequence <= last; sequence++)
    made.send(publisher.id, { sequence, ...(sequence === 1 ? { payload: keyframe } : {}) });
  const sent = made.rows.map((row) => row.sequence);
  made.rows.length = 0;
  return { made, publisher, subscriber, sent };
}

function nack(mediaSsrc: number, lostSequences: readonly number[]) {
  return { type: 'nack', senderSsrc: 1, mediaSsrc, lostSequences: lostSequences.map((n) => n & 0xffff) } as const;
}

describe('towards the publisher', () => {
  it('asks for a gap after 10 ms, again later, and not for what came out of order meanwhile', () => {
    const made = new Scene();
    const publisher = made.publish();
    made.send(publisher.id, { sequence: 1, payload: keyframe }, { sequence: 5 });
    made.send(publisher.id, { sequence: 3 });
    made.run(9);
    expect(made.rtcpTo(publisher.handle, 'nack')).toEqual([]);
    made.run(1);
    expect(made.rtcpTo(publisher.handle, 'nack')).toMatchObject([{ mediaSsrc: publishedSsrc, lostSequences: [2, 4] }]);
    made.send(publisher.id, { sequence: 2 });
    made.run(100);
    expect(made.rtcpTo(publisher.handle, 'nack')[1].lostSequences).toEqual([4]);
  });

  it('takes the answer by RTX and forwards it in its place', () => {
    const made = new Scene();
    const publisher = made.publish();
    made.subscribe(receivingVideo(5_000));
    made.send(publisher.id, { sequence: 1, payload: keyframe }, { sequence: 3 });
    const rtx = Uint8Array.of(0, 2, 0x10, 0x11, 0, 0);
    made.send(publisher.id, { sequence: 77, ssrc: publishedRtxSsrc, payloadType: 97, payload: rtx, timestamp: 6_000 });
    const [first, third, second] = made.rows;
    expect(third.sequence).toBe(first.sequence + 2);
    expect(second).toMatchObject({ sequence: first.sequence + 1, payload: rtx.subarray(2), isRtx: false });
    made.run(50);
    expect(made.rtcpTo(publisher.handle, 'nack')).toEqual([]);
    expect(made.router.statistics(made.now).producers[0]).toMatchObject({ recovered: 1, lost: 0 });
  });

  it('drops what comes twice and padding that probes for bandwidth', () => {
    const { made, publisher } = scene();
    made.send(publisher.id, { sequence: 3 });
    made.send(publisher.id, { sequence: 1, ssrc: publishedRtxSsrc, payloadType: 97, payload: new Uint8Array(0) });
    made.send(publisher.id, { sequence: 2, ssrc: publishedRtxSsrc, payloadType: 97, payload: Uint8Array.of(1) });
    expect(made.rows).toEqual([]);
    expect(made.drops()).toEqual({ 'rtp-duplicate': 1, 'rtp-empty-rtx': 1 });
  });

  it('drops what comes twice however late, when it was let go of long ago', () => {
    const { made, publisher } = scene();
    made.run(5_000);
    made.rows.length = 0;
    made.send(publisher.id, { sequence: 3 });
    expect(made.rows).toEqual([]);
    expect(made.drops()).toEqual({ 'rtp-duplicate': 1 });
  });

  it('gives a packet up after 800 ms and asks for a keyframe instead', () => {
    const { made, publisher } = scene();
    made.run(2_000);
    const before = made.rtcpTo(publisher.handle, 'pli').length;
    made.send(publisher.id, { sequence: 6 });
    made.run(790);
    expect(made.rtcpTo(publisher.handle, 'pli')).toHaveLength(before);
    made.run(400);
    expect(made.rtcpTo(publisher.handle, 'pli')).toHaveLength(before + 1);
    expect(made.router.statistics(made.now).producers[0].givenUp).toBe(1);
    expect(made.rtcpTo(publisher.handle, 'nack').length).toBeLessThanOrEqual(10);
  });
});

describe('towards a subscriber', () => {
  it('answers by RTX with the sequence number that the subscriber misses (RFC 4588)', () => {
    const { made, subscriber, sent } = scene();
    made.sendRtcp(subscriber.id, nack(5_000, [sent[1], sent[2]]));
    expect(
      made.rows.map(({ stream, isRtx, payloadType, originalSequence }) => [
        stream.ssrc,
        isRtx,
        payloadType,
        originalSequence,
      ]),
    ).toEqual([
      [5_001, true, 101, sent[1] & 0xffff],
      [5_001, true, 101, sent[2] & 0xffff],
    ]);
    expect(made.rows[1].sequence).toBe(made.rows[0].sequence + 1);
  });

  it('answers with the very packet where RTX was not negotiated', () => {
    const { made, subscriber, sent } = scene(false);
    made.sendRtcp(subscriber.id, nack(5_000, [sent[2]]));
    expect(made.rows).toMatchObject([{ isResend: true, isRtx: false, sequence: sent[2], stream: { ssrc: 5_000 } }]);
  });

  it(`has tags kept for that only: the last ${resendVideoMax} of video, the last ${resendAudioMax} of sound`, () => {
    const made = new Scene();
    made.publish();
    made.publish(audio, 'sound');
    const { feedback } = video;
    const sound = { ...receivingVideo(8_000, false), codec: audio.codec };
    made.subscribe(receivingVideo(5_000));
    made.subscribe(receivingVideo(6_000, false));
    made.subscribe({ ...receivingVideo(7_000, false), feedback: { ...feedback, nack: false } });
    made.subscribe(sound, 'sound');
    made.subscribe({ ...sound, ssrc: 9_000, feedback: audio.feedback }, 'sound');
    const kept = [...made.streams.values()].map(({ ssrc, resendMax }) => [ssrc, resendMax]);
    expect(kept).toEqual([
      [5_000, 0],
      [5_001, 0],
      [6_000, resendVideoMax],
      [7_000, 0],
      [8_000, resendAudioMax],
      [9_000, 0],
    ]);
  });

  it('answers no request for what no tag is kept of any more', () => {
    const { made, subscriber, sent } = scene(false, resendVideoMax + 1);
    made.sendRtcp(subscriber.id, nack(5_000, [sent[0], sent[1]]));
    expect(made.rows.map(({ sequence }) => sequence)).toEqual([sent[1]]);
    expect(made.drops()).toEqual({ 'nack-too-old': 1 });
    expect(made.router.statistics(made.now).consumers[0]).toMatchObject({ nacks: 2, retransmitted: 1 });
  });

  it('answers one request for a packet within a round trip, not each', () => {
    const { made, subscriber, sent } = scene();
    made.sendRtcp(subscriber.id, nack(5_000, [sent[1]]));
    made.sendRtcp(subscriber.id, nack(5_000, [sent[1]]));
    made.run(25);
    made.sendRtcp(subscriber.id, nack(5_000, [sent[1]]));
    expect(made.rows).toHaveLength(2);
    expect(made.drops()).toEqual({ 'nack-limited': 1 });
  });

  it(`sends no more than ${resendsMax} packets again within 100 ms`, () => {
    const last = 200;
    const { made, subscriber, sent } = scene(true, last);
    for (let round = 0; round < 2; round++) {
      made.sendRtcp(subscriber.id, nack(5_000, sent.slice(0, 150)));
      made.run(30);
    }
    expect(made.rows).toHaveLength(resendsMax);
    made.run(100);
    made.sendRtcp(subscriber.id, nack(5_000, sent.slice(0, 10)));
    expect(made.rows).toHaveLength(resendsMax + 10);
  });

  it('counts requests for what it never sent or no longer has', () => {
    const { made, subscriber, sent } = scene();
    made.sendRtcp(subscriber.id, nack(5_000, [sent[0] - 1, sent[3] + 1]));
    made.sendRtcp(subscriber.id, nack(1, [1]));
    expect(made.rows).toEqual([]);
    expect(made.drops()).toEqual({ 'nack-too-old': 2, 'nack-unknown-stream': 1 });
  });
});

describe('keyframes', () => {
  it('are asked for at once when somebody subscribes, then each half second and more, until one comes', () => {
    const made = new Scene();
    const publisher = made.publish();
    made.send(publisher.id, { sequence: 1 });
    made.subscribe(receivingVideo(5_000));
    expect(made.rtcpTo(publisher.handle, 'pli')).toHaveLength(1);
    made.run(499);
    expect(made.rtcpTo(publisher.handle, 'pli')).toHaveLength(1);
    made.run(1);
    expect(made.rtcpTo(publisher.handle, 'pli')).toHaveLength(2);
    made.send(publisher.id, { sequence: 2, payload: keyframe });
    made.run(10_000);
    expect(made.rtcpTo(publisher.handle, 'pli')).toHaveLength(2);
  });

  it('asked for by many subscribers at once are asked for once', () => {
    const made = new Scene();
    const publisher = made.publish();
    const subscribers = [5_000, 6_000, 7_000].map((ssrc) => ({ ssrc, ...made.subscribe(receivingVideo(ssrc)) }));
    made.send(publisher.id, { sequence: 1, payload: keyframe });
    made.run(5_000);
    const before = made.rtcpTo(publisher.handle, 'pli').length;
    for (const { id, ssrc } of subscribers) {
      made.sendRtcp(id, { type: 'pli', senderSsrc: 1, mediaSsrc: ssrc });
      made.sendRtcp(id, { type: 'fir', senderSsrc: 1, entries: [{ ssrc, sequence: 1 }] });
    }
    expect(made.rtcpTo(publisher.handle, 'pli')).toHaveLength(before + 1);
  });

  it('are asked for by FIR, with a new number each, where PLI was not negotiated (RFC 5104 section 4.3.1)', () => {
    const made = new Scene();
    const publisher = made.publish({ ...video, feedback: { ...video.feedback, pli: false, fir: true } });
    made.subscribe(receivingVideo(5_000));
    made.run(600);
    const sequences = made.rtcpTo(publisher.handle, 'fir').map(({ entries: [entry] }) => entry.sequence);
    expect(sequences).toEqual([1, 2]);
    expect(made.router.statistics(made.now).producers).toMatchObject([{ firCount: 2, pliCount: 0 }]);
  });

  it('are asked for when somebody wishes one, of video that somebody publishes', () => {
    const made = new Scene();
    const publisher = made.publish();
    made.router.openProducer('sound', publisher.id, audio);
    made.router.requestKeyframe('track', made.now);
    made.router.requestKeyframe('track', made.now);
    made.router.requestKeyframe('sound', made.now);
    made.router.requestKeyframe('nothing', made.now);
    expect(made.rtcpTo(publisher.handle, 'pli')).toHaveLength(1);
    expect(made.router.statistics(made.now).producers).toMatchObject([{ firCount: 0, pliCount: 1 }, { pliCount: 0 }]);
  });
});
