import { isDeepStrictEqual } from 'node:util';
import { SrtpSender } from '@rivero/protocol/srtp';
import { rtpFixedHeaderLength, writeRtpHeader } from '@rivero/protocol/rtp';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { audio, delta, keyframe, Scene, sending, type SentRow, video } from '../test/scene.ts';
import type { CodecParameters, MediaKind, ProducerParameters } from './parameters.ts';

const ssrc = 5_000;
const names = ['ann', 'bob', 'eve'] as const;
const opus = { name: 'opus', clockRate: 48_000, payloadType: 111 };
const pcmu = { name: 'PCMU', clockRate: 8_000, payloadType: 0 };

const published: Readonly<Record<MediaKind, ProducerParameters>> = {
  audio: { ...audio, codec: opus, alternatives: [pcmu] },
  video: { ...video, codec: { name: 'VP8', clockRate: 90_000, payloadType: 96, rtxPayloadType: 97 } },
};

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('send' as const),
      name: fc.constantFrom(...names),
      /** How far each number is from the one before it. */
      steps: fc.array(fc.constantFrom(1, 1, 1, 1, 2, -1, 0, 3, 700, 5_000), { minLength: 1, maxLength: 5 }),
      isKeyframe: fc.constantFrom(true, true, false),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('source' as const), name: fc.option(fc.constantFrom(...names)) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('nack' as const),
      back: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 40 })),
    }),
  },
  fc.record({ type: fc.constant('codec' as const), name: fc.constantFrom(...names) }),
  fc.record({ type: fc.constant('restart' as const), name: fc.constantFrom(...names) }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** One of those who publish: what it sends next, and in which codec. */
class Publisher {
  codec: CodecParameters;
  sequence = 1_000;

  constructor(codec: CodecParameters) {
    this.codec = codec;
  }
}

/** A sender of three tracks by turns, and every row that left. */
function play(kind: MediaKind, hasRtx: boolean, steps: readonly Step[]): readonly SentRow[] {
  const scene = new Scene();
  const parameters = published[kind];
  const sessions = new Map(names.map((name) => [name, scene.publish(parameters, name)]));
  const publishers = new Map(names.map((name) => [name, new Publisher(parameters.codec)]));
  const receiver = scene.openSender(sending(kind, ssrc, hasRtx));
  let source: (typeof names)[number] | null = 'ann';
  const follow = (): void => {
    const codec = source === null ? undefined : scene.router.producerCodec(source);
    const carried = { feedback: video.feedback };
    scene.setSource(
      ssrc,
      source === null || codec === undefined ? undefined : { producerId: source, codec, ...carried },
    );
  };
  const send = (one: Step & { readonly type: 'send' }): void => {
    const publisher = publishers.get(one.name);
    const session = sessions.get(one.name);
    if (publisher === undefined || session === undefined) return;
    const packets = one.steps.map((far, i) => {
      publisher.sequence = Math.max(0, publisher.sequence + far);
      return {
        sequence: publisher.sequence & 0xffff,
        // Time goes with the numbers, whatever the order in which they come.
        timestamp: (publisher.sequence * 900) >>> 0,
        ssrc: parameters.ssrc ?? 0,
        payloadType: publisher.codec.payloadType,
        payload: Uint8Array.of(...(one.isKeyframe && i === 0 ? keyframe : delta), publisher.sequence),
      };
    });
    scene.send(session.id, ...packets);
  };
  follow();
  for (const one of steps) {
    switch (one.type) {
      case 'send':
        send(one);
        break;
      case 'source':
        source = one.name;
        follow();
        break;
      case 'nack': {
        const sequence = (scene.rows.at(-1)?.sequence ?? 0) - one.back;
        scene.sendRtcp(receiver.id, {
          type: 'nack',
          senderSsrc: 1,
          mediaSsrc: ssrc,
          lostSequences: [sequence & 0xffff],
        });
        break;
      }
      case 'codec': {
        const publisher = publishers.get(one.name);
        if (publisher !== undefined && kind === 'audio') publisher.codec = publisher.codec === opus ? pcmu : opus;
        break;
      }
      case 'restart': {
        scene.router.closeProducer(one.name);
        const session = sessions.get(one.name);
        if (session !== undefined) scene.router.openProducer(one.name, session.id, parameters);
        if (source === one.name) follow();
        break;
      }
      case 'wait':
        scene.run(one.ms);
        break;
    }
    for (let id = scene.router.pollCodecChange(); id !== undefined; id = scene.router.pollCodecChange())
      if (id === source) follow();
  }
  return scene.rows;
}

/** Rows that should say again what was sent, and say something else: the datapath would refuse them. */
function differing(rows: readonly SentRow[]): readonly SentRow[] {
  const first = new Map<number, SentRow>();
  return rows.filter((row) => {
    if (row.isRtx) return false;
    if (row.isResend) return !isDeepStrictEqual({ ...row, isResend: false }, first.get(row.sequence));
    first.set(row.sequence, row);
    return false;
  });
}

/** Seals each row that is no repetition, as the datapath does. */
function sealAll(rows: readonly SentRow[]): readonly string[] {
  const sender = new SrtpSender({
    profile: 'AEAD_AES_128_GCM',
    masterKey: new Uint8Array(16),
    masterSalt: new Uint8Array(12),
  });
  const out = new Uint8Array(64);
  return rows.flatMap((row) => {
    if (row.isResend) return [];
    const { payloadType, marker, timestamp } = row;
    writeRtpHeader(out, 0, { payloadType, marker, timestamp, sequence: row.sequence & 0xffff, ssrc: row.stream.ssrc });
    const sealed = sender.protectRtp(out, rtpFixedHeaderLength, 20, Math.floor(row.sequence / 65_536));
    return typeof sealed === 'string' ? [sealed] : [];
  });
}

it.each<[MediaKind, string, boolean]>([
  ['audio', 'without', false],
  ['video', 'with', true],
  ['video', 'without', false],
])(
  'a sender of %s %s RTX never uses an index twice but for the same packet, and its numbers and time only rise, whatever it carries',
  (kind, _with, hasRtx) => {
    let rowCount = 0;
    let resendCount = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 50, maxLength: 120 }), (steps) => {
        const rows = play(kind, hasRtx, steps);
        rowCount += rows.length;
        resendCount += rows.filter(({ isResend }) => isResend).length;
        expect(sealAll(rows)).toEqual([]);
        expect(differing(rows)).toEqual([]);
        const media = rows.filter(({ isRtx, isResend }) => !isRtx && !isResend);
        const inOrder = media.toSorted((one, other) => one.sequence - other.sequence);
        for (const [i, row] of inOrder.entries())
          if (i > 0) expect((row.timestamp - inOrder[i - 1].timestamp) | 0).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
    expect(rowCount).toBeGreaterThan(800);
    if (!hasRtx) expect(resendCount).toBeGreaterThan(50);
  },
);
