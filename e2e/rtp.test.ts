import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChromium, openFirefox } from './harness/browser.ts';
import { Ffmpeg } from './harness/ffmpeg.ts';
import { type KurentoObject, loadKurentoClient } from './harness/kurento-client.ts';
import { KurentoScene } from './harness/kurento-scene.ts';
import { blue } from './harness/known-media.ts';

let scene: KurentoScene;
let folder: string;
const running: Ffmpeg[] = [];

/** Master key and salt, 30 bytes in base64 (RFC 4568 section 6.1). */
const key = Buffer.from('0123456789abcdefghijklmnopqrst').toString('base64');

const sampleRate = 48_000;

function ffmpeg(...parts: readonly (readonly string[])[]): Ffmpeg {
  const started = new Ffmpeg(parts.flat());
  running.push(started);
  return started;
}

/** Red at 15 frames a second with a keyframe each second, and 440 Hz. */
function sendRed(targets: { readonly video: readonly string[]; readonly audio: readonly string[] }): void {
  const video = ['-c:v', 'libvpx', '-deadline', 'realtime', '-g', '15', '-b:v', '300k', '-payload_type', '96'];
  ffmpeg(
    ['-re', '-f', 'lavfi', '-i', 'color=c=red:s=320x240:r=15'],
    ['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
    ['-map', '0', ...video, '-f', 'rtp', ...targets.video],
    ['-map', '1', '-c:a', 'libopus', '-payload_type', '97', '-f', 'rtp', ...targets.audio],
  );
}

function offer(direction: 'sendonly' | 'recvonly', ports: readonly [number, number], crypto?: string): string {
  const profile = crypto === undefined ? 'RTP/AVP' : 'RTP/SAVP';
  const keys = crypto === undefined ? [] : [`a=crypto:1 ${crypto} inline:${key}`];
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=video ${ports[0]} ${profile} 96`,
    'a=rtpmap:96 VP8/90000',
    `a=${direction}`,
    ...keys,
    `m=audio ${ports[1]} ${profile} 97`,
    'a=rtpmap:97 opus/48000/2',
    `a=${direction}`,
    ...keys,
    '',
  ].join('\r\n');
}

function portOf(sdp: string, kind: 'video' | 'audio'): number {
  return Number(new RegExp(`m=${kind} (\\d+) `).exec(sdp)?.[1]);
}

/** An even UDP port with the next one free too, a moment ago. */
async function freeUdpPort(): Promise<number> {
  for (;;) {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    if (port % 2 === 0) return port;
  }
}

/** How much of the energy of mono samples is a tone of this frequency: 2 |X|² / N against the sum of squares. */
function shareOfTone(samples: Buffer, hertz: number): number {
  const count = samples.length >> 1;
  let [re, im, energy] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const sample = samples.readInt16LE(i * 2);
    const angle = (2 * Math.PI * hertz * i) / sampleRate;
    re += sample * Math.cos(angle);
    im += sample * Math.sin(angle);
    energy += sample * sample;
  }
  return energy === 0 ? 0 : (2 * (re * re + im * im)) / count / energy;
}

async function connected(
  rtpOptions: object,
): Promise<{ pipeline: KurentoObject; rtp: KurentoObject; webRtc: KurentoObject }> {
  const pipeline = await scene.client.create('MediaPipeline');
  const rtp = await pipeline.create('RtpEndpoint', rtpOptions);
  const webRtc = await pipeline.create('WebRtcEndpoint');
  await rtp.connect(webRtc);
  await webRtc.connect(rtp);
  return { pipeline, rtp, webRtc };
}

beforeEach(async () => {
  scene = await KurentoScene.open();
  folder = await mkdtemp(path.join(tmpdir(), 'rivero-rtp-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await scene.close();
  await rm(folder, { recursive: true, force: true });
});

describe('RTP', () => {
  it('of ffmpeg is seen and heard in Chromium and Firefox', async () => {
    const { pipeline, rtp, webRtc } = await connected({});
    const answer = await rtp.processOffer(offer('sendonly', [await freeUdpPort(), await freeUdpPort()]));
    sendRed({
      video: [`rtp://127.0.0.1:${portOf(answer, 'video')}`],
      audio: [`rtp://127.0.0.1:${portOf(answer, 'audio')}`],
    });
    const ann = await scene.peer(openChromium(), 'Ann');
    await ann.call(webRtc, 'Recvonly');
    await ann.seesHue(0);
    await Promise.all([ann.seesMovement(), ann.hearsTone(440)]);
    const bob = await scene.peer(openFirefox(), 'Bob');
    const another = await pipeline.create('WebRtcEndpoint');
    await rtp.connect(another);
    await bob.call(another, 'Recvonly');
    await bob.seesHue(0);
    await Promise.all([bob.seesMovement(), ann.seesMovement()]);
  });

  it('under SRTP with keys in the SDP is seen and heard', async () => {
    const { rtp, webRtc } = await connected({
      crypto: loadKurentoClient(7).getComplexType('SDES')({ crypto: 'AES_128_CM_HMAC_SHA1_80' }),
    });
    const suite = 'AES_CM_128_HMAC_SHA1_80';
    const answer = await rtp.processOffer(offer('sendonly', [await freeUdpPort(), await freeUdpPort()], suite));
    const target = (kind: 'video' | 'audio'): readonly string[] => [
      '-srtp_out_suite',
      suite,
      '-srtp_out_params',
      key,
      `srtp://127.0.0.1:${portOf(answer, kind)}`,
    ];
    sendRed({ video: target('video'), audio: target('audio') });
    const ann = await scene.peer(openChromium(), 'Ann');
    await ann.call(webRtc, 'Recvonly');
    await ann.seesHue(0);
    await ann.hearsTone(440);
  });

  it('goes out to ffmpeg, picture and sound', async () => {
    const { rtp, webRtc } = await connected({});
    const ports = [await freeUdpPort(), await freeUdpPort()] as const;
    const sdp = offer('recvonly', ports);
    const file = path.join(folder, 'rivero.sdp');
    await writeFile(file, sdp);
    const sound = path.join(folder, 'sound.s16');
    const received = ffmpeg(
      ['-protocol_whitelist', 'file,udp,rtp', '-i', file],
      ['-map', '0:v', '-frames:v', '30', '-vf', 'crop=iw:ih/2:0:ih/2,scale=1:1', '-pix_fmt', 'rgb24'],
      ['-f', 'rawvideo', 'pipe:1'],
      ['-map', '0:a', '-t', '2', '-ac', '1', '-ar', String(sampleRate), '-f', 's16le', sound],
    );
    await rtp.processOffer(sdp);
    const ann = await scene.peer(openChromium({ colour: blue, hertz: 440 }), 'Ann');
    await ann.call(webRtc, 'Sendonly');
    const pixels = await received.output();
    expect(pixels.length, received.log).toBe(30 * 3);
    const [r, g, b] = pixels.subarray(-3);
    expect(b).toBeGreaterThan(Math.max(r, g) + 60);
    expect(shareOfTone(await readFile(sound), 440)).toBeGreaterThan(0.3);
  });
});
