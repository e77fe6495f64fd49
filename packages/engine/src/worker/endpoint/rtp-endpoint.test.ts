import { createHash } from 'node:crypto';
import { bitsPerSecond, CodedError, type MonotonicMs, monotonicMs, wallClockMs } from '@rivero/core';
import { type DatagramPort, type OpenPortPair, sourceSilenceMax, TwinDatapath } from '@rivero/datapath';
import { generateCertificate } from '@rivero/protocol/dtls';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { EndpointSettings } from '../../endpoint-contract.ts';
import { MediaPlane } from '../media-plane.ts';

const roomId = 'room';
const seed = (length: number): Uint8Array =>
  new Uint8Array(createHash('sha512').update('seed').digest()).subarray(0, length);
const certificate = generateCertificate({ type: 'ecdsa', random: seed, now: wallClockMs(Date.UTC(2030, 0)) });

interface Sent {
  readonly from: number;
  readonly to: string;
  readonly bytes: Uint8Array;
}

/** A media plane whose port pairs are arrays. */
class PortScene {
  readonly datapath = new TwinDatapath({ slotsMax: 512 });
  readonly sent: Sent[] = [];
  readonly openPorts = new Map<number, DatagramPort>();
  readonly plane: MediaPlane;
  now: MonotonicMs = monotonicMs(1_000);
  #nextPort = 20_000;
  #random = 1;

  constructor() {
    this.plane = new MediaPlane({
      datapath: this.datapath,
      certificate,
      random: (length) =>
        Uint8Array.from({ length }, () => (this.#random = (this.#random * 1_103_515_245 + 12_345) & 0x7fffffff) >> 16),
      candidates: [],
      rtp: { openPorts: () => this.#openPair(), address: (ip) => (ip === 'ipv6' ? '2001:db8::2' : '192.0.2.2') },
    });
    this.datapath.onBatch((batch) => this.plane.handleBatch(batch, this.now));
    this.plane.openRoom(roomId);
  }

  open(endpointId: string, isSecure = false): void {
    const trackIds = { audio: `${endpointId}/audio`, video: `${endpointId}/video` };
    const crypto = isSecure ? { crypto: { suite: 'AES_CM_128_HMAC_SHA1_80' as const } } : {};
    this.plane.callEndpoint(
      {
        method: 'openEndpoint',
        request: { roomId, endpointId, options: { type: 'rtp', trackIds, ip: 'ipv4', ...crypto } },
      },
      this.now,
    );
  }

  answer(endpointId: string, offer: string): string {
    return this.plane.callEndpoint({ method: 'answerOffer', request: { roomId, endpointId, offer } }, this.now);
  }

  setSource(endpointId: string, kind: 'audio' | 'video', trackId: string | undefined): void {
    this.plane.callEndpoint({ method: 'setSource', request: { roomId, endpointId, kind, trackId } }, this.now);
  }

  /** RTP to that port, from there. */
  receive(port: number, packet: Uint8Array, ip: string, remotePort = 5_004): void {
    const own = this.openPorts.get(port);
    if (own !== undefined) this.datapath.receiveAtOwnPort(own, packet, { ip, port: remotePort }, this.now);
    this.datapath.deliver();
  }

  run(ms: number): void {
    this.now = monotonicMs(this.now + ms);
    this.plane.handleTimeout(this.now);
  }

  #openPair(): OpenPortPair {
    const [rtp, rtcp] = [this.#openPort(), this.#openPort()];
    const close = (): void => [rtp, rtcp].forEach(({ local }) => this.openPorts.delete(local.port));
    return { rtp, rtcp, close };
  }

  #openPort(): DatagramPort {
    const port = this.#nextPort++;
    const opened: DatagramPort = {
      local: { ip: '0.0.0.0', port },
      send: (bytes, length, { ip, port: to }) => {
        this.sent.push({ from: port, to: `${ip}:${to}`, bytes: bytes.slice(0, length) });
        return false;
      },
      isCongested: () => false,
    };
    this.openPorts.set(port, opened);
    return opened;
  }
}

function offer(
  direction: string,
  { ip = '203.0.113.5', key }: { readonly ip?: string; readonly key?: string } = {},
): string {
  const profile = key === undefined ? 'RTP/AVP' : 'RTP/SAVP';
  const crypto = key === undefined ? [] : [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}`];
  const lines = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', `c=IN IP4 ${ip}`, 't=0 0', `m=audio 5004 ${profile} 0`];
  return [...lines, `a=${direction}`, ...crypto, ''].join('\r\n');
}

function portOf(description: string): number {
  return Number(/m=audio (\d+) /.exec(description)?.[1]);
}

/** PCMU. */
function rtp(sequence: number): Uint8Array {
  const packet = new Uint8Array(172);
  packet.set([0x80, 0, sequence >> 8, sequence & 0xff]);
  new DataView(packet.buffer).setUint32(4, sequence * 160);
  new DataView(packet.buffer).setUint32(8, 4_711);
  return packet;
}

/** `in` receives, and `out` sends it on. */
function passing(scene: PortScene): { readonly into: number; readonly out: number } {
  scene.open('in');
  scene.open('out');
  const into = portOf(scene.answer('in', offer('sendonly')));
  const out = portOf(scene.answer('out', offer('recvonly', { ip: '203.0.113.9' })));
  scene.setSource('out', 'audio', 'in/audio');
  return { into, out };
}

describe('RTP endpoints', () => {
  it('pass on what the first source sends, and nothing of others until it falls silent', () => {
    const scene = new PortScene();
    const { into, out } = passing(scene);
    const media = (): readonly Sent[] => scene.sent.splice(0).filter(({ from }) => from === out);
    scene.receive(into, rtp(1), '203.0.113.5');
    expect(media()).toMatchObject([{ to: '203.0.113.9:5004' }]);
    for (let i = 0; i < 100; i++) scene.receive(into, rtp(1_000 + i), '198.51.100.66', 1_000 + i);
    expect(media()).toEqual([]);
    scene.receive(into, rtp(2), '203.0.113.5');
    expect(media()).toHaveLength(1);
    scene.run(sourceSilenceMax);
    scene.receive(into, rtp(3), '198.51.100.66');
    expect(media()).toHaveLength(1);
    expect(scene.plane.counters()['datapath/receive-other-source']).toBe(100);
  });

  it('that encrypt send nothing in the clear, and take nothing in the clear', () => {
    const scene = new PortScene();
    scene.open('in');
    scene.open('out', true);
    const into = portOf(scene.answer('in', offer('sendonly')));
    expect(portOf(scene.answer('out', offer('sendrecv')))).toBe(0);
    const key = Buffer.from(seed(30)).toString('base64');
    const out = portOf(scene.answer('out', offer('sendrecv', { key })));
    scene.setSource('out', 'audio', 'in/audio');
    scene.receive(into, rtp(1), '203.0.113.5');
    scene.receive(out, rtp(1), '203.0.113.5');
    const packet = scene.sent.find(({ from }) => from === out);
    expect(packet?.bytes).toHaveLength(182);
    expect(packet?.bytes.subarray(12, 172)).not.toEqual(rtp(1).subarray(12));
    expect(scene.plane.counters()['datapath/receive-authentication-failed']).toBe(1);
  });

  it('report what they receive to the next port, and stop with the endpoint', () => {
    const scene = new PortScene();
    const { into } = passing(scene);
    for (let i = 0; i < 300; i++) {
      scene.receive(into, rtp(i), '203.0.113.5');
      scene.run(20);
    }
    const reports = scene.sent.filter(({ from, bytes }) => from === into + 1 && bytes[1] === 201);
    expect(reports.length).toBeGreaterThan(0);
    expect(reports.every(({ to }) => to === '203.0.113.5:5005')).toBe(true);
    scene.plane.callEndpoint({ method: 'closeEndpoint', request: { roomId, endpointId: 'in' } }, scene.now);
    expect(scene.openPorts.has(into)).toBe(false);
    scene.sent.length = 0;
    scene.run(10_000);
    expect(scene.sent.filter(({ from }) => from === into + 1)).toEqual([]);
  });

  it('that find no place for one of two sessions have none, and hear and are heard once there is place', () => {
    const scene = new PortScene();
    scene.open('in');
    scene.open('out');
    const out = portOf(scene.answer('out', offer('recvonly', { ip: '203.0.113.9' })));
    scene.setSource('out', 'audio', 'in/audio');
    const both = `${offer('sendonly')}m=video 6004 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n`;
    const open = scene.datapath.openPortSession.bind(scene.datapath);
    const opening = vi.spyOn(scene.datapath, 'openPortSession');
    opening.mockImplementationOnce(open).mockReturnValueOnce(undefined);
    expect(() => scene.answer('in', both)).toThrow(expect.objectContaining({ code: 'worker-full' }));
    expect(opening).toHaveBeenCalledTimes(2);
    const { sessions } = scene.datapath.sizes();
    expect(sessions).toBe(1);
    scene.receive(portOf(scene.answer('in', both)), rtp(1), '203.0.113.5');
    expect(scene.sent.filter(({ from, bytes }) => from === out && bytes.length === 172)).toHaveLength(1);
  });
});

const limits: EndpointSettings = {
  networkInterfaces: [],
  iceTcp: true,
  audioReceiveMax: bitsPerSecond(64_000),
  videoReceiveMax: bitsPerSecond(500_000),
  videoReceiveMin: bitsPerSecond(0),
  videoSendMax: bitsPerSecond(0),
  videoSendMin: bitsPerSecond(0),
};

const endpointId = fc.constantFrom('a', 'b', 'c');
const kind = fc.constantFrom('audio' as const, 'video' as const);
const key = Buffer.from(seed(30)).toString('base64');
const anyOffer = fc.constantFrom(
  offer('sendrecv'),
  offer('inactive'),
  offer('sendonly', { ip: '0.0.0.0' }),
  offer('sendrecv', { key }),
  offer('recvonly').replace('m=audio', 'm=video').replace(' 0\r\n', ' 96\r\na=rtpmap:96 VP8/90000\r\n'),
  offer('sendrecv').replace('m=audio 5004', 'm=audio 0'),
  'v=0',
);
const step = fc.oneof(
  fc.record({ do: fc.constant('open' as const), endpointId, isSecure: fc.boolean() }),
  fc.record({ do: fc.constant('close' as const), endpointId }),
  fc.record({ do: fc.constant('offer' as const), endpointId }),
  fc.record({ do: fc.constant('answer' as const), endpointId, offer: anyOffer }),
  fc.record({ do: fc.constant('apply' as const), endpointId, offer: anyOffer }),
  fc.record({ do: fc.constant('source' as const), endpointId, kind, from: endpointId }),
  fc.record({ do: fc.constant('configure' as const), endpointId }),
  fc.record({ do: fc.constant('receive' as const), port: fc.nat({ max: 12 }), sequence: fc.nat({ max: 65_535 }) }),
  fc.record({ do: fc.constant('run' as const), ms: fc.nat({ max: 3_000 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

function take(scene: PortScene, one: Step): void {
  const { plane, now } = scene;
  switch (one.do) {
    case 'open':
      return scene.open(one.endpointId, one.isSecure);
    case 'close':
      plane.callEndpoint({ method: 'closeEndpoint', request: { roomId, endpointId: one.endpointId } }, now);
      return;
    case 'offer': {
      const directions = { audio: 'sendrecv', video: 'sendrecv' } as const;
      plane.callEndpoint({ method: 'createOffer', request: { roomId, endpointId: one.endpointId, directions } }, now);
      return;
    }
    case 'answer':
      scene.answer(one.endpointId, one.offer);
      return;
    case 'apply': {
      const request = { roomId, endpointId: one.endpointId, answer: one.offer };
      plane.callEndpoint({ method: 'applyAnswer', request }, now);
      return;
    }
    case 'source':
      return scene.setSource(one.endpointId, one.kind, `${one.from}/${one.kind}`);
    case 'configure': {
      const request = { roomId, endpointId: one.endpointId, settings: limits };
      plane.callEndpoint({ method: 'configureEndpoint', request }, now);
      return;
    }
    case 'receive':
      return scene.receive(20_000 + one.port, rtp(one.sequence), '203.0.113.5');
    case 'run':
      return scene.run(one.ms);
  }
}

describe('any course of RTP endpoints', () => {
  it('is a course without bugs, and leaves no port, session, stream or slot behind', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const scene = new PortScene();
        scene.open('a');
        scene.open('b', true);
        for (const one of steps) {
          try {
            take(scene, one);
          } catch (error) {
            if (!(error instanceof CodedError)) throw error;
          }
        }
        for (let event = scene.plane.pollEvent(); event !== undefined; event = scene.plane.pollEvent()) {
          if (event.type === 'bug') throw event.error;
        }
        scene.plane.closeRoom(roomId, scene.now);
        expect(scene.openPorts.size).toBe(0);
        expect(scene.datapath.sizes()).toMatchObject({ sessions: 0, streams: 0 });
        expect(scene.datapath.pool.freeCount).toBe(512);
      }),
      { numRuns: 200 },
    );
  });
});
