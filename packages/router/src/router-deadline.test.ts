import { bitsPerSecond, monotonicMs, never } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  audio,
  keyframe,
  publishedSsrc,
  receivingVideo,
  Scene,
  sending,
  videoSource,
  withTransportSequence,
} from '../test/scene.ts';

const step = fc.oneof(
  fc.record({
    type: fc.constant('send' as const),
    skip: fc.constantFrom(0, 0, 0, 1, 3, 600, 5_000),
    isKeyframe: fc.boolean(),
  }),
  fc.record({ type: fc.constant('repair' as const), back: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ type: fc.constant('pli' as const) }),
  fc.record({ type: fc.constant('replace' as const) }),
  fc.record({ type: fc.constant('subscribe' as const) }),
  fc.record({ type: fc.constant('pause' as const), isPaused: fc.boolean() }),
  fc.record({ type: fc.constant('source' as const), isSet: fc.boolean() }),
  fc.record({
    type: fc.constant('limit' as const),
    receiveMax: fc.constantFrom(0, 0, 300_000),
    sendMax: fc.constantFrom(0, 200_000),
    followsReceivers: fc.boolean(),
  }),
  fc.record({ type: fc.constant('remb' as const), bitrate: fc.constantFrom(100_000, 400_000) }),
  fc.record({
    type: fc.constant('talk' as const),
    level: fc.constantFrom(10, 30, 80),
    ms: fc.integer({ min: 1, max: 1_500 }),
  }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1_500 }) }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What goes to the publisher, and when. */
function play(steps: readonly Step[], isAlsoToldEachMs: boolean) {
  const scene = new Scene();
  const told: string[] = [];
  const publisher = scene.publish(withTransportSequence);
  const subscriber = scene.subscribe(receivingVideo(5_000));
  const talker = scene.publish({ ...audio, watchesFlow: true }, 'sound');
  const receiver = scene.openSender(sending('video', 9_000));
  scene.router.setVoice(talker.id, 'sound');
  let soundSequence = 0;
  let sequence = 1;
  let ssrc = publishedSsrc;
  let transportSequence = 1;
  let subscribers = 0;
  const note = (): void => {
    for (const { session, packets } of scene.rtcp.splice(0))
      told.push(`${scene.now} ${session} ${packets.map(({ type }) => type).join()}`);
    const speakers = scene.router.pollSpeakers();
    if (speakers !== undefined) told.push(`${scene.now} speakers ${speakers.join()}`);
    const flow = scene.router.pollFlowChange();
    if (flow !== undefined) told.push(`${scene.now} ${flow.producerId} ${flow.isFlowing}`);
  };
  const send = (at: number, isKeyframe: boolean): void =>
    scene.send(publisher.id, {
      sequence: at & 0xffff,
      ssrc,
      mid: '0',
      transportSequence: transportSequence++,
      ...(isKeyframe ? { payload: keyframe } : {}),
    });
  const talk = (level: number): void => {
    const packet = { sequence: soundSequence++ & 0xffff, ssrc: 3_000, payloadType: 111, audioLevel: level };
    scene.send(talker.id, packet);
  };
  const setPaused = (isPaused: boolean): void => {
    if (isPaused) scene.router.pauseConsumer('track to 5000');
    else scene.router.resumeConsumer('track to 5000', scene.now);
  };
  const limit = (one: Step & { readonly type: 'limit' }): void => {
    const [receiveMax, sendMax, none] = [one.receiveMax, one.sendMax, 0].map(bitsPerSecond);
    const both = { receiveMin: none, followsReceivers: one.followsReceivers };
    scene.router.setSessionLimits(publisher.id, { ...both, receiveMax, sendMax: none }, scene.now);
    scene.router.setSessionLimits(receiver.id, { ...both, receiveMax: none, sendMax }, scene.now);
  };
  const remb = (bitrate: number): void =>
    scene.sendRtcp(subscriber.id, { type: 'remb', senderSsrc: 1, bitrate: bitsPerSecond(bitrate), ssrcs: [5_000] });
  const pass = (): void => {
    const end = scene.now + 1;
    // One by one, so that the time of each is noted.
    for (let at = scene.router.deadline(); at <= end; at = scene.router.deadline()) {
      scene.run(Math.max(0, at - scene.now));
      note();
    }
    scene.now = monotonicMs(end);
    if (isAlsoToldEachMs) scene.router.handleTimeout(scene.now);
    note();
  };
  for (const one of steps) {
    if (one.type === 'send') send((sequence += 1 + one.skip), one.isKeyframe);
    else if (one.type === 'repair') send(sequence - one.back, false);
    else if (one.type === 'replace') ssrc += 100;
    else if (one.type === 'pli') scene.sendRtcp(subscriber.id, { type: 'pli', senderSsrc: 1, mediaSsrc: 5_000 });
    else if (one.type === 'pause') setPaused(one.isPaused);
    else if (one.type === 'source') scene.setSource(9_000, one.isSet ? videoSource('track') : undefined);
    else if (one.type === 'limit') limit(one);
    else if (one.type === 'remb') remb(one.bitrate);
    else if (one.type === 'subscribe') scene.subscribe(receivingVideo(6_000 + 2 * subscribers++));
    else {
      for (const end = scene.now + one.ms; scene.now < end; pass()) {
        if (one.type === 'talk' && scene.now % 20 === 0) talk(one.level);
      }
    }
    note();
  }
  return told;
}

describe('the deadline of a router', () => {
  it('is never too late: told the time each millisecond too, it does nothing else', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        expect(play(steps, false)).toEqual(play(steps, true));
      }),
      { numRuns: 100 },
    );
  });

  it('is that of its reports at first, and exact after each time it is told the time', () => {
    const scene = new Scene();
    expect(scene.router.deadline()).toBe(never);
    const publisher = scene.publish();
    expect(scene.router.deadline()).toBe(1_000);
    scene.send(publisher.id, { sequence: 1, payload: keyframe }, { sequence: 3 });
    scene.send(publisher.id, { sequence: 2 });
    expect(scene.router.deadline()).toBe(10);
    scene.now = monotonicMs(10);
    scene.router.handleTimeout(scene.now);
    expect(scene.rtcp).toEqual([]);
    expect(scene.router.deadline()).toBe(1_000);
  });

  it('is none any more when its last session is closed', () => {
    const scene = new Scene();
    const { id } = scene.connect();
    const limits = { receiveMin: bitsPerSecond(0), receiveMax: bitsPerSecond(300_000), sendMax: bitsPerSecond(0) };
    scene.router.setSessionLimits(id, { ...limits, followsReceivers: false }, scene.now);
    expect(scene.router.deadline()).toBe(1_000);
    scene.router.closeSession(id);
    expect(scene.router.deadline()).toBe(never);
  });
});

describe('reports', () => {
  it('of 300 sessions in which nothing comes or goes, whenever each began, take 50 looks a second, and each goes every five seconds', () => {
    const scene = new Scene();
    const began = Array.from({ length: 300 }, (_, i) => {
      scene.now = monotonicMs(i * 3.3);
      return scene.connect().handle;
    });
    const reports = new Map(began.map((handle) => [handle, 0]));
    let looks = 0;
    while (scene.router.deadline() <= 11_000) {
      scene.now = scene.router.deadline();
      if (scene.now > 1_000) looks += 1;
      scene.router.handleTimeout(scene.now);
      for (const { session } of scene.rtcp.splice(0)) reports.set(session, (reports.get(session) ?? 0) + 1);
    }
    expect(looks).toBeLessThanOrEqual(10 * 50);
    for (const count of reports.values()) expect([2, 3]).toContain(count);
  });
});
