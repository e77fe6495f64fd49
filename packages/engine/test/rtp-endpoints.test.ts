import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningEngine, startEngine } from '../src/index.ts';
import { firstPort, RtpScene, simpleSdp } from './rtp-scene.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const rtpPorts = { first: firstPort, last: firstPort + 39 };

let engine: RunningEngine;
let scene: RtpScene;

beforeEach(async () => {
  engine = await startEngine({ workers: 1, mediaPort: 0, udp: true, tcp: false, rtpPorts, log });
  scene = new RtpScene(engine);
  await engine.openRoom(scene.room);
});

afterEach(async () => {
  await scene.close();
  await engine.stop();
});

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

describe('an RTP endpoint', () => {
  it('is refused when the ports are used up, and leaves its own to the next one', async () => {
    const offer = simpleSdp({ direction: 'sendonly', audio: 'PCMU/8000', ports: scene.sending });
    const count = (rtpPorts.last - rtpPorts.first + 1) / 4;
    for (let i = 0; i < count; i++) {
      await scene.open(`in${i}`);
      await scene.answer(`in${i}`, offer);
    }
    await scene.open('late');
    expect(await codeOf(scene.answer('late', offer))).toBe('rtp-ports-used-up');
    expect(await codeOf(engine.localDescription(scene.room, 'late'))).toBe('sdp-no-description');
    await engine.closeEndpoint(scene.room, 'in3');
    expect(await scene.answer('late', offer)).toContain('m=video ');
    await engine.closeRoom(scene.room);
    const [{ sizes }] = await engine.workerStatistics();
    expect(sizes).toMatchObject({ rooms: 0, sessions: 0, streams: 0 });
    await engine.openRoom(scene.room);
    await scene.open('in');
    expect(await scene.answer('in', offer)).toContain('m=audio ');
  });

  it('shares the range with other workers', async () => {
    const other = await startEngine({ workers: 1, mediaPort: 0, udp: true, tcp: false, rtpPorts, log });
    const offer = simpleSdp({ direction: 'sendonly', audio: 'PCMU/8000', ports: scene.sending });
    const others = new RtpScene(other);
    await other.openRoom(others.room);
    const codes: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      for (const one of [scene, others]) {
        await one.open(`in${i}`);
        codes.push(await codeOf(one.answer(`in${i}`, offer)));
      }
    }
    expect(codes.map((code) => (code === 'none' ? 1 : 0))).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
    await others.close();
    await other.stop();
  });

  it('refuses by code what it cannot do, and stays as it was', async () => {
    await scene.open('in');
    const described = { direction: 'sendonly', ports: scene.sending } as const;
    expect(await codeOf(scene.answer('in', 'nonsense'))).toBe('sdp-malformed');
    expect(await codeOf(engine.applyAnswer(scene.room, 'in', simpleSdp(described)))).toBe('sdp-no-offer');
    const candidate = 'candidate:1 1 udp 1 192.0.2.1 1 typ host';
    expect(await codeOf(engine.addRemoteCandidate(scene.room, 'in', candidate))).toBe('endpoint-without-ice');
    expect(await codeOf(engine.localDescription(scene.room, 'in'))).toBe('sdp-no-description');
    const short = { suite: 'AES_CM_128_HMAC_SHA1_80', key: new Uint8Array(5) } as const;
    expect(await codeOf(scene.open('short', { ip: 'ipv4', crypto: short }))).toBe('crypto-key-length');
    expect(await codeOf(engine.closeEndpoint(scene.room, 'short'))).toBe('endpoint-unknown');
    expect(await engine.gatherCandidates(scene.room, 'in')).toEqual([]);
    const refused = await scene.answer('in', simpleSdp({ ...described, video: 'MP4V-ES/90000' }));
    expect(refused).toContain('m=video 0 RTP/AVP 96\r\na=inactive\r\n');
  });
});
