import { type MonotonicMs, monotonicMs, never } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { challengeMin, quietMax, SpeakerDetector, speakersInterval, speakersMax } from './speaker-detector.ts';
import { speechLevel, speechMin, type Voice } from './voice.ts';

/** Between two packets of sound. */
const packetMs = 20;

/** Levels in -dBov. */
const loud = 20;
const veryLoud = 10;
const quiet = 70;

/** Who speaks, with how loud everybody is as data: packets come as they would, and changes are noted with their time. */
class Table {
  readonly detector = new SpeakerDetector();
  readonly told: { readonly at: number; readonly speakers: string }[] = [];
  /** Level of each track that sends packets. */
  readonly levels = new Map<string, number>();
  now: MonotonicMs = monotonicMs(1_000);
  readonly #voices = new Map<string, Voice>();

  run(spanMs: number): void {
    const end = this.now + spanMs;
    while (this.now < end) {
      for (const [trackId, level] of this.levels) {
        this.detector.handleLevel(this.voice(trackId), level, this.now);
      }
      this.now = monotonicMs(this.now + packetMs);
      if (this.detector.deadline() <= this.now) this.detector.handleTimeout(this.now);
      const change = this.detector.pollChange();
      if (change !== undefined) this.told.push({ at: this.now, speakers: change.join(' ') });
    }
  }

  voice(trackId: string): Voice {
    const voice = this.#voices.get(trackId) ?? this.detector.open(trackId);
    this.#voices.set(trackId, voice);
    return voice;
  }

  /** Those who speak now. */
  get speakers(): string {
    return this.told.at(-1)?.speakers ?? '';
  }
}

describe('somebody speaks', () => {
  it('from a quarter of a second of sound on', () => {
    const table = new Table();
    table.levels.set('ann', loud);
    table.run(speechMin);
    expect(table.told).toEqual([]);
    table.run(2 * packetMs);
    expect(table.speakers).toBe('ann');
  });

  it('until 600 to 800 ms of quiet, and is not told again before the next word', () => {
    const table = new Table();
    table.levels.set('ann', loud);
    table.run(2_000);
    table.levels.set('ann', quiet);
    const { now } = table;
    table.run(5_000);
    expect(table.told.map(({ speakers }) => speakers)).toEqual(['ann', '']);
    expect(table.told[1].at - now).toBeGreaterThanOrEqual(quietMax);
    expect(table.told[1].at - now).toBeLessThanOrEqual(quietMax + speakersInterval);
    expect(table.detector.deadline()).toBe(never);
  });

  it('no more when no packets come: by time alone', () => {
    const table = new Table();
    table.levels.set('ann', loud);
    table.run(1_000);
    table.levels.delete('ann');
    table.run(quietMax + speakersInterval + packetMs);
    expect(table.speakers).toBe('');
  });

  it('no more when the track ends', () => {
    const table = new Table();
    table.levels.set('ann', loud);
    table.run(1_000);
    table.levels.delete('ann');
    table.detector.close(table.voice('ann'));
    table.run(speakersInterval + packetMs);
    expect(table.speakers).toBe('');
    expect(table.detector.deadline()).toBe(never);
  });

  it.each([
    [speechLevel - 1, 'ann'],
    [speechLevel, ''],
    [127, ''],
  ])('at -%i dBov: %j', (level, speakers) => {
    const table = new Table();
    table.levels.set('ann', level);
    table.run(1_000);
    expect(table.speakers).toBe(speakers);
  });

  it('not by clicks and short coughs, however often', () => {
    const table = new Table();
    for (let i = 0; i < 10; i++) {
      table.levels.set('ann', veryLoud);
      table.run(speechMin - packetMs);
      table.levels.set('ann', quiet);
      table.run(300);
    }
    expect(table.told).toEqual([]);
  });

  it('in syllables and words without an end between them', () => {
    const table = new Table();
    for (let i = 0; i < 20; i++) {
      table.levels.set('ann', loud);
      table.run(160);
      table.levels.set('ann', quiet);
      table.run(100);
    }
    expect(table.told.map(({ speakers }) => speakers)).toEqual(['ann']);
  });

  it('not because a stalled network brings a second of sound at once', () => {
    const table = new Table();
    for (let i = 0; i < 50; i++) table.detector.handleLevel(table.voice('ann'), loud, table.now);
    table.run(1_000);
    expect(table.told).toEqual([]);
  });
});

describe('the order of speakers', () => {
  it('is that in which they began, while they are about as loud', () => {
    const table = new Table();
    for (const [trackId, level] of [
      ['ann', loud],
      ['bob', loud - 2],
      ['eve', loud - 1],
    ] as const) {
      table.levels.set(trackId, level);
      table.run(500);
    }
    table.run(5_000);
    expect(table.speakers).toBe('ann bob eve');
    expect(table.told).toHaveLength(3);
  });

  it('changes at the first place only after a second of somebody louder', () => {
    const table = new Table();
    table.levels.set('ann', loud);
    table.run(1_000);
    table.levels.set('bob', veryLoud);
    const { now } = table;
    table.run(2_500);
    expect(table.told.map(({ speakers }) => speakers)).toEqual(['ann', 'ann bob', 'bob ann']);
    expect(table.told[2].at - now).toBeGreaterThanOrEqual(challengeMin);
    expect(table.told[2].at - now).toBeLessThanOrEqual(challengeMin + speechMin + 2 * speakersInterval);
  });

  it('does not change at the first place by somebody who coughs for half a second', () => {
    const table = new Table();
    table.levels.set('ann', loud);
    table.run(1_000);
    for (let i = 0; i < 5; i++) {
      table.levels.set('bob', 0);
      table.run(500);
      table.levels.set('bob', quiet);
      table.run(1_500);
    }
    expect(table.told.every(({ speakers }) => speakers.startsWith('ann'))).toBe(true);
  });

  it.each([0, 1])('is judged by what was loud for some time, not by the packet of the moment (%i)', (phase) => {
    const table = new Table();
    table.levels.set('ann', loud);
    table.run(1_000);
    for (let i = 0; i < 200; i++) {
      table.levels.set('bob', i % 2 === phase ? veryLoud : 45);
      table.run(packetMs);
    }
    expect(table.speakers).toBe('ann bob');
  });

  it('behind the first follows loudness at once', () => {
    const table = new Table();
    table.levels.set('ann', veryLoud);
    table.run(500);
    table.levels.set('bob', 40);
    table.run(500);
    table.levels.set('eve', loud);
    table.run(700);
    expect(table.speakers).toBe('ann eve bob');
  });

  it('gives the first place to the next when the first falls silent', () => {
    const table = new Table();
    table.levels.set('ann', veryLoud).set('bob', 40);
    table.run(1_000);
    table.levels.set('ann', quiet);
    table.run(quietMax + 2 * speakersInterval);
    expect(table.speakers).toBe('bob');
  });
});

describe('what is told', () => {
  it(`is at most ${speakersMax} speakers, of whom the next moves up when one is done`, () => {
    const table = new Table();
    for (let i = 0; i <= speakersMax; i++) {
      table.levels.set(`t${i}`, loud);
      table.run(300);
    }
    table.run(1_000);
    expect(table.speakers).toBe('t0 t1 t2 t3 t4');
    table.levels.set('t1', quiet);
    table.run(1_000);
    expect(table.speakers).toBe('t0 t2 t3 t4 t5');
  });

  it('changes at most every 200 ms, whatever happens', () => {
    const table = new Table();
    for (let step = 0; step < 200; step++) {
      for (let i = 0; i < 8; i++) table.levels.set(`t${i}`, (step * 7 + i * 31) % 100);
      table.run(60);
    }
    expect(table.told.length).toBeGreaterThan(5);
    for (let i = 1; i < table.told.length; i++) {
      expect(table.told[i].at - table.told[i - 1].at).toBeGreaterThanOrEqual(speakersInterval);
    }
  });
});
