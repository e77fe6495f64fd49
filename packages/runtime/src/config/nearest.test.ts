import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

describe('the nearest of log, serve, httpPort', () => {
  it.each([
    ['lgo', 'log'],
    ['sevre', 'serve'],
    ['serv', 'serve'],
    ['HTTPPORT', 'httpPort'],
    ['httpprot', 'httpPort'],
    ['htprt', undefined],
    ['foo', undefined],
    ['lamp', undefined],
    ['', undefined],
  ])('to %j is %s', (word, meant) => {
    expect(nearest(word, ['log', 'serve', 'httpPort'])).toBe(meant);
  });
});
