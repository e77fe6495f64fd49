import { monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { ProgressLine } from './progress-line.ts';

interface Written {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly texts: string[];
  write(text: string): void;
}

function output(terminal: { readonly isTTY?: boolean; readonly columns?: number } = {}): Written {
  const texts: string[] = [];
  return { ...terminal, texts, write: (text) => void texts.push(text) };
}

describe('progress on a terminal', () => {
  it('is one line, written again in place, that ends empty', () => {
    const written = output({ isTTY: true, columns: 80 });
    const progress = new ProgressLine(written, monotonicMs(1_000));
    progress.begin('forward', 'forwards packets', monotonicMs(1_000));
    progress.tell('round 1 of 17', monotonicMs(1_500));
    progress.tick(monotonicMs(3_600));
    progress.end();
    expect(written.texts).toEqual([
      '\rforward: forwards packets\u001B[K',
      '\rforward: round 1 of 17\u001B[K',
      '\rforward: round 1 of 17 (2 s)\u001B[K',
      '\r\u001B[K',
    ]);
  });

  it('never takes the last column, however long the text', () => {
    const written = output({ isTTY: true, columns: 20 });
    new ProgressLine(written, monotonicMs(0)).begin('forward', 'forwards packets to all', monotonicMs(0));
    expect(written.texts).toEqual(['\rforward: forwards …\u001B[K']);
  });

  it('is whole on a terminal that does not say how wide it is', () => {
    const written = output({ isTTY: true, columns: 0 });
    new ProgressLine(written, monotonicMs(0)).begin('forward', 'round 1 of 17', monotonicMs(0));
    expect(written.texts).toEqual(['\rforward: round 1 of 17\u001B[K']);
  });

  it('changes at most five times a second, and shows the newest', () => {
    const written = output({ isTTY: true, columns: 80 });
    const progress = new ProgressLine(written, monotonicMs(0));
    progress.begin('forward', 'forwards', monotonicMs(0));
    for (let ms = 1; ms <= 1_000; ms++) progress.tell(`packet ${ms}`, monotonicMs(ms));
    expect(written.texts).toHaveLength(6);
    expect(written.texts.at(-1)).toContain('packet 1000');
  });
});

describe('progress elsewhere', () => {
  it('is a plain line at the beginning of each thing, and each 5 s', () => {
    const written = output();
    const progress = new ProgressLine(written, monotonicMs(0));
    progress.begin('forward', 'forwards packets', monotonicMs(0));
    for (let ms = 100; ms <= 10_000; ms += 100) progress.tell(`round ${ms / 100}`, monotonicMs(ms));
    progress.begin('join', 'joins', monotonicMs(10_100));
    progress.end();
    expect(written.texts).toEqual([
      'forward: forwards packets\n',
      'forward: round 50 (5 s)\n',
      'forward: round 100 (10 s)\n',
      'join: joins\n',
    ]);
  });
});
