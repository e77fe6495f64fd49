import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventEmitter } from './event-emitter.ts';

const reported: unknown[] = [];

beforeEach(() => {
  reported.length = 0;
  vi.stubGlobal('reportError', (error: unknown) => void reported.push(error));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('EventEmitter', () => {
  it('calls listeners in the order in which they came, until they are taken away', () => {
    const events = new EventEmitter<{ moved: readonly [x: number, y: number] }>();
    const heard: string[] = [];
    const stop = events.on('moved', (x, y) => void heard.push(`first ${x} ${y}`));
    events.on('moved', (x) => void heard.push(`second ${x}`));
    events.emit('moved', 1, 2);
    stop();
    events.emit('moved', 3, 4);
    events.removeAllListeners();
    events.emit('moved', 5, 6);
    expect(heard).toEqual(['first 1 2', 'second 1', 'second 3']);
  });

  it('goes on when a listener throws, and gives what it threw to the page', () => {
    const events = new EventEmitter<{ moved: readonly [] }>();
    const heard: string[] = [];
    events.on('moved', () => {
      throw new Error('broken page');
    });
    events.on('moved', () => void heard.push('second'));
    events.emit('moved');
    expect(heard).toEqual(['second']);
    expect(reported).toEqual([new Error('broken page')]);
  });

  it('lets a listener take itself and others away while it is called', () => {
    const events = new EventEmitter<{ moved: readonly [] }>();
    const heard: string[] = [];
    const stops: (() => void)[] = [];
    stops.push(
      events.on('moved', () => {
        heard.push('first');
        for (const stop of stops) stop();
      }),
      events.on('moved', () => void heard.push('second')),
    );
    events.emit('moved');
    events.emit('moved');
    expect(heard).toEqual(['first']);
  });
});
