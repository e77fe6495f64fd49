import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CryptoSuite,
  type EndpointOptions,
  type EngineEvent,
  type RunningEngine,
  startEngine,
} from '../src/index.ts';
import { encoders, type Ffmpeg, ffmpeg, receivePixels, sources, stopAll } from './ffmpeg.ts';

const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const room = 'room';
const frames = 10;
/** Where ffmpeg receives in these tests; below what the system gives out by itself. */
const receivePorts = { video: 27_400, audio: 27_402 };
const rtpPorts = { first: 27_000, last: 27_099 };

let engine: RunningEngine;
let folder: string;
const events: EngineEvent[] = [];

interface Described {
  readonly ip?: string;
  readonly ports?: { readonly video: number; readonly audio: number };
  readonly direction: 'sendonly' | 'recvonly';
  readonly video?: string;
  readonly audio?: string;
  /** Suite and key with which the describer sends. */
  readonly crypto?: string;
}

function sdp(options: Described): string {
  const { ip = '127.0.0.1', ports = receivePorts, direction, video = 'VP8/90000', audio, crypto } = options;
  const profile = crypto === undefined ? 'RTP/AVP' : 'RTP/SAVP';
  const keys = crypto === undefined ? [] : [`a=crypto:1 ${crypto}`];
  const version = ip.includes(':') ? 6 : 4;
  const section = (kind: 'video' | 'audio', payloadType: string, codec: string): string =>
    [
      `m=${kind} ${ports[kind]} ${profile} ${payloadType}`,
      `a=rtpmap:${payloadType} ${codec}`,
      `a=${direction}`,
      ...keys,
    ].join('\r\n');
  return [
    'v=0',
    `o=- 1 1 IN IP${version} ${ip}`,
    's=-',
    `c=IN IP${version} ${ip}`,
    't=0 0',
    section('video', '96', video),
    ...(audio === undefined ? [] : [section('audio', audio === 'PCMU/8000' ? '0' : '97', audio)]),
    '',
  ].join('\r\n');
}

function portOf(description: string, kind: 'video' | 'audio'): number {
  return Number(new RegExp(`m=${kind} (\\d+) `).exec(description)?.[1]);
}

function keyOf(description: string): string {
  return /inline:([^\r|]+)/.exec(description)?.[1] ?? '';
}

type RtpOptions = Omit<EndpointOptions & { readonly type: 'rtp' }, 'type' | 'trackIds'>;

async function open(id: string, options: RtpOptions = { ip: 'ipv4' }): Promise<void> {
  const trackIds = { audio: `${id}/audio`, video: `${id}/video` };
  await engine.openEndpoint(room, id, { type: 'rtp', trackIds, ...options });
}

async function connect(from: string, to: string): Promise<void> {
  for (const kind of ['audio', 'video'] as const) await engine.setSource(room, to, kind, `${from}/${kind}`);
}

function receive(description: string): Promise<Ffmpeg> {
  return receivePixels(path.join(folder, 'received.sdp'), description, frames);
}

async function expectRed(received: Ffmpeg): Promise<void> {
  const pixels = await received.output;
  expect(pixels.length, received.log()).toBe(frames * 3);
  const [r, g, b] = pixels.subarray(-3);
  expect(r).toBeGreaterThan(200);
  expect(Math.max(g, b)).toBeLessThan(60);
}

beforeEach(async () => {
  engine = await startEngine({ workers: 1, mediaPort: 0, udp: true, tcp: false, rtpPorts, log: noLog });
  events.length = 0;
  engine.onEvent((event) => events.push(event));
  folder = await mkdtemp(path.join(tmpdir(), 'rivero-rtp-'));
  await engine.openRoom(room);
});

afterEach(async () => {
  stopAll();
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('an RTP endpoint', () => {
  it('takes picture and sound of ffmpeg, and sends them to another ffmpeg', async () => {
    await open('in');
    await open('out');
    await connect('in', 'out');
    const toReceive = sdp({ direction: 'recvonly', audio: 'opus/48000/2' });
    const received = await receive(toReceive);
    await engine.answerOffer(room, 'out', toReceive);
    const ports = { video: 27_500, audio: 27_502 };
    const answer = await engine.answerOffer(room, 'in', sdp({ direction: 'sendonly', audio: 'opus/48000/2', ports }));
    ffmpeg(
      sources.video,
      sources.audio,
      ['-map', '0', ...encoders.vp8, '-f', 'rtp', `rtp://127.0.0.1:${portOf(answer, 'video')}`],
      ['-map', '1', ...encoders.opus, '-f', 'rtp', `rtp://127.0.0.1:${portOf(answer, 'audio')}`],
    );
    await expectRed(received);
    const into = await engine.endpointStatistics(room, 'in');
    expect(into.received).toMatchObject([
      { kind: 'audio', trackId: 'in/audio', codec: 'opus', payloadType: 97, packetsLost: 0 },
      { kind: 'video', trackId: 'in/video', codec: 'VP8', payloadType: 96, packetsLost: 0 },
    ]);
    const out = await engine.endpointStatistics(room, 'out');
    expect(out.sent).toMatchObject([
      { kind: 'audio', trackId: 'in/audio', codec: 'opus' },
      { kind: 'video', trackId: 'in/video', codec: 'VP8' },
    ]);
    expect(out.sent[0].packets).toBeGreaterThan(10);
    expect(out.transport.bytesSent).toBeGreaterThan(1_000);
    expect(events).toContainEqual({ type: 'track-flow', roomId: room, trackId: 'in/video', isFlowing: true });
  });

  it.each<[CryptoSuite, string]>([
    ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_80'],
    ['AES_CM_128_HMAC_SHA1_32', 'SRTP_AES128_CM_HMAC_SHA1_32'],
  ])('takes and sends SRTP with keys in the descriptions (%s)', async (suite, ffmpegSuite) => {
    const theirs = Buffer.from('0123456789abcdefghijklmnopqrst').toString('base64');
    await open('in', { ip: 'ipv4', crypto: { suite } });
    await open('out', { ip: 'ipv4', crypto: { suite } });
    await connect('in', 'out');
    const offer = sdp({ direction: 'recvonly', crypto: `${suite} inline:${theirs}` });
    const outAnswer = await engine.answerOffer(room, 'out', offer);
    // A receiver of ffmpeg needs the key that it receives with.
    const received = await receive(offer.replace(theirs, keyOf(outAnswer)));
    const answer = await engine.answerOffer(
      room,
      'in',
      sdp({ direction: 'sendonly', crypto: `${suite} inline:${theirs}`, ports: { video: 27_500, audio: 27_502 } }),
    );
    const target = `srtp://127.0.0.1:${portOf(answer, 'video')}`;
    const out = ['-srtp_out_suite', ffmpegSuite, '-srtp_out_params', theirs];
    ffmpeg(sources.video, encoders.vp8, ['-f', 'rtp', ...out, target]);
    await expectRed(received);
  });

  it('speaks IPv6, in a description without rtpmap for its sound', async () => {
    await open('in', { ip: 'ipv6' });
    await open('out', { ip: 'ipv6' });
    await connect('in', 'out');
    const toReceive = sdp({ ip: '::1', direction: 'recvonly', audio: 'PCMU/8000' }).replace(
      'a=rtpmap:0 PCMU/8000\r\n',
      '',
    );
    const received = await receive(toReceive);
    const outAnswer = await engine.answerOffer(room, 'out', toReceive);
    expect(outAnswer).toMatch(/^c=IN IP6 [0-9a-f:]+\r$/m);
    const ports = { video: 27_500, audio: 27_502 };
    const offer = sdp({ ip: '::1', direction: 'sendonly', audio: 'PCMU/8000', ports });
    const answer = await engine.answerOffer(room, 'in', offer);
    ffmpeg(
      sources.video,
      sources.audio,
      ['-map', '0', ...encoders.vp8, '-f', 'rtp', `rtp://[::1]:${portOf(answer, 'video')}`],
      ['-map', '1', ...encoders.pcmu, '-f', 'rtp', `rtp://[::1]:${portOf(answer, 'audio')}`],
    );
    await expectRed(received);
    const { sent } = await engine.endpointStatistics(room, 'out');
    expect(sent).toMatchObject([{ codec: 'PCMU', payloadType: 0 }, { codec: 'VP8' }]);
  });

  it('takes H.264 whose description has no format parameters', async () => {
    await open('in');
    await open('out');
    await connect('in', 'out');
    const toReceive = sdp({ direction: 'recvonly', video: 'H264/90000' });
    const received = await receive(toReceive);
    await engine.answerOffer(room, 'out', toReceive);
    const answer = await engine.answerOffer(
      room,
      'in',
      sdp({ direction: 'sendonly', video: 'H264/90000', ports: { video: 27_500, audio: 27_502 } }),
    );
    ffmpeg(sources.video, encoders.h264, ['-f', 'rtp', `rtp://127.0.0.1:${portOf(answer, 'video')}`]);
    await expectRed(received);
  });

  it('goes on when the program that sends is started again', async () => {
    await open('in');
    const answer = await engine.answerOffer(
      room,
      'in',
      sdp({ direction: 'sendonly', ports: { video: 27_500, audio: 27_502 } }),
    );
    const target = ['-f', 'rtp', `rtp://127.0.0.1:${portOf(answer, 'video')}?localport=27510`];
    const packets = async (): Promise<number> => (await engine.endpointStatistics(room, 'in')).received[0].packets;
    const first = ffmpeg(sources.video, encoders.vp8, target);
    await expect.poll(packets).toBeGreaterThan(10);
    const { ssrc } = (await engine.endpointStatistics(room, 'in')).received[0];
    await first.stop();
    const before = await packets();
    ffmpeg(sources.video, encoders.vp8, target);
    await expect.poll(packets, { timeout: 5_000 }).toBeGreaterThan(before + 10);
    expect((await engine.endpointStatistics(room, 'in')).received[0].ssrc).not.toBe(ssrc);
  });

  it.each<CryptoSuite | undefined>([
    undefined,
    'AES_CM_128_HMAC_SHA1_80',
    'AES_CM_128_HMAC_SHA1_32',
    'AES_256_CM_HMAC_SHA1_80',
    'AES_256_CM_HMAC_SHA1_32',
  ])('offers to another endpoint, which sends it media, and RTCP back (%s)', async (suite) => {
    const options: RtpOptions = { ip: 'ipv4', ...(suite === undefined ? {} : { crypto: { suite } }) };
    await open('source');
    await open('one', options);
    await open('other', options);
    await connect('source', 'one');
    const offer = await engine.createOffer(room, 'one', { audio: 'sendrecv', video: 'sendrecv' });
    await engine.applyAnswer(room, 'one', await engine.answerOffer(room, 'other', offer));
    expect(await engine.localDescription(room, 'one')).toBe(offer);
    await connect('other', 'one');
    await connect('source', 'other');
    const answer = await engine.answerOffer(
      room,
      'source',
      sdp({ direction: 'sendonly', ports: { video: 27_500, audio: 27_502 } }),
    );
    ffmpeg(sources.video, encoders.vp8, ['-f', 'rtp', `rtp://127.0.0.1:${portOf(answer, 'video')}`]);
    // From the source to `other`, which sends to `one`.
    const packets = async (): Promise<number | undefined> =>
      (await engine.endpointStatistics(room, 'one')).received.find(({ kind }) => kind === 'video')?.packets;
    await expect.poll(packets, { timeout: 5_000 }).toBeGreaterThan(10);
    // RTCP goes to the next port.
    await engine.requestKeyframe(room, 'one/video');
    const requests = async (): Promise<number | undefined> =>
      (await engine.endpointStatistics(room, 'other')).sent.find(({ kind }) => kind === 'video')?.pliCount;
    await expect.poll(requests, { timeout: 5_000 }).toBeGreaterThan(0);
  });

  it('tells that a key is nearly used up, takes another one, and goes on', async () => {
    const suite = 'AES_CM_128_HMAC_SHA1_80';
    await open('in', { ip: 'ipv4', crypto: { suite } });
    const keys = ['0123456789abcdefghijklmnopqrst', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123'].map((key) =>
      Buffer.from(key).toString('base64'),
    );
    const offers = keys.map((key, i) =>
      sdp({
        direction: 'sendonly',
        crypto: `${suite} inline:${key}${i === 0 ? '|2^4' : ''}`,
        ports: { video: 27_500, audio: 27_502 },
      }),
    );
    const send = (answer: string, key: string): Ffmpeg =>
      ffmpeg(
        [...sources.video, ...encoders.vp8, '-f', 'rtp', '-srtp_out_suite', suite, '-srtp_out_params', key],
        [`srtp://127.0.0.1:${portOf(answer, 'video')}?localport=27510`],
      );
    const answer = await engine.answerOffer(room, 'in', offers[0]);
    const first = send(answer, keys[0]);
    const limit = {
      type: 'endpoint',
      roomId: room,
      endpointId: 'in',
      change: { type: 'key-soft-limit', kind: 'video' },
    };
    await expect.poll(() => events, { timeout: 5_000 }).toContainEqual(limit);
    await first.stop();
    const second = await engine.answerOffer(room, 'in', offers[1]);
    expect(keyOf(second)).toBe(keyOf(answer));
    expect(portOf(second, 'video')).toBe(portOf(answer, 'video'));
    send(second, keys[1]);
    const packets = async (): Promise<number> => (await engine.endpointStatistics(room, 'in')).received[0].packets;
    await expect.poll(packets, { timeout: 5_000 }).toBeGreaterThan(20);
  });

  it('is refused when the ports are used up, and leaves its own to the next one', async () => {
    const offer = sdp({ direction: 'sendonly', audio: 'PCMU/8000' });
    const count = (rtpPorts.last - rtpPorts.first + 1) / 4;
    for (let i = 0; i < count; i++) {
      await open(`in${i}`);
      await engine.answerOffer(room, `in${i}`, offer);
    }
    await open('late');
    await expect(engine.answerOffer(room, 'late', offer)).rejects.toMatchObject({ code: 'rtp-ports-used-up' });
    await expect(engine.localDescription(room, 'late')).rejects.toMatchObject({ code: 'sdp-no-description' });
    await engine.closeEndpoint(room, 'in3');
    await expect(engine.answerOffer(room, 'late', offer)).resolves.toContain('m=video ');
    await engine.closeRoom(room);
    const [{ sizes }] = await engine.workerStatistics();
    expect(sizes).toMatchObject({ rooms: 0, sessions: 0, streams: 0 });
    await engine.openRoom(room);
    await open('in');
    await expect(engine.answerOffer(room, 'in', offer)).resolves.toContain('m=audio ');
  });

  it('refuses by code what it cannot do, and stays as it was', async () => {
    await open('in');
    const code = (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        () => 'none',
        (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
      );
    expect(await code(engine.answerOffer(room, 'in', 'nonsense'))).toBe('sdp-malformed');
    expect(await code(engine.applyAnswer(room, 'in', sdp({ direction: 'sendonly' })))).toBe('sdp-no-offer');
    expect(await code(engine.addRemoteCandidate(room, 'in', 'candidate:1 1 udp 1 192.0.2.1 1 typ host'))).toBe(
      'endpoint-without-ice',
    );
    expect(await code(engine.localDescription(room, 'in'))).toBe('sdp-no-description');
    const short = { suite: 'AES_CM_128_HMAC_SHA1_80', key: new Uint8Array(5) } as const;
    expect(await code(open('short', { ip: 'ipv4', crypto: short }))).toBe('crypto-key-length');
    expect(await code(engine.closeEndpoint(room, 'short'))).toBe('endpoint-unknown');
    expect(await engine.gatherCandidates(room, 'in')).toEqual([]);
    const refused = await engine.answerOffer(room, 'in', sdp({ direction: 'sendonly', video: 'MP4V-ES/90000' }));
    expect(refused).toContain('m=video 0 RTP/AVP 96\r\na=inactive\r\n');
  });
});
