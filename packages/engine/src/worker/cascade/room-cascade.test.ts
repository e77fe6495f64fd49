import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { monotonicMs, PacketPool, SendBatch } from '@rivero/core';
import { Router } from '@rivero/router';
import { afterEach, describe, expect, it } from 'vitest';
import { RoomTracks } from '../room-tracks.ts';
import type { BranchMessage, TrackDescription } from './link-message.ts';
import { Links } from './links.ts';
import { makeRingMemory } from './packet-ring.ts';
import { RoomCascade } from './room-cascade.ts';

const now = monotonicMs(0);
const ports: MessagePort[] = [];

afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

const codec = { payloadType: 96, name: 'VP8', clockRate: 90_000, parameters: {}, feedback: ['nack pli'] };
const vp9 = { ...codec, payloadType: 98, name: 'VP9' };

function described(trackId: string, cname: string): TrackDescription {
  const feedback = { nack: false, pli: true, fir: false, transportCc: false };
  const parameters = { kind: 'video', codec, alternatives: [vp9], mid: '0', extensions: {}, feedback } as const;
  const codecs = [codec, vp9];
  const rest = { kind: 'video', codecs, codecIndex: 0, isHeard: false, publisher: 1, isVoice: false } as const;
  return { trackId, cname, parameters, ...rest };
}

/** The branch of a room in worker 2, with others in workers 0 and 1, which say what the test says. */
class Scene {
  readonly tracks: RoomTracks;
  readonly cascade: RoomCascade<object>;
  readonly links: Links<object>;
  readonly router: Router;
  readonly #others: readonly MessagePort[];

  constructor() {
    const pool = new PacketPool(8);
    const sink = {
      batch: new SendBatch(8),
      flush: () => {},
      sendRtcp: () => {},
      openStream: () => undefined,
      closeStream: () => {},
    };
    this.router = new Router({ pool, sink, random: (length) => new Uint8Array(length) });
    this.tracks = new RoomTracks({
      onUnfit: () => {},
      onRenewed: () => {},
      onPublished: () => {},
      onWithdrawn: () => {},
      onHeard: () => {},
    });
    this.links = new Links<object>({
      pool,
      onMessage: (_, worker, message) => this.cascade.handleMessage(worker, message, now),
      onPacket: () => {},
      onLost: () => {},
      onArrival: () => {},
    });
    this.#others = [0, 1].map((worker) => {
      const { port1, port2 } = new MessageChannel();
      ports.push(port1);
      this.links.open({ number: worker, worker, port: port1, incoming: makeRingMemory(), outgoing: makeRingMemory() });
      return port2;
    });
    const { tracks, links, router } = this;
    this.cascade = new RoomCascade({ room: {}, role: { number: 7, isHome: false }, router, tracks, links });
    for (const worker of [0, 1]) this.cascade.addBranch(worker, now);
  }

  /** That worker says it, and the room has settled after it. */
  say(worker: number, message: BranchMessage, room = 7): void {
    this.#others[worker].postMessage({ room, message });
    this.links.receiveMessages(now);
    this.cascade.openWaiting(now);
  }

  publish(worker: number, track: number, cname: string): void {
    this.say(worker, { type: 'published', track, description: described('camera', cname), isRenewed: false });
  }

  /** Whose track of that name is here, and in which codec it comes. */
  get camera(): readonly (string | undefined)[] {
    const track = this.tracks.get('camera');
    return [track?.cname, track?.codec.name];
  }
}

describe('a publisher that goes on in another worker', () => {
  it('is found there also where that it left the first one is heard later', () => {
    const scene = new Scene();
    scene.publish(1, 5, 'before');
    scene.publish(0, 9, 'after');
    expect(scene.camera).toEqual(['before', 'VP8']);
    scene.say(0, { type: 'heard', track: 9, payloadType: 98 });
    expect(scene.camera).toEqual(['before', 'VP8']);
    scene.say(1, { type: 'withdrawn', track: 5 });
    expect(scene.camera).toEqual(['after', 'VP9']);
    expect(scene.links.snapshot()['track-exists']).toBe(1);
    scene.say(0, { type: 'withdrawn', track: 9 });
    expect(scene.camera).toEqual([undefined, undefined]);
  });

  it('is not found there when it left that one, too', () => {
    const scene = new Scene();
    scene.publish(1, 5, 'before');
    scene.publish(0, 9, 'after');
    scene.say(0, { type: 'withdrawn', track: 9 });
    scene.say(1, { type: 'withdrawn', track: 5 });
    expect(scene.camera).toEqual([undefined, undefined]);
  });
});

describe('the codec in which a track of another worker comes', () => {
  it('is the one to which its receivers agree, as soon as it is told', () => {
    const scene = new Scene();
    const agreed = (): number | undefined => scene.router.producerCodec('camera')?.payloadType;
    scene.publish(1, 5, 'before');
    expect(agreed()).toBe(96);
    scene.say(1, { type: 'heard', track: 5, payloadType: 98 });
    expect(agreed()).toBe(98);
    scene.publish(0, 9, 'after');
    scene.say(0, { type: 'heard', track: 9, payloadType: 98 });
    scene.say(1, { type: 'withdrawn', track: 5 });
    expect(scene.camera).toEqual(['after', 'VP9']);
    expect(agreed()).toBe(98);
  });
});

describe('what another worker says', () => {
  it('of tracks that are not known, or of rooms that are not there, changes nothing', () => {
    const scene = new Scene();
    const messages: readonly BranchMessage[] = [
      { type: 'withdrawn', track: 1 },
      { type: 'heard', track: 1, payloadType: 96 },
      { type: 'voice', track: 1, isVoice: true },
      { type: 'wish', track: 1, wish: 'packets' },
      { type: 'keyframe-wanted', track: 1 },
      { type: 'limit', track: 1, takes: 1 },
    ];
    for (const message of messages) scene.say(0, message);
    scene.say(0, { type: 'published', track: 1, description: described('camera', 'x'), isRenewed: false }, 8);
    expect(scene.camera).toEqual([undefined, undefined]);
    expect(scene.links.snapshot()['unknown-room']).toBe(1);
  });

  it('is not heard any more once the branch is removed, whose tracks are gone; the others go on', () => {
    const scene = new Scene();
    scene.publish(1, 5, 'before');
    scene.cascade.removeBranch(1, now);
    expect(scene.camera).toEqual([undefined, undefined]);
    scene.publish(1, 6, 'late');
    expect(scene.camera).toEqual([undefined, undefined]);
    scene.publish(0, 3, 'another');
    scene.cascade.removeBranch(1, now);
    expect(scene.camera).toEqual(['another', 'VP8']);
  });

  it('ends with the branch: its tracks are gone when the branch is opened anew, until they are told again', () => {
    const scene = new Scene();
    scene.publish(1, 5, 'before');
    scene.cascade.addBranch(1, now);
    expect(scene.camera).toEqual([undefined, undefined]);
    scene.publish(1, 6, 'again');
    expect(scene.camera).toEqual(['again', 'VP8']);
    scene.cascade.close(now);
    expect(scene.camera).toEqual([undefined, undefined]);
  });
});
