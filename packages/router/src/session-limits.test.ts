import { bitsPerSecond, monotonicMs, never } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { audio, keyframe, publishedSsrc, receivingVideo, Scene, sending, video, videoSource } from '../test/scene.ts';
import type { RouterSessionId, SessionLimits } from './parameters.ts';
import { BitrateCap, followedMin, liftedBitrate } from './receive/bitrate-cap.ts';

const none = bitsPerSecond(0);
const unlimited: SessionLimits = { receiveMin: none, receiveMax: none, sendMax: none, followsReceivers: false };

const limits = (some: Readonly<Partial<Record<'receiveMin' | 'receiveMax' | 'sendMax', number>>>, follows = false) => ({
  ...unlimited,
  ...Object.fromEntries(Object.entries(some).map(([name, value]) => [name, bitsPerSecond(value)])),
  followsReceivers: follows,
});

/** A publisher of video that two receive: a peer, and a lasting sender. */
function scene() {
  const made = new Scene();
  const publisher = made.publish();
  const peer = made.subscribe(receivingVideo(5_000));
  const receiver = made.openSender(sending('video', 6_000));
  made.setSource(6_000, videoSource('track'));
  made.send(publisher.id, { sequence: 1, payload: keyframe });
  const rembs = () => made.rtcpTo(publisher.handle, 'remb');
  const told = () => rembs().map(({ bitrate }) => bitrate);
  const set = (session: RouterSessionId, value: SessionLimits) =>
    made.router.setSessionLimits(session, value, made.now);
  /** One that loses `fractionLost` of the packets, in 256ths, says so. */
  const takes = (session: RouterSessionId, bitrate: number, fractionLost = 26) => {
    const report = { cumulativeLost: 0, extendedHighestSequence: 0, jitter: 0, lastSenderReport: 0 };
    const reports = [5_000, 6_000].map((ssrc) => ({ ssrc, fractionLost, ...report, delaySinceLastSenderReport: 0 }));
    const remb = { type: 'remb', senderSsrc: 1, bitrate: bitsPerSecond(bitrate), ssrcs: [5_000] } as const;
    made.sendRtcp(session, { type: 'rr', ssrc: 1, reports }, remb);
  };
  return { made, publisher, peer, receiver, rembs, told, set, takes };
}

describe('a publisher with a limit', () => {
  it('is told it at once and each second, for all of its video', () => {
    const { made, publisher, rembs, told, set } = scene();
    set(publisher.id, limits({ receiveMax: 500_000 }));
    expect(rembs()).toMatchObject([{ bitrate: 500_000, ssrcs: [publishedSsrc] }]);
    made.run(3_000);
    expect(told()).toEqual([500_000, 500_000, 500_000, 500_000]);
    expect(made.router.statistics(made.now).producers).toMatchObject([{ remb: 500_000 }]);
  });

  it('is not reckoned anew for a receiver that takes anything', () => {
    const cap = new BitrateCap();
    cap.setLimits(limits({}, true), monotonicMs(0));
    expect(cap.poll(() => Number.POSITIVE_INFINITY, monotonicMs(0))).toBeUndefined();
    cap.handleReceiver(Number.POSITIVE_INFINITY, monotonicMs(10));
    expect(cap.deadline()).toBe(never);
    cap.handleReceiver(1e6, monotonicMs(10));
    expect(cap.deadline()).toBe(10);
  });

  it('is told nothing without one, whatever its receivers take', () => {
    const { made, publisher, peer, receiver, told, set, takes } = scene();
    set(publisher.id, limits({ receiveMin: 100_000 }));
    set(receiver.id, limits({ sendMax: 200_000 }));
    takes(peer.id, 300_000);
    made.run(3_000);
    expect(told()).toEqual([]);
  });

  it('is told a limit that was set before it had keys once it has, or once its SSRC is known', () => {
    const made = new Scene();
    const early = made.router.openSession();
    const { ssrc: _, ...unknown } = video;
    made.router.openProducer('track', early, unknown);
    made.router.setSessionLimits(early, limits({ receiveMax: 400_000 }), made.now);
    made.run(1_500);
    const { handle } = made.connect();
    made.router.connectSession(early, handle, made.now);
    expect(made.rtcpTo(handle, 'remb')).toEqual([]);
    made.send(early, { sequence: 1, mid: '0', ssrc: 77 });
    made.run(1_000);
    expect(made.rtcpTo(handle, 'remb')).toMatchObject([{ bitrate: 400_000, ssrcs: [77] }]);
  });

  it('is told at once when it has keys, where its SSRC was announced', () => {
    const made = new Scene();
    const early = made.router.openSession();
    made.router.openProducer('track', early, video);
    made.router.setSessionLimits(early, limits({ receiveMax: 400_000 }), made.now);
    const { handle } = made.connect();
    made.router.connectSession(early, handle, made.now);
    expect(made.rtcpTo(handle, 'remb')).toHaveLength(1);
  });

  it('is told three times that it has none any more, as it would keep to the last one for ever', () => {
    const { made, publisher, told, set } = scene();
    set(publisher.id, limits({ receiveMax: 500_000 }));
    set(publisher.id, unlimited);
    made.run(10_000);
    expect(told()).toEqual([500_000, liftedBitrate, liftedBitrate, liftedBitrate]);
    expect(made.router.statistics(made.now).producers).toMatchObject([{ remb: 0 }]);
  });

  it('of sound alone is told nothing: the limit is one of video', () => {
    const made = new Scene();
    const publisher = made.publish(audio);
    made.router.setSessionLimits(publisher.id, limits({ receiveMax: 500_000 }), made.now);
    made.run(3_000);
    expect(made.rtcpTo(publisher.handle, 'remb')).toEqual([]);
  });

  it('has no part in the deadlines any more when it is closed', () => {
    const { made, publisher, peer, receiver, set } = scene();
    set(publisher.id, limits({ receiveMax: 500_000 }));
    for (const { id } of [publisher, peer, receiver]) made.router.closeSession(id);
    made.run(5_000);
    expect(made.router.deadline()).toBe(never);
  });
});

describe('a publisher that follows its receivers', () => {
  it('is not stopped by one that says it takes nothing, but by a limit of its own', () => {
    const { made, publisher, peer, told, set, takes } = scene();
    set(publisher.id, limits({}, true));
    takes(peer.id, 0);
    made.run(1_000);
    expect(told()).toEqual([followedMin, followedMin]);
    set(publisher.id, limits({ receiveMax: 10_000 }, true));
    expect(told().at(-1)).toBe(10_000);
  });

  it('is told the least of what they take by their own word and by their limit, and of its own limit', () => {
    const { made, publisher, peer, receiver, told, set, takes } = scene();
    const last = () => {
      made.run(1_000);
      return told().at(-1);
    };
    set(publisher.id, limits({ receiveMax: 900_000 }, true));
    expect(last()).toBe(900_000);
    takes(peer.id, 800_000);
    expect(last()).toBe(800_000);
    set(receiver.id, limits({ sendMax: 700_000 }));
    expect(last()).toBe(700_000);
    takes(receiver.id, 600_000);
    expect(last()).toBe(600_000);
    takes(receiver.id, 2_000_000);
    expect(last()).toBe(700_000);
    set(receiver.id, unlimited);
    expect(last()).toBe(800_000);
    takes(peer.id, 5_000_000);
    expect(last()).toBe(900_000);
  });

  it('is never told less than its least, however little somebody takes', () => {
    const { publisher, peer, told, set, takes } = scene();
    set(publisher.id, limits({ receiveMin: 100_000 }, true));
    takes(peer.id, 0);
    expect(told()).toEqual([100_000]);
    set(publisher.id, limits({ receiveMin: 100_000, receiveMax: 50_000 }));
    expect(told().at(-1)).toBe(100_000);
  });

  it('is not held back by who says little because little comes, and more and more lightly by who lost packets once', () => {
    const { made, publisher, peer, told, set, takes } = scene();
    set(publisher.id, limits({}, true));
    takes(peer.id, 20_000, 0);
    made.run(3_000);
    expect(told()).toEqual([]);
    takes(peer.id, 100_000, 6);
    expect(told()).toEqual([100_000]);
    for (let second = 0; second < 10; second++) {
      made.run(1_000);
      takes(peer.id, 90_000, 0);
    }
    expect(told().at(-1)).toBeGreaterThan(180_000);
    expect(told().at(-1)).toBeLessThan(220_000);
    takes(peer.id, 500_000, 0);
    made.run(1_000);
    expect(told().at(-1)).toBe(500_000);
  });

  it('is told nothing while nobody has a limit', () => {
    const { made, publisher, told, set } = scene();
    set(publisher.id, limits({}, true));
    made.run(5_000);
    expect(told()).toEqual([]);
  });

  it('is told at once that somebody takes less, at most five times a second, and within a second that all take more', () => {
    const { made, publisher, peer, told, set, takes } = scene();
    set(publisher.id, limits({}, true));
    made.run(5_000);
    takes(peer.id, 400_000);
    expect(told()).toEqual([400_000]);
    takes(peer.id, 300_000);
    takes(peer.id, 200_000);
    made.run(199);
    expect(told()).toEqual([400_000]);
    made.run(1);
    expect(told()).toEqual([400_000, 200_000]);
    takes(peer.id, 1_000_000);
    made.run(999);
    expect(told()).toEqual([400_000, 200_000]);
    made.run(1);
    expect(told().at(-1)).toBe(1_000_000);
  });

  it('is told at once of a receiver that comes, and is freed when the one goes that held it back', () => {
    const { made, publisher, told, set } = scene();
    set(publisher.id, limits({}, true));
    const slow = made.openSender(sending('video', 9_000));
    set(slow.id, limits({ sendMax: 150_000 }));
    expect(told()).toEqual([]);
    made.setSource(9_000, videoSource('track'));
    expect(told()).toEqual([150_000]);
    made.setSource(9_000, undefined);
    made.run(10_000);
    expect(told()).toEqual([150_000, liftedBitrate, liftedBitrate, liftedBitrate]);
  });

  it('is not held back by who is paused, or receives nothing but sound', () => {
    const { made, publisher, peer, told, set, takes } = scene();
    made.router.openProducer('sound', publisher.id, audio);
    const listener = made.openSender(sending('audio', 9_000));
    made.setSource(9_000, { producerId: 'sound', codec: audio.codec, feedback: audio.feedback });
    set(publisher.id, limits({}, true));
    made.router.pauseConsumer('track to 5000');
    takes(listener.id, 10_000);
    takes(peer.id, 20_000);
    made.run(3_000);
    expect(told()).toEqual([]);
  });

  it('sees the word of a receiver in its statistics, for video', () => {
    const { made, peer, takes } = scene();
    takes(peer.id, 320_000);
    const { consumers } = made.router.statistics(made.now);
    expect(consumers.map(({ ssrc, remb }) => [ssrc, remb])).toEqual([
      [5_000, 320_000],
      [6_000, 0],
    ]);
  });
});
