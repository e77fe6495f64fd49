import { describe, expect, it } from 'vitest';
import { audio, delta, keyframe, publishedRtxSsrc, receivingVideo, Scene, video } from '../test/scene.ts';
import {
  consumersPerSessionMax,
  poolReserveShare,
  producersPerSessionMax,
  sequenceJumpMax,
  unknownSsrcsMax,
} from './limits.ts';

const noSsrc = {
  kind: video.kind,
  codec: video.codec,
  mid: '0',
  extensions: video.extensions,
  feedback: video.feedback,
};

describe('a router forwards', () => {
  it('each packet to every consumer under its own SSRC, payload type and sequence numbers, from a keyframe on', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.subscribe(receivingVideo(5_000));
    scene.subscribe(receivingVideo(6_000));
    scene.send(publisher.id, { sequence: 9 }, { sequence: 10, payload: keyframe }, { sequence: 11, marker: true });
    expect(scene.rows.map(({ stream }) => stream.ssrc)).toEqual([5_000, 5_000, 6_000, 6_000]);
    const [first, second] = scene.rows;
    expect(first).toMatchObject({ payloadType: 100, marker: false, isRtx: false, payload: keyframe });
    expect(second).toMatchObject({ payloadType: 100, marker: true, payload: delta, sequence: first.sequence + 1 });
    expect(second.timestamp - first.timestamp).toBe(3_000);
    expect(scene.rows[2].sequence).not.toBe(first.sequence);
  });

  it('what came before the first packet of its keyframe too, so that all it can be asked for was sent', () => {
    const scene = new Scene(2);
    const publisher = scene.publish();
    scene.subscribe(receivingVideo(5_000, false));
    scene.send(publisher.id, { sequence: 9 }, { sequence: 11 }, { sequence: 14 });
    scene.send(publisher.id, { sequence: 12 }, { sequence: 10, payload: keyframe }, { sequence: 13 });
    const [{ sequence: first }] = scene.rows;
    expect(scene.rows.map(({ sequence }) => sequence - first)).toEqual([0, 1, 2, 4, 3]);
    expect(scene.rows.every(({ isResend }) => !isResend)).toBe(true);
  });

  it('sound from the first packet on, with its level', () => {
    const scene = new Scene();
    const publisher = scene.publish(audio);
    const parameters = { ...receivingVideo(5_000, false), codec: audio.codec, extensions: { audioLevel: 3 } };
    scene.subscribe(parameters);
    const level = 0x80 | 20;
    scene.sendBytes(
      publisher.id,
      Uint8Array.of(0x90, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0x0b, 0xb8, 0xbe, 0xde, 0, 1, 0x10, level, 0, 0, 1, 2, 3),
    );
    expect(scene.rows).toHaveLength(1);
    expect(scene.rows[0]).toMatchObject({ elements: Uint8Array.of(0x30, level), payload: Uint8Array.of(1, 2, 3) });
    expect(scene.router.statistics(scene.now).producers[0].audioLevel).toBe(-20);
  });

  it('sound to nobody and still tells who speaks, until no more comes', () => {
    const scene = new Scene();
    const publisher = scene.publish(audio);
    scene.router.setVoice(publisher.id, 'track');
    for (let sequence = 0; sequence < 20; sequence++) {
      scene.send(publisher.id, { sequence, ssrc: 3_000, payloadType: 111, audioLevel: 20 });
      scene.run(20);
    }
    expect(scene.router.pollSpeakers()).toEqual(['track']);
    expect(scene.router.pollSpeakers()).toBeUndefined();
    scene.run(1_000);
    expect(scene.router.pollSpeakers()).toEqual([]);
  });

  it('across the wrap of sequence numbers, in one rising line', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.subscribe(receivingVideo(5_000));
    scene.send(
      publisher.id,
      { sequence: 65_534, payload: keyframe },
      { sequence: 65_535 },
      { sequence: 0 },
      { sequence: 1 },
    );
    const [first, ...others] = scene.rows.map(({ sequence }) => sequence);
    expect(others).toEqual([first + 1, first + 2, first + 3]);
  });

  it('nothing to a consumer whose session has no keys yet, and begins with a keyframe once it has', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    const late = scene.router.openSession();
    scene.router.openConsumer(
      'late',
      { producerId: 'track', session: late, parameters: receivingVideo(5_000) },
      scene.now,
    );
    scene.send(publisher.id, { sequence: 1, payload: keyframe });
    expect(scene.rows).toEqual([]);
    scene.run(1_000);
    const { handle } = scene.connect();
    scene.router.connectSession(late, handle, scene.now);
    expect(scene.rtcpTo(publisher.handle, 'pli').length).toBeGreaterThan(0);
    scene.send(publisher.id, { sequence: 2 }, { sequence: 3, payload: keyframe });
    expect(scene.rows.map(({ payload }) => payload)).toEqual([keyframe]);
  });

  it('a batch that is larger than the sink’s in parts', () => {
    const scene = new Scene(2);
    const publisher = scene.publish();
    scene.subscribe(receivingVideo(5_000));
    scene.send(
      publisher.id,
      { sequence: 1, payload: keyframe },
      { sequence: 2 },
      { sequence: 3 },
      { sequence: 4 },
      { sequence: 5 },
    );
    expect(scene.rows).toHaveLength(5);
  });

  it('a stream that replaces another one without a break for the receiver', () => {
    const scene = new Scene();
    const publisher = scene.publish(noSsrc);
    scene.subscribe(receivingVideo(5_000));
    scene.send(publisher.id, { sequence: 100, ssrc: 1, mid: '0', payload: keyframe });
    scene.run(100);
    scene.send(
      publisher.id,
      { sequence: 7, ssrc: 2, mid: '0', timestamp: 5 },
      { sequence: 8, ssrc: 2, timestamp: 3_005, payload: keyframe },
    );
    const [before, after] = scene.rows;
    expect(scene.rows).toHaveLength(2);
    expect(after.sequence).toBe(before.sequence + 1);
    expect(after.timestamp - before.timestamp).toBe(9_000);
  });

  it('a stream whose numbers jump as a new one, from the second consecutive number on (RFC 3550 A.1)', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.subscribe(receivingVideo(5_000));
    scene.send(publisher.id, { sequence: 1, payload: keyframe });
    scene.send(publisher.id, { sequence: 20_000, payload: keyframe }, { sequence: 20_001, payload: keyframe });
    const [first, second] = scene.rows.map(({ sequence }) => sequence);
    expect(scene.rows).toHaveLength(2);
    expect(second).toBe(first + 1);
    expect(scene.drops()).toEqual({ 'rtp-jump': 1 });
  });

  it(`a stream on when one packet is more than ${sequenceJumpMax} away from it, on either side`, () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.subscribe(receivingVideo(5_000));
    const start = 5_000;
    scene.send(publisher.id, { sequence: start, payload: keyframe });
    scene.send(publisher.id, { sequence: start - sequenceJumpMax - 1 }, { sequence: start + sequenceJumpMax + 1 });
    scene.send(publisher.id, { sequence: start + 1 }, { sequence: start + sequenceJumpMax + 2 });
    expect(scene.drops()).toEqual({ 'rtp-too-old': 1, 'rtp-jump': 2 });
    scene.send(publisher.id, { sequence: start + 1 + sequenceJumpMax });
    const [first, ...others] = scene.rows.map(({ sequence }) => sequence);
    expect(others).toEqual([first + 1, first + 1 + sequenceJumpMax]);
  });

  it('of two streams in one batch the newer one only', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.subscribe(receivingVideo(5_000));
    const beginning = { sequence: 20_000, ssrc: 2, mid: '0', timestamp: 7, payload: keyframe };
    scene.send(publisher.id, { sequence: 1, payload: keyframe }, beginning, { ...beginning, sequence: 20_001 });
    const [first, second] = scene.rows.map(({ sequence }) => sequence);
    expect(scene.rows.map(({ timestamp }) => timestamp)).toEqual([7, 7]);
    expect(second).toBe(first + 1);
  });
});

describe('a router finds whose packet it is', () => {
  it('by MID where no SSRC was announced', () => {
    const scene = new Scene();
    const publisher = scene.publish(noSsrc);
    scene.router.openProducer('second', publisher.id, { ...noSsrc, mid: '9' });
    scene.subscribe(receivingVideo(5_000), 'second');
    scene.send(publisher.id, { sequence: 1, ssrc: 42, mid: '9', payload: keyframe }, { sequence: 2, ssrc: 42 });
    expect(scene.rows).toHaveLength(2);
    expect(scene.router.statistics(scene.now).producers.map(({ packets }) => packets)).toEqual([0, 2]);
  });

  it('by payload type where only one track can be meant', () => {
    const scene = new Scene();
    const publisher = scene.publish(noSsrc);
    scene.send(publisher.id, { sequence: 1, ssrc: 42 });
    expect(scene.router.statistics(scene.now).producers[0].packets).toBe(1);
  });

  it(`and examines the packets of ${unknownSsrcsMax} strangers, of no others until the next track is opened`, () => {
    const scene = new Scene();
    const publisher = scene.publish(noSsrc);
    scene.router.openProducer('second', publisher.id, { ...noSsrc, mid: '9' });
    for (let ssrc = 1; ssrc <= unknownSsrcsMax; ssrc++) scene.send(publisher.id, { sequence: 1, ssrc });
    const packets = () => scene.router.statistics(scene.now).producers.map((producer) => producer.packets);
    scene.send(publisher.id, { sequence: 1, ssrc: unknownSsrcsMax + 1, mid: '9' });
    expect(packets()).toEqual([0, 0]);
    scene.send(publisher.id, { sequence: 1, ssrc: unknownSsrcsMax, mid: '9' });
    expect(packets()).toEqual([0, 1]);
    scene.send(publisher.id, { sequence: 1, ssrc: unknownSsrcsMax + 1 });
    scene.send(publisher.id, { sequence: 1, ssrc: unknownSsrcsMax + 2, mid: '0' });
    expect(packets()).toEqual([0, 1]);
    scene.router.openProducer('third', publisher.id, { ...noSsrc, mid: '7' });
    scene.send(publisher.id, { sequence: 1, ssrc: unknownSsrcsMax + 2, mid: '0' });
    expect(packets()).toEqual([1, 1, 0]);
  });

  it('or drops it and counts why', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.send(publisher.id, { sequence: 1, ssrc: 42, payloadType: 50 });
    scene.send(publisher.id, { sequence: 1, payloadType: 111 });
    scene.send(publisher.id, { sequence: 1, ssrc: publishedRtxSsrc, payloadType: 96 });
    scene.sendBytes(publisher.id, Uint8Array.of(0x80, 96, 0, 1));
    scene.sendBytes(
      publisher.id,
      Uint8Array.from({ length: 12 }, () => 0x40),
    );
    for (let ssrc = 100; ssrc < 100 + unknownSsrcsMax * 2; ssrc++)
      scene.send(publisher.id, { sequence: 1, ssrc, payloadType: 50 });
    expect(scene.drops()).toEqual({
      'rtp-unknown-ssrc': 1 + unknownSsrcsMax * 2,
      'rtp-unexpected-payload-type': 2,
      'rtp-truncated': 1,
      'rtp-bad-version': 1,
    });
    expect(scene.pool.freeCount).toBe(scene.pool.slotsMax);
  });
});

describe('a router refuses', () => {
  const parameters = receivingVideo(5_000);

  it('what does not exist, by code', () => {
    const scene = new Scene();
    const { id } = scene.publish();
    const nobody = scene.router.openSession();
    scene.router.closeSession(nobody);
    expect(() => scene.router.openProducer('t', nobody, video)).toThrow(
      expect.objectContaining({ code: 'peer-unknown' }),
    );
    expect(() => scene.router.openProducer('track', id, video)).toThrow(
      expect.objectContaining({ code: 'track-exists' }),
    );
    expect(() =>
      scene.router.openConsumer('c', { producerId: 'track', session: nobody, parameters }, scene.now),
    ).toThrow(expect.objectContaining({ code: 'peer-unknown' }));
    expect(() => scene.router.openConsumer('c', { producerId: 'no', session: id, parameters }, scene.now)).toThrow(
      expect.objectContaining({ code: 'track-unknown' }),
    );
  });

  it('more tracks and subscriptions than one session may have', () => {
    const scene = new Scene();
    const { id } = scene.publish();
    for (let i = 1; i < producersPerSessionMax; i++)
      scene.router.openProducer(`track ${i}`, id, { ...noSsrc, mid: `m${i}` });
    expect(() => scene.router.openProducer('more', id, noSsrc)).toThrow(
      expect.objectContaining({ code: 'too-many-tracks' }),
    );
    const subscriber = scene.router.openSession();
    const open = (i: number): void =>
      scene.router.openConsumer(
        `c${i}`,
        { producerId: 'track', session: subscriber, parameters: receivingVideo(9_000 + i) },
        scene.now,
      );
    for (let i = 0; i < consumersPerSessionMax; i++) open(i);
    expect(() => open(consumersPerSessionMax)).toThrow(expect.objectContaining({ code: 'too-many-subscriptions' }));
  });

  it('packets and messages of sessions that are gone, and counts them', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.router.closeSession(publisher.id);
    scene.send(publisher.id, { sequence: 1 });
    scene.sendRtcp(publisher.id, { type: 'pli', senderSsrc: 1, mediaSsrc: 2 });
    const other = scene.connect();
    scene.router.handleRtcp(other.id, Uint8Array.of(1, 2, 3), scene.now);
    expect(scene.drops()).toEqual({ 'rtp-unknown-session': 1, 'rtcp-unknown-session': 1, 'rtcp-malformed': 1 });
  });
});

describe('a router lets go', () => {
  it('of every slot, stream and deadline when its sessions close, and says BYE', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    const subscriber = scene.subscribe(receivingVideo(5_000));
    scene.send(publisher.id, { sequence: 1, payload: keyframe }, { sequence: 5 });
    expect(scene.pool.freeCount).toBe(scene.pool.slotsMax - 2);
    scene.router.closeSession(publisher.id);
    const byes = scene.rtcpTo(subscriber.handle, 'bye');
    expect(byes).toEqual([expect.objectContaining({ ssrcs: [5_000] })]);
    scene.router.closeSession(subscriber.id);
    expect(scene.pool.freeCount).toBe(scene.pool.slotsMax);
    expect(scene.streams.size).toBe(0);
    scene.run(1_000);
    expect(scene.router.deadline()).toBe(Number.POSITIVE_INFINITY);
    expect(scene.router.statistics(scene.now)).toMatchObject({ producers: [], consumers: [] });
  });

  it('of packets older than a second', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.send(publisher.id, { sequence: 1, payload: keyframe }, { sequence: 2 });
    scene.run(1_001);
    scene.send(publisher.id, { sequence: 3 });
    expect(scene.pool.freeCount).toBe(scene.pool.slotsMax - 1);
  });

  it('of all packets of a track that falls silent', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    scene.send(publisher.id, { sequence: 1, payload: keyframe }, { sequence: 2 });
    scene.run(1_000);
    expect(scene.pool.freeCount).toBe(scene.pool.slotsMax);
  });

  it('of no slot of the reserve, however many tracks publish at once', () => {
    const scene = new Scene();
    const ids = Array.from({ length: 16 }, (_, i) => scene.publish(video, `track ${i}`).id);
    for (const id of ids)
      scene.send(id, ...Array.from({ length: 100 }, (_, i) => ({ sequence: i + 1, payload: keyframe })));
    expect(scene.pool.freeCount).toBe(scene.pool.slotsMax * poolReserveShare);
    scene.run(1_000);
    expect(scene.pool.freeCount).toBe(scene.pool.slotsMax);
  });

  it('of most packets when the pool runs low, so that new ones find room', () => {
    const scene = new Scene();
    const publisher = scene.publish();
    for (let sequence = 1; sequence <= 1_000; sequence++) {
      scene.send(publisher.id, { sequence, ...(sequence === 1 ? { payload: keyframe } : {}) });
      scene.run(1);
    }
    expect(scene.pool.freeCount).toBeGreaterThan(scene.pool.slotsMax * 0.2);
  });
});
