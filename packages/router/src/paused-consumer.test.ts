import { describe, expect, it } from 'vitest';
import { audio, keyframe, publishedSsrc, receivingVideo, Scene } from '../test/scene.ts';

const consumerId = 'track to 5000';

/** A publisher with one receiver that has seen packets 1 to 3. */
function flowing() {
  const scene = new Scene();
  const publisher = scene.publish();
  const subscriber = scene.subscribe(receivingVideo(5_000));
  scene.send(publisher.id, { sequence: 1, payload: keyframe }, { sequence: 2 }, { sequence: 3 });
  return { scene, publisher, subscriber, take: () => scene.rows.splice(0) };
}

describe('a paused consumer', () => {
  it('gets no packet, and goes on without a hole in numbers or time from the next keyframe on', () => {
    const { scene, publisher, take } = flowing();
    const [first, , last] = take();
    scene.router.pauseConsumer(consumerId);
    scene.send(publisher.id, { sequence: 4 }, { sequence: 5, payload: keyframe }, { sequence: 6 });
    scene.run(2_000);
    expect(take()).toEqual([]);
    scene.router.resumeConsumer(consumerId, scene.now);
    scene.send(publisher.id, { sequence: 7 }, { sequence: 8, payload: keyframe }, { sequence: 9 });
    const [again, next] = take();
    expect([again.sequence, next.sequence]).toEqual([last.sequence + 1, last.sequence + 2]);
    expect(again.payload).toEqual(keyframe);
    // The publisher's own clock: 3,000 a packet.
    expect(again.timestamp - first.timestamp).toBe(7 * 3_000);
  });

  it('is none to the others', () => {
    const { scene, publisher, take } = flowing();
    scene.subscribe(receivingVideo(6_000));
    take();
    scene.router.pauseConsumer(consumerId);
    scene.send(publisher.id, { sequence: 4, payload: keyframe }, { sequence: 5 });
    expect(take().map(({ stream }) => stream.ssrc)).toEqual([6_000, 6_000]);
  });

  it('asks for a keyframe at once when it is resumed, and not before', () => {
    const { scene, publisher, subscriber } = flowing();
    scene.run(1_000);
    scene.router.pauseConsumer(consumerId);
    const asked = scene.rtcpTo(publisher.handle, 'pli').length;
    scene.sendRtcp(subscriber.id, { type: 'pli', senderSsrc: 1, mediaSsrc: 5_000 });
    scene.run(5_000);
    expect(scene.rtcpTo(publisher.handle, 'pli')).toHaveLength(asked);
    scene.router.resumeConsumer(consumerId, scene.now);
    expect(scene.rtcpTo(publisher.handle, 'pli')).toHaveLength(asked + 1);
    scene.router.resumeConsumer(consumerId, scene.now);
    expect(scene.rtcpTo(publisher.handle, 'pli')).toHaveLength(asked + 1);
  });

  it.each([
    ['a stream takes over', [{ sequence: 4, ssrc: publishedSsrc + 100, mid: '0' }]],
    ['a packet is given up', [{ sequence: 5 }]],
    ['so much is lost that it is given up at once', [{ sequence: 700 }]],
  ])('alone lets nobody be asked for a keyframe when %s', (_what, packets) => {
    const asked = (isPaused: boolean): number => {
      const { scene, publisher } = flowing();
      scene.run(1_000);
      if (isPaused) scene.router.pauseConsumer(consumerId);
      const before = scene.rtcpTo(publisher.handle, 'pli').length;
      scene.send(publisher.id, ...packets);
      scene.run(3_000);
      return scene.rtcpTo(publisher.handle, 'pli').length - before;
    };
    expect(asked(false)).toBeGreaterThan(0);
    expect(asked(true)).toBe(0);
  });

  it('begins anew behind a stream that began anew meanwhile', () => {
    const { scene, publisher, take } = flowing();
    const last = take()[2];
    scene.router.pauseConsumer(consumerId);
    scene.send(publisher.id, { sequence: 30_000 }, { sequence: 30_001 });
    scene.run(1_000);
    scene.router.resumeConsumer(consumerId, scene.now);
    scene.send(publisher.id, { sequence: 30_002, timestamp: 5, payload: keyframe });
    const [again] = take();
    expect(again.sequence).toBe(last.sequence + 1);
    expect(again.timestamp - last.timestamp).toBeCloseTo(90_000, -3);
  });

  it('sends what was lost before the pause to nobody, and what is lost after it', () => {
    const { scene, publisher, subscriber, take } = flowing();
    const last = take()[2];
    const nack = (sequence: number) =>
      scene.sendRtcp(subscriber.id, { type: 'nack', senderSsrc: 1, mediaSsrc: 5_000, lostSequences: [sequence] });
    scene.router.pauseConsumer(consumerId);
    nack(last.sequence);
    expect(take()).toEqual([]);
    scene.router.resumeConsumer(consumerId, scene.now);
    scene.send(publisher.id, { sequence: 8, payload: keyframe }, { sequence: 9 });
    take();
    nack(last.sequence);
    expect(take()).toEqual([]);
    nack(last.sequence + 1);
    expect(take()).toMatchObject([{ isRtx: true, originalSequence: last.sequence + 1 }]);
    expect(scene.drops()).toEqual({ 'nack-too-old': 2 });
  });

  it('is told no sender reports (RFC 3550 section 6.4), and good-bye when it ends', () => {
    const { scene, publisher, subscriber } = flowing();
    const ntp = { seconds: 4_000_000_000, fraction: 0 };
    const sr = { ssrc: publishedSsrc, ntp, rtpTimestamp: 0, packetCount: 3, octetCount: 0, reports: [] };
    scene.sendRtcp(publisher.id, { type: 'sr', ...sr });
    scene.run(1_500);
    const before = scene.rtcpTo(subscriber.handle, 'sr').length;
    expect(before).toBeGreaterThan(0);
    scene.router.pauseConsumer(consumerId);
    scene.run(3_000);
    expect(scene.rtcpTo(subscriber.handle, 'sr')).toHaveLength(before);
    scene.router.closeConsumer(consumerId);
    expect(scene.rtcpTo(subscriber.handle, 'bye')).toMatchObject([{ ssrcs: [5_000] }]);
  });

  it('counts in the statistics of both', () => {
    const { scene } = flowing();
    scene.router.pauseConsumer(consumerId);
    const { producers, consumers } = scene.router.statistics(scene.now);
    expect(producers).toMatchObject([{ consumers: 1, pausedConsumers: 1 }]);
    expect(consumers).toMatchObject([{ isPaused: true, isFlowing: false, packets: 3 }]);
  });

  it('can be opened paused, and then asks for nothing', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    const { id: session } = scene.connect();
    const options = { producerId: 'track', session, parameters: receivingVideo(5_000), isPaused: true };
    scene.router.openConsumer('late', options, scene.now);
    scene.send(publisher.id, { sequence: 1, payload: keyframe });
    expect(scene.rows).toEqual([]);
    expect(scene.rtcpTo(publisher.handle, 'pli')).toEqual([]);
    scene.router.resumeConsumer('late', scene.now);
    scene.send(publisher.id, { sequence: 2 }, { sequence: 3, payload: keyframe });
    expect(scene.rows).toHaveLength(1);
  });

  it('of sound goes on at once', () => {
    const scene = new Scene();
    const publisher = scene.publish(audio);
    scene.subscribe({ ...receivingVideo(5_000, false), codec: audio.codec });
    const send = (sequence: number) => scene.send(publisher.id, { sequence, ssrc: 3_000, payloadType: 111 });
    send(1);
    scene.router.pauseConsumer(consumerId);
    send(2);
    scene.run(1_000);
    scene.router.resumeConsumer(consumerId, scene.now);
    send(3);
    expect(scene.rows.map(({ sequence }) => sequence - scene.rows[0].sequence)).toEqual([0, 1]);
    // The publisher's own clock, however long it took here.
    expect(scene.rows[1].timestamp - scene.rows[0].timestamp).toBe(2 * 3_000);
  });
});
