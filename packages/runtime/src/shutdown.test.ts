import { EventEmitter } from 'node:events';
import { milliseconds } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { openLogs } from './log/index.ts';
import { Shutdown } from './shutdown.ts';
import { waitForStopSignal } from './stop-signal.ts';

function openShutdown(): { readonly shutdown: Shutdown; readonly logged: () => string } {
  let logged = '';
  const logs = openLogs({
    levels: { standard: 'info', modules: {} },
    output: { write: (text) => (logged += text) },
    format: 'json',
  });
  const limits = { total: milliseconds(300), part: milliseconds(100) };
  return { shutdown: new Shutdown(logs.module('rivero'), limits), logged: () => logged };
}

const hang = (): Promise<void> => new Promise(() => {});

describe('shutdown', () => {
  it('stops parts in reverse order, one after the other', async () => {
    const { shutdown } = openShutdown();
    const order: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      shutdown.add(name, async () => {
        order.push(`${name} begins`);
        await Promise.resolve();
        order.push(`${name} ends`);
      });
    }
    expect(await shutdown.stop()).toBe(true);
    expect(order).toEqual(['third begins', 'third ends', 'second begins', 'second ends', 'first begins', 'first ends']);
  });

  it('leaves a part behind that hangs, and stops those below it', async () => {
    const { shutdown, logged } = openShutdown();
    let isStopped = false;
    shutdown.add('below', () => {
      isStopped = true;
    });
    shutdown.add('hung', hang);
    expect(await shutdown.stop()).toBe(false);
    expect(isStopped).toBe(true);
    expect(logged()).toContain('"part":"hung"');
  });

  it('ends within its limit when everything hangs, and still asks every part', async () => {
    const { shutdown } = openShutdown();
    let asked = 0;
    for (let i = 0; i < 10; i++) {
      shutdown.add(`part ${i}`, () => {
        asked += 1;
        return hang();
      });
    }
    const start = performance.now();
    expect(await shutdown.stop()).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(asked).toBe(10);
  });

  it('survives a part that fails, thrown or rejected', async () => {
    const { shutdown, logged } = openShutdown();
    shutdown.add('throws', () => {
      throw new Error('thrown');
    });
    shutdown.add('rejects', () => Promise.reject(new Error('rejected')));
    expect(await shutdown.stop()).toBe(false);
    expect(logged()).toContain('thrown');
    expect(logged()).toContain('rejected');
  });

  it('stops once, however often it is asked', async () => {
    const { shutdown } = openShutdown();
    let count = 0;
    shutdown.add('counted', () => {
      count += 1;
    });
    await Promise.all([shutdown.stop(), shutdown.stop()]);
    expect(count).toBe(1);
  });
});

describe('stop signal', () => {
  it('resolves at the first, forces at a second, and takes an echo within 500 ms for the first', async () => {
    const source = new EventEmitter();
    const forced: string[] = [];
    let now = 1000;
    const signal = waitForStopSignal(source, {
      onSecond: (second) => forced.push(second),
      now: () => milliseconds(now),
    });
    source.emit('SIGINT', 'SIGINT');
    expect(await signal).toBe('SIGINT');
    now = 1499;
    source.emit('SIGINT', 'SIGINT');
    expect(forced).toEqual([]);
    now = 1500;
    source.emit('SIGTERM', 'SIGTERM');
    expect(forced).toEqual(['SIGTERM']);
  });
});
