import { describe, expect, it } from 'vitest';
import { audio, delta, keyframe, publishedSsrc, Scene, sending, video, videoSource } from '../test/scene.ts';
import { unknownSsrcsMax } from './limits.ts';

const ssrc = 5_000;

function scene(followsSsrc: boolean) {
  const made = new Scene();
  const { ssrc: _, ...parameters } = video;
  const publisher = made.publish({ ...parameters, followsSsrc }, 'camera');
  made.openSender(sending('video', ssrc));
  made.setSource(ssrc, videoSource('camera'));
  const send = (from: number, ...sequences: readonly number[]): number => {
    const payloadOf = (i: number) => (i === 0 ? keyframe : delta);
    made.send(publisher.id, ...sequences.map((sequence, i) => ({ ssrc: from, sequence, payload: payloadOf(i) })));
    return made.rows.splice(0).length;
  };
  return { made, publisher, send };
}

describe('a producer whose session carries nothing else', () => {
  it('goes on with another SSRC, as after a restart of its program', () => {
    const { send } = scene(true);
    expect(send(publishedSsrc, 1, 2, 3)).toBe(3);
    expect(send(77, 60_000, 60_001)).toBe(2);
    expect(send(publishedSsrc, 4)).toBe(0);
  });

  it('changes no more than once a second, whoever alternates', () => {
    const { made, send } = scene(true);
    expect(send(publishedSsrc, 1)).toBe(1);
    expect(send(77, 1)).toBe(1);
    for (let i = 0; i < 200; i++) expect(send(1_000 + i, 1)).toBe(0);
    expect(send(77, 2)).toBe(1);
    made.run(1_000);
    expect(send(78, 1)).toBe(1);
  });

  it('is what a producer is only when it is said', () => {
    const { send } = scene(false);
    expect(send(publishedSsrc, 1)).toBe(1);
    expect(send(77, 2)).toBe(0);
  });

  it('goes on with another SSRC after any number that brought only payload types that are not its', () => {
    const scene = new Scene();
    const publisher = scene.publish({ ...audio, followsSsrc: true });
    for (let ssrc = 1; ssrc <= 2 * unknownSsrcsMax; ssrc++)
      scene.send(publisher.id, { sequence: 1, ssrc, payloadType: 13 });
    scene.send(publisher.id, { sequence: 1, ssrc: 9_000, payloadType: 111 });
    expect(scene.router.statistics(scene.now).producers).toMatchObject([{ ssrc: 9_000, packets: 1 }]);
  });

  it('does not take over what its session sends itself, when an address leads back to us (RFC 3550 section 8.2)', () => {
    const { made, send, publisher } = scene(true);
    made.router.openSender('back', publisher.id, sending('video', 8_000));
    made.router.setSenderSource('back', videoSource('camera'), made.now);
    expect(send(publishedSsrc, 1)).toBe(2);
    expect(send(8_000, 1)).toBe(0);
    expect(made.drops()).toMatchObject({ 'rtp-own-ssrc': 1 });
    expect(send(publishedSsrc, 2)).toBe(2);
  });
});
