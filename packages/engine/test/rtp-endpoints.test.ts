import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const room = 'room';
/** Where ffmpeg receives in these tests; below what the system gives out by itself. */
const receivePorts = { video: 27_400, audio: 27_402 };
const rtpPorts = { first: 27_000, last: 27_099 };

let engine: RunningEngine;
let folder: string;
const events: EngineEvent[] = [];
const running: ChildProcess[] = [];

interface Ffmpeg {
  readonly child: ChildProcess;
  readonly output: Promise<Buffer>;
  log(): string;
}

function ffmpeg(...words: readonly string[]): Ffmpeg {
  const child = spawn('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'warning', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const chunks: Buffer[] = [];
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  return { child, output: once(child, 'exit').then(() => Buffer.concat(chunks)), log: () => log };
}

const sources = {
  video: ['-re', '-f', 'lavfi', '-i', 'color=c=red:s=160x120:r=15'],
  audio: ['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
};
const encoders = {
  vp8: ['-c:v', 'libvpx', '-deadline', 'realtime', '-g', '15', '-b:v', '200k', '-payload_type', '96'],
  h264: ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '15', '-payload_type', '96'],
  opus: ['-c:a', 'libopus', '-payload_type', '97'],
  pcmu: ['-ar', '8000', '-c:a', 'pcm_mulaw', '-payload_type', '0'],
};

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
  return [
    'v=0',
    `o=- 1 1 IN IP${version} ${ip}`,
    's=-',
    `c=IN IP${version} ${ip}`,
    't=0 0',
    ...[`m=video ${ports.video} ${profile} 96`, `a=rtpmap:96 ${video}`, `a=${direction}`, ...keys],
    ...(audio === undefined
      ? []
      : [
          `m=audio ${ports.audio} ${profile} ${audio === 'PCMU/8000' ? 0 : 97}`,
          `a=rtpmap:${audio === 'PCMU/8000' ? 0 : 97} ${audio}`,
          `a=${direction}`,
          ...keys,
        ]),
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

/** Frames of one pixel that ffmpeg makes of what it receives; sound it is told of is received, and not waited for. */
async function receive(description: string, frames = 10): Promise<Ffmpeg> {
  const file = path.join(folder, 'received.sdp');
  await writeFile(file, description);
  return ffmpeg(
    ...['-protocol_whitelist', 'file,udp,rtp,crypto,srtp', '-analyzeduration', '500000', '-i', file],
    ...[
      '-map',
      '0:v',
      '-frames:v',
      String(frames),
      '-vf',
      'scale=1:1',
      '-pix_fmt',
      'rgb24',
      '-f',
      'rawvideo',
      'pipe:1',
    ],
  );
}

async function expectRed(received: Ffmpeg, frames = 10): Promise<void> {
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
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
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
      ...[...sources.video, ...sources.audio],
      ...['-map', '0', ...encoders.vp8, '-f', 'rtp', `rtp://127.0.0.1:${portOf(answer, 'video')}`],
      ...['-map', '1', ...encoders.opus, '-f', 'rtp', `rtp://127.0.0.1:${portOf(answer, 'audio')}`],
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
    ffmpeg(...sources.video, ...encoders.vp8, '-f', 'rtp', ...out, target);
    await expectRed(received);
  });
});
