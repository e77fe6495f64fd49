import { describe, expect, it } from 'vitest';
import { SerialQueue } from './serial-queue.ts';

describe('a serial queue', () => {
  it('runs one operation after the other, in the order they came', async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = queue.run(async () => {
      log.push('first begins');
      await held;
      log.push('first ends');
    });
    const second = queue.run(async () => void log.push('second'));
    expect(queue.waiting).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual(['first begins']);
    release();
    await Promise.all([first, second]);
    expect(log).toEqual(['first begins', 'first ends', 'second']);
    expect(queue.waiting).toBe(0);
  });

  it('goes on after one that failed, whose caller alone is told', async () => {
    const queue = new SerialQueue();
    const failed = queue.run(() => Promise.reject(new Error('no')));
    const next = queue.run(async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
    expect(queue.waiting).toBe(0);
  });
});
