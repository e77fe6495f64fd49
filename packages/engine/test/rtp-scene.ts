import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EndpointOptions, EndpointStatistics, EngineEvent, RunningEngine } from '../src/index.ts';
import { type Ffmpeg, receivePixels } from './ffmpeg.ts';

export type RtpOptions = Omit<EndpointOptions & { readonly type: 'rtp' }, 'type' | 'trackIds'>;

interface Described {
  readonly ip?: string;
  readonly ports: { readonly video: number; readonly audio: number };
  readonly direction: 'sendonly' | 'recvonly';
  readonly video?: string;
  /** Left out: no sound. */
  readonly audio?: 'opus/48000/2' | 'PCMU/8000';
  /** Suite and key with which the describer sends. */
  readonly crypto?: string;
}

/** A description as simple programs write it: no mid, no feedback, payload types 96 and 97 or the static one. */
export function simpleSdp(options: Described): string {
  const { ip = '127.0.0.1', ports, direction, video = 'VP8/90000', audio, crypto } = options;
  const profile = crypto === undefined ? 'RTP/AVP' : 'RTP/SAVP';
  const version = ip.includes(':') ? 6 : 4;
  const section = (kind: 'video' | 'audio', payloadType: number, codec: string): readonly string[] => [
    `m=${kind} ${ports[kind]} ${profile} ${payloadType}`,
    ...(payloadType === 0 ? [] : [`a=rtpmap:${payloadType} ${codec}`]),
    `a=${direction}`,
    ...(crypto === undefined ? [] : [`a=crypto:1 ${crypto}`]),
  ];
  const sound = audio === undefined ? [] : section('audio', audio === 'PCMU/8000' ? 0 : 97, audio);
  const head = ['v=0', `o=- 1 1 IN IP${version} ${ip}`, 's=-', `c=IN IP${version} ${ip}`, 't=0 0'];
  return [...head, ...section('video', 96, video), ...sound, ''].join('\r\n');
}

export function portOf(description: string, kind: 'video' | 'audio'): number {
  return Number(new RegExp(`m=${kind} (\\d+) `).exec(description)?.[1]);
}

export function keyOf(description: string): string {
  return /inline:([^\r|]+)/.exec(description)?.[1] ?? '';
}

const portsOfRun = 400;

/**
 * The first of the UDP ports that one test file has in one run: what is run beside it on this machine has others, and its
 * programs do not send here. All are below those that the system gives out by itself.
 */
export const firstPort = 21_000 + (process.pid % 29) * portsOfRun;

/** Where programs receive; the first half is for ranges of the engine. */
let nextPort = firstPort + portsOfRun / 2;

/** A room with RTP endpoints, and ports of its own for the programs around it. */
export class RtpScene {
  readonly engine: RunningEngine;
  readonly room: string;
  /** Where a program receives. */
  readonly receiving = takePorts();
  /** What a program that only sends names; nobody receives there. */
  readonly sending = takePorts();
  readonly events: EngineEvent[] = [];
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'rivero-rtp-'));

  constructor(engine: RunningEngine) {
    this.engine = engine;
    this.room = `room ${this.receiving.video}`;
    engine.onEvent((event) => this.events.push(event));
  }

  async open(id: string, options: RtpOptions = { ip: 'ipv4' }): Promise<void> {
    const trackIds = { audio: `${id}/audio`, video: `${id}/video` };
    await this.engine.openEndpoint(this.room, id, { type: 'rtp', trackIds, ...options });
  }

  async connect(from: string, to: string): Promise<void> {
    for (const kind of ['audio', 'video'] as const) {
      await this.engine.setSource(this.room, to, kind, `${from}/${kind}`);
    }
  }

  answer(id: string, offer: string): Promise<string> {
    return this.engine.answerOffer(this.room, id, offer);
  }

  statistics(id: string): Promise<EndpointStatistics> {
    return this.engine.endpointStatistics(this.room, id);
  }

  /** How many packets of pictures came to the endpoint. */
  async packets(id: string): Promise<number | undefined> {
    return (await this.statistics(id)).received.find(({ kind }) => kind === 'video')?.packets;
  }

  /** A program that decodes what comes as described. */
  decode(description: string, frames: number): Promise<Ffmpeg> {
    return receivePixels(path.join(this.#folder, 'received.sdp'), description, frames);
  }

  async close(): Promise<void> {
    rmSync(this.#folder, { recursive: true });
    await this.engine.closeRoom(this.room).catch(() => {});
  }
}

function takePorts(): Described['ports'] {
  const video = nextPort;
  nextPort += 4;
  return { video, audio: video + 2 };
}
