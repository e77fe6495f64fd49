import { expect, it } from 'vitest';
import { keyframe, publishedSsrc, Scene, sending, video, videoSource } from '../test/scene.ts';

it('other layers of a track are dropped, although their MID names it', () => {
  const made = new Scene();
  const publisher = made.publish({ ...video, otherSsrcs: [77, 78] }, 'camera');
  made.openSender(sending('video', 5_000));
  made.setSource(5_000, videoSource('camera'));
  const sent = [publishedSsrc, 77, 78, publishedSsrc, 77, publishedSsrc].map((ssrc, i) => {
    made.send(publisher.id, { ssrc, sequence: 1 + i, mid: '0', payload: keyframe });
    return made.rows.splice(0).length;
  });
  expect(sent).toEqual([1, 0, 0, 1, 0, 1]);
  expect(made.router.statistics(made.now).drops['rtp-unknown-ssrc']).toBe(3);
});
