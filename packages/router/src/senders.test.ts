import { monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import {
  audio,
  delta,
  keyframe,
  publishedSsrc,
  receivingVideo,
  Scene,
  sending,
  video,
  videoSource,
} from '../test/scene.ts';
import { consumersPerProducerMax, sendersPerSessionMax } from './limits.ts';
import type { RouterSessionId } from './parameters.ts';
import { flowGapMax } from './receive/flow.ts';

const ssrc = 5_000;

/** Two publishers of video and a lasting sender that carries the first one's, of which packets 1 to 3 went out. */
function scene() {
  const made = new Scene();
  const publishers = {
    ann: made.publish(video, 'ann'),
    bob: made.publish(video, 'bob'),
  };
  const receiver = made.openSender(sending('video', ssrc));
  made.setSource(ssrc, videoSource('ann'));
  const take = () => made.rows.splice(0);
  const send = (name: 'ann' | 'bob', ...sequences: readonly number[]): void =>
    made.send(
      publishers[name].id,
      ...sequences.map((sequence) => ({ sequence, ...(sequence % 100 === 1 ? { payload: keyframe } : {}) })),
    );
  const asked = (name: 'ann' | 'bob') => made.rtcpTo(publishers[name].handle, 'pli').length;
  send('ann', 1, 2, 3);
  return { made, publishers, receiver, take, send, asked };
}

describe('a sender', () => {
  it('goes on under its SSRCs, without a hole in numbers, when another track takes its place', () => {
    const { made, send, take } = scene();
    const before = take();
    expect(before.map(({ payload }) => payload)).toEqual([keyframe, delta, delta]);
    made.run(500);
    made.setSource(ssrc, videoSource('bob'));
    send('ann', 4);
    send('bob', 40_000, 40_001, 40_002);
    const after = take();
    expect([...before, ...after].map(({ sequence }) => sequence - before[0].sequence)).toEqual([0, 1, 2, 3, 4]);
    expect(new Set([...before, ...after].map(({ stream }) => stream.ssrc))).toEqual(new Set([ssrc]));
    expect(after[0].payload).toEqual(keyframe);
    // Half a second on the clock of video.
    expect(after[0].timestamp - before[2].timestamp).toBe(45_000);
  });

  it('carries nothing at first, goes quiet and comes back, with the time that passed', () => {
    const { made, send, take } = scene();
    const [, , last] = take();
    made.setSource(ssrc, undefined);
    made.run(10_000);
    send('ann', 4, 101);
    expect(take()).toEqual([]);
    made.setSource(ssrc, videoSource('ann'));
    send('ann', 102, 201);
    const [again] = take();
    expect(again.sequence).toBe(last.sequence + 1);
    expect(again.timestamp - last.timestamp).toBe(900_000);
  });

  it('asks for a keyframe at once, and not while one that was asked for may still come', () => {
    const { made, asked } = scene();
    made.run(5_000);
    const before = asked('bob');
    made.setSource(ssrc, videoSource('bob'));
    expect(asked('bob')).toBe(before + 1);
    made.openSender(sending('video', 6_000));
    made.setSource(6_000, videoSource('bob'));
    expect(asked('bob')).toBe(before + 1);
    made.run(500);
    expect(asked('bob')).toBe(before + 2);
  });

  it('goes on undisturbed when it is given what it carries already', () => {
    const { made, send, take, asked } = scene();
    made.run(5_000);
    const before = asked('ann');
    made.setSource(ssrc, videoSource('ann'));
    expect(asked('ann')).toBe(before);
    take();
    send('ann', 4);
    expect(take()).toHaveLength(1);
  });

  it('begins once its session has keys, with what it was given before or after', () => {
    const made = new Scene();
    const publisher = made.publish();
    const late = made.router.openSession();
    made.router.openSender('early', late, sending('video', 7_000));
    made.router.setSenderSource('early', videoSource('track'), made.now);
    made.router.openSender('later', late, sending('video', 8_000));
    made.send(publisher.id, { sequence: 1, payload: keyframe });
    expect(made.rows).toEqual([]);
    made.run(1_000);
    made.router.connectSession(late, made.connect().handle, made.now);
    made.router.setSenderSource('later', videoSource('track'), made.now);
    made.send(publisher.id, { sequence: 2, payload: keyframe });
    expect(made.rows.map(({ stream }) => stream.ssrc)).toEqual([7_000, 8_000]);
  });

  it('opens streams again when its session has new keys, and goes on with its numbers', () => {
    const { made, receiver, send, take } = scene();
    const last = take()[2];
    made.router.connectSession(receiver.id, made.connect().handle, made.now);
    expect(made.streams.size).toBe(2);
    send('ann', 4);
    const [next] = take();
    expect(next.sequence).toBe(last.sequence + 1);
    expect(next.stream.session).not.toBe(last.stream.session);
  });

  it('sends nothing again that another track brought, and what its own brought', () => {
    const { made, receiver, send, take } = scene();
    const nack = (...lostSequences: readonly number[]): void =>
      made.sendRtcp(receiver.id, { type: 'nack', senderSsrc: 1, mediaSsrc: ssrc, lostSequences });
    const before = take().map(({ sequence }) => sequence);
    nack(before[1]);
    expect(take()).toMatchObject([{ isRtx: true, originalSequence: before[1] }]);
    made.setSource(ssrc, videoSource('bob'));
    nack(before[1], before[2]);
    send('bob', 1, 2);
    const after = take().map(({ sequence }) => sequence);
    nack(before[2], after[1]);
    expect(take()).toMatchObject([{ isRtx: true, originalSequence: after[1] }]);
    expect(made.drops()).toEqual({ 'nack-too-old': 3 });
    expect(made.router.statistics(made.now).consumers[0]).toMatchObject({ nacks: 5, retransmitted: 2 });
  });

  it('gives each RTX packet a number of its own, whatever it carries', () => {
    const { made, receiver, send, take } = scene();
    const repair = (sequence: number): void =>
      made.sendRtcp(receiver.id, { type: 'nack', senderSsrc: 1, mediaSsrc: ssrc, lostSequences: [sequence] });
    repair(take()[1].sequence);
    const [first] = take();
    made.setSource(ssrc, videoSource('bob'));
    send('bob', 1, 2);
    repair(take()[1].sequence);
    const [second] = take();
    expect([first, second]).toMatchObject([{ isRtx: true }, { isRtx: true, sequence: first.sequence + 1 }]);
  });

  it('repairs by RTX only a codec that has it', () => {
    const { made, receiver, send, take } = scene();
    made.setSource(ssrc, { ...videoSource('bob'), codec: { name: 'VP8', clockRate: 90_000, payloadType: 100 } });
    take();
    send('bob', 1);
    const [{ sequence }] = take();
    made.sendRtcp(receiver.id, { type: 'nack', senderSsrc: 1, mediaSsrc: ssrc, lostSequences: [sequence] });
    expect(take()).toEqual([]);
    expect(made.drops()).toEqual({ 'nack-too-old': 1 });
  });

  it('begins sound at once, and its timestamps go on from one clock rate to another', () => {
    const made = new Scene();
    const rates = [
      ['opus', 48_000, 111],
      ['PCMU', 8_000, 0],
    ] as const;
    const { feedback } = audio;
    made.openSender(sending('audio', ssrc));
    let last = 0;
    for (const [name, clockRate, payloadType] of [...rates, ...rates]) {
      const codec = { name, clockRate, payloadType };
      const track = `${name} ${made.now}`;
      const publisher = made.publish({ ...audio, codec }, track);
      made.setSource(ssrc, { producerId: track, codec, feedback });
      made.run(250);
      const packet = { ssrc: 3_000, payloadType };
      made.send(
        publisher.id,
        { ...packet, sequence: 9, timestamp: 1e9 },
        { ...packet, sequence: 10, timestamp: 1e9 + 1 },
      );
      const [first, second] = made.rows.splice(0);
      expect([first.payloadType, second.timestamp - first.timestamp]).toEqual([payloadType, 1]);
      if (made.now > 250) expect(first.timestamp - last).toBe(clockRate / 4);
      last = second.timestamp;
    }
  });

  it('counts on across its tracks, and says good-bye only when it closes', () => {
    const { made, receiver, send } = scene();
    made.setSource(ssrc, videoSource('bob'));
    send('bob', 1, 2);
    made.setSource(ssrc, undefined);
    const { consumers, senders } = made.router.statistics(made.now);
    expect(consumers).toEqual([]);
    expect(senders).toMatchObject([{ senderId: '5000', kind: 'video', ssrc, packets: 5 }]);
    made.router.closeProducer('ann');
    made.router.closeProducer('bob');
    expect(made.rtcpTo(receiver.handle, 'bye')).toEqual([]);
    made.router.closeSender(String(ssrc));
    expect(made.rtcpTo(receiver.handle, 'bye')).toMatchObject([{ ssrcs: [ssrc] }]);
    expect(made.router.statistics(made.now).senders).toEqual([]);
    expect(made.streams.size).toBe(0);
  });

  it('that sent nothing says no good-bye', () => {
    const made = new Scene();
    const { handle } = made.openSender(sending('video', ssrc));
    made.router.closeSender(String(ssrc));
    made.router.closeSender(String(ssrc));
    expect(made.rtcpTo(handle, 'bye')).toEqual([]);
  });

  it('is told in the statistics with the track that it carries', () => {
    const { made, receiver } = scene();
    made.sendRtcp(
      receiver.id,
      { type: 'pli', senderSsrc: 1, mediaSsrc: ssrc },
      { type: 'fir', senderSsrc: 1, entries: [{ ssrc, sequence: 1 }] },
    );
    const statistics = made.router.sessionStatistics(receiver.id, made.now);
    expect(statistics).toMatchObject({ producers: [], senders: [] });
    const shown = { senderId: '5000', producerId: 'ann', ssrc, payloadType: 100, packets: 3, isFlowing: true };
    expect(statistics.consumers).toMatchObject([{ ...shown, pliCount: 1, firCount: 1, keyframeRequests: 2 }]);
    made.router.closeSession(receiver.id);
    expect(made.router.sessionStatistics(receiver.id, made.now)).toEqual({ producers: [], consumers: [], senders: [] });
  });

  it('with an SSRC for RTX sends again what it carries in a codec without RTX', () => {
    const made = new Scene();
    const publisher = made.publish();
    const receiver = made.openSender(sending('video', 6_000));
    made.setSource(6_000, { ...videoSource('track'), codec: { name: 'VP8', clockRate: 90_000, payloadType: 102 } });
    made.send(publisher.id, { sequence: 1, payload: keyframe }, { sequence: 2 });
    const [{ sequence }] = made.rows.splice(0);
    const lostSequences = [sequence & 0xffff];
    made.sendRtcp(receiver.id, { type: 'nack', senderSsrc: 1, mediaSsrc: 6_000, lostSequences });
    expect(made.rows).toMatchObject([{ sequence, isResend: true, isRtx: false, payloadType: 102 }]);
  });

  it('keeps sound and picture of one publisher on one clock, though each comes by a session of its own', () => {
    const made = new Scene();
    const picture = made.publish();
    const sound = made.router.openSession({ clockOf: picture.id });
    made.router.openProducer('sound', sound, audio);
    const [watching, listening] = [made.openSender(sending('video', 6_000)), made.openSender(sending('audio', 7_000))];
    made.setSource(6_000, videoSource('track'));
    made.setSource(7_000, { producerId: 'sound', codec: audio.codec, feedback: audio.feedback });
    made.send(picture.id, { sequence: 1, payload: keyframe });
    made.send(sound, { sequence: 1, ssrc: 3_000, payloadType: 111 });
    const report = (session: RouterSessionId, ssrc: number): void => {
      const ntp = { seconds: 4_000_000_000, fraction: 0 };
      made.sendRtcp(session, { type: 'sr', ssrc, ntp, rtpTimestamp: 0, packetCount: 1, octetCount: 1, reports: [] });
    };
    report(picture.id, publishedSsrc);
    made.run(300);
    report(sound, 3_000);
    made.run(1_000);
    const [of, also] = [watching, listening].map(({ handle }) => made.rtcpTo(handle, 'sr')[0].ntp);
    const apartMs = (also.seconds - of.seconds + (also.fraction - of.fraction) / 2 ** 32) * 1_000;
    expect(Math.abs(apartMs + 300)).toBeLessThan(10);
  });

  it('reports one clock, whoever’s track it carries, on which the publisher’s own clock goes on', () => {
    const { made, publishers, receiver, send } = scene();
    const clocks = { ann: 4_000_000_000, bob: 3_900_000_000 };
    const report = (name: 'ann' | 'bob', rtpTimestamp: number): void => {
      const ntp = { seconds: clocks[name] + made.now / 1_000, fraction: 0 };
      const counts = { packetCount: 1, octetCount: 1, reports: [] };
      made.sendRtcp(publishers[name].id, { type: 'sr', ssrc: publishedSsrc, ntp, rtpTimestamp, ...counts });
    };
    const told = () =>
      made.rtcpTo(receiver.handle, 'sr').map(({ ntp, rtpTimestamp }) => ({
        seconds: ntp.seconds + ntp.fraction / 2 ** 32,
        rtpTimestamp,
      }));
    report('ann', 9_000);
    report('bob', 70_000);
    made.run(3_000);
    made.setSource(ssrc, videoSource('bob'));
    report('bob', 3_000);
    send('bob', 1);
    made.run(3_000);
    const [first] = told();
    expect(told().length).toBeGreaterThanOrEqual(5);
    for (const { seconds, rtpTimestamp } of told()) {
      expect((rtpTimestamp - first.rtpTimestamp) / 90_000 - (seconds - first.seconds)).toBeCloseTo(0, 1);
    }
  });
});

describe('a sender is refused', () => {
  it('when its name is taken, its session is gone, or what it is to carry is not there', () => {
    const { made, receiver, send, take } = scene();
    const parameters = sending('video', 9_000);
    const refusals = [
      ['sender-exists', () => made.router.openSender(String(ssrc), receiver.id, parameters)],
      ['sender-unknown', () => made.setSource(9_000, videoSource('ann'))],
      ['sender-unknown', () => made.setSource(9_000, undefined)],
      ['track-unknown', () => made.setSource(ssrc, videoSource('nobody'))],
    ] as const;
    for (const [code, request] of refusals) expect(request).toThrow(expect.objectContaining({ code }));
    made.publish(audio, 'sound');
    expect(() => made.setSource(ssrc, { ...videoSource('sound'), codec: audio.codec })).toThrow(
      expect.objectContaining({ code: 'track-unknown' }),
    );
    const gone = made.connect();
    made.router.closeSession(gone.id);
    expect(() => made.router.openSender('late', gone.id, parameters)).toThrow(
      expect.objectContaining({ code: 'peer-unknown' }),
    );
    // Nothing has changed by it.
    take();
    send('ann', 4);
    expect(take()).toHaveLength(1);
  });

  it(`beyond ${sendersPerSessionMax} of one session, and none of another one for it`, () => {
    const made = new Scene();
    const { id } = made.connect();
    for (let i = 0; i < sendersPerSessionMax; i++) made.router.openSender(`s${i}`, id, sending('audio', 1 + i));
    const more = (): void => made.router.openSender('more', id, sending('audio', 9_000));
    expect(more).toThrow(expect.objectContaining({ code: 'too-many-senders' }));
    made.router.openSender('other', made.connect().id, sending('audio', 1));
    made.router.closeSender('s0');
    expect(more).not.toThrow();
  });

  it(`a track that ${consumersPerProducerMax} receive already, and keeps the one that it has`, () => {
    const { made, send, take } = scene();
    for (let i = 0; i < consumersPerProducerMax; i++) {
      const session = made.router.openSession();
      made.router.openConsumer(
        `c${i}`,
        { producerId: 'bob', session, parameters: receivingVideo(10_000) },
        monotonicMs(0),
      );
    }
    expect(() => made.setSource(ssrc, videoSource('bob'))).toThrow(
      expect.objectContaining({ code: 'too-many-subscriptions' }),
    );
    take();
    send('ann', 4);
    expect(take()).toHaveLength(1);
  });
});

describe('whatever is closed first', () => {
  const steps = ['sender', 'producer', 'publisher', 'receiver', 'source'] as const;
  type Step = (typeof steps)[number];
  const orders = (left: readonly Step[]): readonly (readonly Step[])[] =>
    left.length === 0
      ? [[]]
      : left.flatMap((step) => orders(left.filter((other) => other !== step)).map((rest) => [step, ...rest]));

  it('nothing stays open, nothing throws, and good-bye is said once', () => {
    for (const order of orders(steps)) {
      const { made, publishers, receiver, send } = scene();
      const close: Readonly<Record<Step, () => void>> = {
        sender: () => made.router.closeSender(String(ssrc)),
        producer: () => made.router.closeProducer('ann'),
        publisher: () => made.router.closeSession(publishers.ann.id),
        receiver: () => made.router.closeSession(receiver.id),
        source: () => made.setSource(ssrc, undefined),
      };
      let isOpen = true;
      for (const step of order) {
        if (step !== 'source' || isOpen) close[step]();
        isOpen &&= step !== 'sender' && step !== 'receiver';
        send('ann', 4);
        made.run(10);
      }
      made.router.closeSession(publishers.bob.id);
      made.run(flowGapMax * 2);
      const { producers, consumers, senders } = made.router.statistics(made.now);
      expect([order, producers, consumers, senders, made.streams.size]).toEqual([order, [], [], [], 0]);
      expect(made.pool.freeCount).toBe(made.pool.slotsMax);
      expect(made.rtcpTo(receiver.handle, 'bye')).toHaveLength(1);
    }
  });
});
