import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CryptoSuite, type RunningEngine, startEngine } from '../src/index.ts';
import { encoders, type Ffmpeg, ffmpeg, sources, stopAll } from './ffmpeg.ts';
import { firstPort, keyOf, portOf, type RtpOptions, RtpScene, simpleSdp } from './rtp-scene.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const rtpPorts = { first: firstPort, last: firstPort + 199 };
const frames = 10;

let engine: RunningEngine;

beforeAll(async () => {
  engine = await startEngine({ workers: 1, mediaPort: 0, udp: true, tcp: false, rtpPorts, log });
});

afterAll(async () => {
  stopAll();
  await engine.stop();
});

async function within(run: (scene: RtpScene) => Promise<void>): Promise<void> {
  const scene = new RtpScene(engine);
  await engine.openRoom(scene.room);
  try {
    await run(scene);
  } finally {
    await scene.close();
  }
}

async function expectRed(decoded: Ffmpeg): Promise<void> {
  const pixels = await decoded.output;
  expect(pixels.length, decoded.log()).toBe(frames * 3);
  const [r, g, b] = pixels.subarray(-3);
  expect(r).toBeGreaterThan(200);
  expect(Math.max(g, b)).toBeLessThan(60);
}

function to(answer: string, ip = '127.0.0.1') {
  const target = (kind: 'video' | 'audio') => ['-f', 'rtp', `rtp://${ip}:${portOf(answer, kind)}`];
  return { video: target('video'), audio: target('audio') };
}

/** Waits until it throws no more; `expect.poll` knows of one test at a time only. */
function until(assertion: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(assertion, { timeout: 20_000 });
}

describe.concurrent('an RTP endpoint', () => {
  it('takes picture and sound of ffmpeg, and sends them to another ffmpeg', () =>
    within(async (scene) => {
      await scene.open('in');
      await scene.open('out');
      await scene.connect('in', 'out');
      const audio = 'opus/48000/2';
      const received = simpleSdp({ direction: 'recvonly', audio, ports: scene.receiving });
      const decoded = await scene.decode(received, frames);
      await scene.answer('out', received);
      const target = to(await scene.answer('in', simpleSdp({ direction: 'sendonly', audio, ports: scene.sending })));
      const video = ['-map', '0', ...encoders.vp8, ...target.video];
      ffmpeg(sources.video, sources.audio, video, ['-map', '1', ...encoders.opus, ...target.audio]);
      await expectRed(decoded);
      expect((await scene.statistics('in')).received).toMatchObject([
        { kind: 'audio', trackId: 'in/audio', codec: 'opus', payloadType: 97, packetsLost: 0 },
        { kind: 'video', trackId: 'in/video', codec: 'VP8', payloadType: 96, packetsLost: 0 },
      ]);
      const { sent, transport } = await scene.statistics('out');
      expect(sent).toMatchObject([
        { kind: 'audio', trackId: 'in/audio', codec: 'opus' },
        { kind: 'video', trackId: 'in/video', codec: 'VP8' },
      ]);
      expect(sent[0].packets).toBeGreaterThan(10);
      expect(transport.bytesSent).toBeGreaterThan(1_000);
      const flow = { type: 'track-flow', roomId: scene.room, trackId: 'in/video', isFlowing: true };
      expect(scene.events).toContainEqual(flow);
    }));

  it.each<[CryptoSuite, string]>([
    ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_80'],
    ['AES_CM_128_HMAC_SHA1_32', 'SRTP_AES128_CM_HMAC_SHA1_32'],
  ])('takes and sends SRTP with keys in the descriptions (%s)', (suite, ffmpegSuite) =>
    within(async (scene) => {
      const theirs = Buffer.from('0123456789abcdefghijklmnopqrst').toString('base64');
      const crypto = `${suite} inline:${theirs}`;
      await scene.open('in', { ip: 'ipv4', crypto: { suite } });
      await scene.open('out', { ip: 'ipv4', crypto: { suite } });
      await scene.connect('in', 'out');
      const offer = simpleSdp({ direction: 'recvonly', crypto, ports: scene.receiving });
      // A receiver of ffmpeg is told the key that it receives with.
      const decoded = await scene.decode(offer.replace(theirs, keyOf(await scene.answer('out', offer))), frames);
      const answer = await scene.answer('in', simpleSdp({ direction: 'sendonly', crypto, ports: scene.sending }));
      const target = ['-srtp_out_suite', ffmpegSuite, '-srtp_out_params', theirs];
      const url = `srtp://127.0.0.1:${portOf(answer, 'video')}`;
      ffmpeg(sources.video, encoders.vp8, ['-f', 'rtp', ...target, url]);
      await expectRed(decoded);
    }),
  );

  it('speaks IPv6, in a description without rtpmap for its sound', () =>
    within(async (scene) => {
      await scene.open('in', { ip: 'ipv6' });
      await scene.open('out', { ip: 'ipv6' });
      await scene.connect('in', 'out');
      const described = { ip: '::1', audio: 'PCMU/8000' } as const;
      const received = simpleSdp({ ...described, direction: 'recvonly', ports: scene.receiving });
      const decoded = await scene.decode(received, frames);
      expect(await scene.answer('out', received)).toMatch(/^c=IN IP6 [0-9a-f:]+\r$/m);
      const offer = simpleSdp({ ...described, direction: 'sendonly', ports: scene.sending });
      const target = to(await scene.answer('in', offer), '[::1]');
      const video = ['-map', '0', ...encoders.vp8, ...target.video];
      ffmpeg(sources.video, sources.audio, video, ['-map', '1', ...encoders.pcmu, ...target.audio]);
      await expectRed(decoded);
      const { sent } = await scene.statistics('out');
      expect(sent).toMatchObject([{ codec: 'PCMU', payloadType: 0 }, { codec: 'VP8' }]);
    }));

  it('takes H.264 whose description has no format parameters', () =>
    within(async (scene) => {
      await scene.open('in');
      await scene.open('out');
      await scene.connect('in', 'out');
      const video = 'H264/90000';
      const received = simpleSdp({ direction: 'recvonly', video, ports: scene.receiving });
      const decoded = await scene.decode(received, frames);
      await scene.answer('out', received);
      const target = to(await scene.answer('in', simpleSdp({ direction: 'sendonly', video, ports: scene.sending })));
      ffmpeg(sources.video, encoders.h264, target.video);
      await expectRed(decoded);
    }));

  it('goes on when the program that sends is started again', () =>
    within(async (scene) => {
      await scene.open('in');
      const answer = await scene.answer('in', simpleSdp({ direction: 'sendonly', ports: scene.sending }));
      const send = (): Ffmpeg => ffmpeg(sources.video, encoders.vp8, to(answer).video);
      const first = send();
      await until(async () => expect(await scene.packets('in')).toBeGreaterThan(5));
      const ssrc = async (): Promise<unknown> => (await scene.statistics('in')).received[0].ssrc;
      const before = await ssrc();
      await first.stop();
      send();
      await until(async () => expect(await ssrc()).not.toBe(before));
      const packets = (await scene.packets('in')) ?? 0;
      await until(async () => expect(await scene.packets('in')).toBeGreaterThan(packets + 5));
    }));

  it.each<CryptoSuite | undefined>([
    undefined,
    'AES_CM_128_HMAC_SHA1_80',
    'AES_CM_128_HMAC_SHA1_32',
    'AES_256_CM_HMAC_SHA1_80',
    'AES_256_CM_HMAC_SHA1_32',
  ])('offers to another endpoint, which sends it media, and RTCP back (%s)', (suite) =>
    within(async (scene) => {
      const options: RtpOptions = { ip: 'ipv4', ...(suite === undefined ? {} : { crypto: { suite } }) };
      await scene.open('source');
      await scene.open('one', options);
      await scene.open('other', options);
      await scene.connect('source', 'other');
      const offer = await engine.createOffer(scene.room, 'one', { audio: 'sendrecv', video: 'sendrecv' });
      await engine.applyAnswer(scene.room, 'one', await scene.answer('other', offer));
      expect(await engine.localDescription(scene.room, 'one')).toBe(offer);
      const target = to(await scene.answer('source', simpleSdp({ direction: 'sendonly', ports: scene.sending })));
      ffmpeg(sources.video, encoders.vp8, target.video);
      await until(async () => expect(await scene.packets('one')).toBeGreaterThan(5));
      await engine.requestKeyframe(scene.room, 'one/video');
      const requests = async (): Promise<number | undefined> =>
        (await scene.statistics('other')).sent.find(({ kind }) => kind === 'video')?.pliCount;
      await until(async () => expect(await requests()).toBeGreaterThan(0));
    }),
  );

  it('tells that a key is nearly used up, takes another one, and goes on', () =>
    within(async (scene) => {
      const suite = 'AES_CM_128_HMAC_SHA1_80';
      await scene.open('in', { ip: 'ipv4', crypto: { suite } });
      const keys = ['0123456789abcdefghijklmnopqrst', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123'].map((key) =>
        Buffer.from(key).toString('base64'),
      );
      const offer = (inline: string): string =>
        simpleSdp({ direction: 'sendonly', crypto: `${suite} inline:${inline}`, ports: scene.sending });
      const send = (answer: string, key: string): Ffmpeg => {
        const url = `srtp://127.0.0.1:${portOf(answer, 'video')}?localport=${scene.sending.video}`;
        const target = ['-f', 'rtp', '-srtp_out_suite', suite, '-srtp_out_params', key, url];
        return ffmpeg(sources.video, encoders.vp8, target);
      };
      const answer = await scene.answer('in', offer(`${keys[0]}|2^4`));
      const first = send(answer, keys[0]);
      const change = { type: 'key-soft-limit', kind: 'video' };
      const limit = { type: 'endpoint', roomId: scene.room, endpointId: 'in', change };
      await until(() => expect(scene.events).toContainEqual(limit));
      await first.stop();
      const second = await scene.answer('in', offer(keys[1]));
      expect(keyOf(second)).toBe(keyOf(answer));
      expect(portOf(second, 'video')).toBe(portOf(answer, 'video'));
      send(second, keys[1]);
      await until(async () => expect(await scene.packets('in')).toBeGreaterThan(20));
    }));
});
