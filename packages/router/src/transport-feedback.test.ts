import { describe, expect, it } from 'vitest';
import {
  delta,
  keyframe,
  type PublishedPacket,
  publishedRtxSsrc,
  publishedSsrc,
  Scene,
  withTransportSequence,
} from '../test/scene.ts';

/** Feedback about a batch, 100 ms after it. */
function feedbackOn(...packets: readonly PublishedPacket[]) {
  const scene = new Scene();
  const publisher = scene.publish(withTransportSequence);
  scene.send(publisher.id, ...packets);
  scene.run(100);
  return scene.rtcpTo(publisher.handle, 'transport-feedback');
}

const sequencesOf = (feedback: ReturnType<typeof feedbackOn>) =>
  feedback.map(({ arrivals }) => arrivals.map(({ sequence }) => sequence));

describe('transport-wide feedback', () => {
  it('goes out every 100 ms while packets come, and names the SSRC of the last of them', () => {
    const scene = new Scene();
    const publisher = scene.publish(withTransportSequence);
    scene.send(publisher.id, { sequence: 1, transportSequence: 7, payload: keyframe });
    scene.run(99);
    expect(scene.rtcpTo(publisher.handle, 'transport-feedback')).toEqual([]);
    scene.send(publisher.id, { sequence: 2, transportSequence: 8 });
    scene.run(1);
    scene.send(publisher.id, { sequence: 3, transportSequence: 9 });
    scene.run(1_000);
    const feedback = scene.rtcpTo(publisher.handle, 'transport-feedback');
    expect(sequencesOf(feedback)).toEqual([[7, 8], [9]]);
    expect(feedback.map(({ mediaSsrc }) => mediaSsrc)).toEqual([publishedSsrc, publishedSsrc]);
  });

  it('to many publishers goes out together, at multiples of 20 ms', () => {
    const scene = new Scene();
    const publishers = [10, 20, 30].map((ssrc) => ({
      ssrc,
      ...scene.publish({ ...withTransportSequence, ssrc, rtxSsrc: ssrc + 1 }, String(ssrc)),
    }));
    for (const { id, ssrc } of publishers) {
      scene.run(3);
      scene.send(id, { sequence: 1, ssrc, transportSequence: 7, payload: keyframe });
    }
    scene.run(100 - 9);
    for (const { handle } of publishers) expect(scene.rtcpTo(handle, 'transport-feedback')).toHaveLength(1);
    expect(scene.router.deadline()).toBeGreaterThan(scene.now);
  });

  it('tells of packets that nobody claims', () => {
    const [feedback] = feedbackOn({ sequence: 1, ssrc: 42, payloadType: 50, transportSequence: 7 });
    expect(feedback).toMatchObject({ mediaSsrc: 42, arrivals: [{ sequence: 7 }] });
  });

  it('tells of padding and of duplicates', () => {
    const rtx = { ssrc: publishedRtxSsrc, payloadType: 97 };
    const media = { sequence: 1, payload: keyframe };
    expect(sequencesOf(feedbackOn({ ...rtx, sequence: 1, transportSequence: 7, payload: new Uint8Array(0) }))).toEqual([
      [7],
    ]);
    const scene = new Scene();
    const publisher = scene.publish(withTransportSequence);
    scene.send(publisher.id, { ...media, transportSequence: 7 });
    scene.run(100);
    scene.send(publisher.id, { ...media, transportSequence: 8 });
    scene.run(100);
    expect(sequencesOf(scene.rtcpTo(publisher.handle, 'transport-feedback'))).toEqual([[7], [8]]);
  });

  it('is not made where it was not negotiated', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.send(publisher.id, { sequence: 1, transportSequence: 7, payload: delta });
    scene.run(1_000);
    expect(scene.rtcpTo(publisher.handle, 'transport-feedback')).toEqual([]);
  });
});
