import { describe, expect, it } from 'vitest';
import { audio, Scene, video } from '../test/scene.ts';
import { speakersMax } from './speakers/speaker-detector.ts';
import type { RouterSessionId } from './parameters.ts';

const loud = 10;
const speech = 30;

/** Sessions with as many sounds as wanted, all of which are sent all the time. */
class Table {
  readonly scene = new Scene();
  readonly #sounds: { readonly session: RouterSessionId; readonly ssrc: number; readonly level: number }[] = [];
  readonly told: string[] = [];

  /** One participant with these sounds, by name with their level. */
  sitDown(levels: Readonly<Record<string, number>>): RouterSessionId {
    const session = this.scene.connect().id;
    for (const [trackId, level] of Object.entries(levels)) {
      const ssrc = 3_000 + this.#sounds.length;
      this.scene.router.openProducer(trackId, session, { ...audio, mid: trackId, ssrc });
      this.#sounds.push({ session, ssrc, level });
    }
    return session;
  }

  run(ms: number): void {
    for (const end = this.scene.now + ms; this.scene.now < end; this.scene.run(20)) {
      for (const { session, ssrc, level } of this.#sounds) {
        const sequence = Math.floor(this.scene.now / 20) & 0xffff;
        this.scene.send(session, { sequence, ssrc, payloadType: 111, audioLevel: level });
      }
      const speakers = this.scene.router.pollSpeakers();
      if (speakers !== undefined) this.told.push(speakers.join(' '));
    }
  }
}

describe('who speaks in a room', () => {
  it('is judged by voices only: a loud screen neither takes a place nor shakes the first one', () => {
    const table = new Table();
    const [ann, bob] = [table.sitDown({ ann: speech, screen: loud }), table.sitDown({ bob: speech })];
    table.scene.router.setVoice(ann, 'ann');
    table.scene.router.setVoice(bob, 'bob');
    table.run(5_000);
    expect(table.told.at(-1)).toBe('ann bob');
    expect(table.told.length).toBeLessThanOrEqual(2);
  });

  it('is crowded out by nobody, however many sounds somebody publishes: each has one voice', () => {
    const table = new Table();
    const names = Array.from({ length: speakersMax + 1 }, (_, i) => `loud${i}`);
    const loudest = table.sitDown(Object.fromEntries(names.map((name) => [name, loud])));
    const bob = table.sitDown({ bob: speech });
    for (const name of names) table.scene.router.setVoice(loudest, name);
    table.scene.router.setVoice(bob, 'bob');
    table.run(1_000);
    expect(table.told.at(-1)).toBe(`${names.at(-1)} bob`);
  });

  it('follows the voice to another track, and is nobody without one', () => {
    const table = new Table();
    const ann = table.sitDown({ ann: speech, other: speech });
    table.scene.router.setVoice(ann, 'ann');
    table.run(1_000);
    table.scene.router.setVoice(ann, 'ann');
    table.run(1_000);
    expect(table.told).toEqual(['ann']);
    table.scene.router.setVoice(ann, 'other');
    table.run(1_000);
    expect(table.told.at(-1)).toBe('other');
    table.scene.router.setVoice(ann, undefined);
    table.run(1_000);
    expect(table.told.at(-1)).toBe('');
  });

  it('is nobody by the track of another, by video, or by a sound that tells no level', () => {
    const table = new Table();
    const [ann, bob] = [table.sitDown({ ann: speech }), table.sitDown({})];
    table.scene.router.openProducer('picture', bob, video);
    table.scene.router.openProducer('plain', bob, { ...audio, mid: 'plain', ssrc: 9_000, extensions: {} });
    for (const trackId of ['ann', 'picture', 'plain', 'none']) table.scene.router.setVoice(bob, trackId);
    table.run(1_000);
    expect(table.told).toEqual([]);
    table.scene.router.closeSession(ann);
    expect(() => table.scene.router.setVoice(ann, 'ann')).not.toThrow();
  });
});
