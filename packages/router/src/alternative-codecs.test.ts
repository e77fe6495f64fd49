import { describe, expect, it } from 'vitest';
import {
  audio,
  delta,
  keyframe,
  type PublishedPacket,
  publishedRtxSsrc,
  receivingVideo,
  Scene,
  sending,
  video,
  videoSource,
} from '../test/scene.ts';
import { codecIntervalMin } from './limits.ts';
import type { ProducerParameters } from './parameters.ts';

const opus = { name: 'opus', clockRate: 48_000, payloadType: 111 };
const pcmu = { name: 'PCMU', clockRate: 8_000, payloadType: 0 };
const vp8 = { name: 'VP8', clockRate: 90_000, payloadType: 96, rtxPayloadType: 97 };
const h264 = { name: 'H264', clockRate: 90_000, payloadType: 102, rtxPayloadType: 103 };

const sound: ProducerParameters = { ...audio, codec: opus, alternatives: [pcmu] };
const picture: ProducerParameters = { ...video, codec: vp8, alternatives: [h264] };

/** Of H264, the first slice of an IDR picture. */
const idr = Uint8Array.of(0x65, 0x88);

const ssrc = 5_000;

/** A publisher of sound in two codecs, and a sender of it in the one that comes. */
function scene() {
  const made = new Scene();
  const publisher = made.publish(sound);
  const receiver = made.openSender(sending('audio', ssrc));
  const follow = (): void => {
    const codec = made.router.producerCodec('track');
    if (codec === undefined) throw new Error('there is no such track');
    made.setSource(ssrc, { producerId: 'track', codec, feedback: audio.feedback });
  };
  const send = (payloadType: number, ...packets: readonly PublishedPacket[]): void =>
    made.send(publisher.id, ...packets.map((packet) => ({ ssrc: 3_000, payloadType, ...packet })));
  const take = () => made.rows.splice(0);
  follow();
  return { made, publisher, receiver, follow, send, take };
}

describe('a track with several codecs', () => {
  it('is what its packets say, and tells each change once', () => {
    const { made, send } = scene();
    expect(made.router.producerCodec('track')).toEqual(opus);
    expect(made.router.producerCodec('none')).toBeUndefined();
    send(111, { sequence: 1 });
    expect(made.router.pollCodecChange()).toBeUndefined();
    send(0, { sequence: 2 });
    expect(made.router.producerCodec('track')).toEqual(pcmu);
    expect(made.router.pollCodecChange()).toBe('track');
    expect(made.router.pollCodecChange()).toBeUndefined();
    expect(made.router.statistics(made.now).producers).toMatchObject([
      { codec: 'PCMU', payloadType: 0, clockRate: 8_000, ssrc: 3_000 },
    ]);
  });

  it('tells nothing of a change that is undone before somebody asks, nor of a track that ended', () => {
    const { made, send } = scene();
    send(111, { sequence: 1 });
    send(0, { sequence: 2 });
    made.run(codecIntervalMin);
    send(111, { sequence: 3 });
    expect(made.router.pollCodecChange()).toBeUndefined();
    made.run(codecIntervalMin);
    send(0, { sequence: 4 });
    made.router.closeProducer('track');
    expect(made.router.pollCodecChange()).toBeUndefined();
  });

  it('sends nothing of a codec that was not agreed, until it is, and goes on then', () => {
    const { made, send, take, follow } = scene();
    send(111, { sequence: 1, timestamp: 480 }, { sequence: 2, timestamp: 1_440 });
    const [, last] = take();
    made.run(100);
    send(0, { sequence: 3, timestamp: 7 }, { sequence: 4, timestamp: 167 });
    expect(take()).toEqual([]);
    expect(made.drops()).toEqual({ 'forward-codec-differs': 2 });
    follow();
    send(0, { sequence: 5, timestamp: 327 });
    const [next] = take();
    expect(next).toMatchObject({ payloadType: 0, sequence: last.sequence + 1 });
    // A tenth of a second on the clock of the new codec.
    expect(next.timestamp - last.timestamp).toBe(800);
  });

  it('goes on with whoever agreed to the codec that comes back', () => {
    const { made, send, take } = scene();
    send(111, { sequence: 1 });
    send(0, { sequence: 2 });
    made.run(codecIntervalMin);
    send(111, { sequence: 3 });
    expect(take().map(({ payloadType, sequence }, _, [first]) => [payloadType, sequence - first.sequence])).toEqual([
      [111, 0],
      [111, 1],
    ]);
  });

  it('takes a packet that is late in the codec of before for late, and not for a change', () => {
    const { made, send, take, follow } = scene();
    send(111, { sequence: 1 });
    send(0, { sequence: 3 });
    follow();
    made.run(codecIntervalMin);
    send(111, { sequence: 2 });
    send(0, { sequence: 4 });
    expect(made.drops()).toEqual({ 'rtp-too-old': 1, 'forward-codec-differs': 1 });
    expect(take().map(({ payloadType }) => payloadType)).toEqual([111, 0]);
  });

  it(`changes no sooner than ${codecIntervalMin} ms after the last change, as each begins anew everywhere`, () => {
    const { made, send } = scene();
    send(111, { sequence: 1 });
    send(0, { sequence: 2 });
    made.run(codecIntervalMin - 1);
    send(111, { sequence: 3 });
    expect(made.router.producerCodec('track')).toEqual(pcmu);
    made.run(1);
    send(111, { sequence: 4 });
    expect(made.router.producerCodec('track')).toEqual(opus);
    expect(made.drops()).toMatchObject({ 'rtp-codec-changes': 1 });
  });

  it('has no others than were negotiated', () => {
    const { made, send } = scene();
    send(8, { sequence: 1 });
    expect(made.drops()).toEqual({ 'rtp-unexpected-payload-type': 1 });
  });

  it('is found by any of its payload types, where no SSRC was announced', () => {
    const made = new Scene();
    const { ssrc: _, ...unknown } = sound;
    const publisher = made.publish(unknown);
    made.send(publisher.id, { sequence: 1, ssrc: 77, payloadType: 0 });
    expect(made.router.statistics(made.now).producers).toMatchObject([{ packets: 1, ssrc: 77, codec: 'PCMU' }]);
    expect(made.router.pollCodecChange()).toBe('track');
  });

  it('asks for no packet of the codec of before, and measures with the clock of the new one', () => {
    const made = new Scene();
    const publisher = made.publish(picture);
    made.send(publisher.id, { sequence: 1, payload: keyframe }, { sequence: 5 });
    made.send(publisher.id, { sequence: 6, payloadType: 102, payload: idr });
    made.run(500);
    expect(made.rtcpTo(publisher.handle, 'nack')).toEqual([]);
    const rtx = { sequence: 9, ssrc: publishedRtxSsrc, payload: Uint8Array.of(0, 7, 0x41, 0x9a) };
    made.send(publisher.id, { ...rtx, payloadType: 97 });
    made.send(publisher.id, { ...rtx, payloadType: 103 });
    expect(made.drops()).toEqual({ 'rtp-unexpected-payload-type': 1 });
    expect(made.router.statistics(made.now).producers).toMatchObject([{ codec: 'H264', packets: 4 }]);
  });

  it('begins a picture in the new codec with a keyframe of it', () => {
    const made = new Scene();
    const publisher = made.publish(picture);
    made.openSender(sending('video', ssrc));
    made.setSource(ssrc, videoSource('track'));
    made.send(publisher.id, { sequence: 1, payload: keyframe }, { sequence: 2 });
    const inH264 = { payloadType: 102, payload: Uint8Array.of(0x41, 0x9a) };
    made.send(publisher.id, { ...inH264, sequence: 3 });
    made.run(1_000);
    const asked = made.rtcpTo(publisher.handle, 'pli').length;
    const codec = { ...h264, payloadType: 125, rtxPayloadType: 126 };
    made.setSource(ssrc, { ...videoSource('track'), codec });
    made.run(500);
    expect(made.rtcpTo(publisher.handle, 'pli').length).toBeGreaterThan(asked);
    made.send(publisher.id, { ...inH264, sequence: 4 }, { ...inH264, sequence: 5, payload: idr });
    expect(made.rows.map(({ payloadType, payload }) => [payloadType, payload])).toEqual([
      [100, keyframe],
      [100, delta],
      [125, idr],
    ]);
  });

  it('goes to peers in the codec that they negotiated, and they miss what comes in another', () => {
    const made = new Scene();
    const publisher = made.publish(picture);
    made.subscribe(receivingVideo(6_000));
    made.send(publisher.id, { sequence: 1, payload: keyframe });
    made.send(publisher.id, { sequence: 2, payloadType: 102, payload: idr });
    made.run(codecIntervalMin);
    made.send(publisher.id, { sequence: 3, payload: keyframe });
    expect(made.rows.map(({ payload }) => payload)).toEqual([keyframe, keyframe]);
    expect(made.drops()).toEqual({ 'forward-codec-differs': 1 });
  });
});
