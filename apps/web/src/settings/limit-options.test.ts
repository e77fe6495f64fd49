import { describe, expect, it } from 'vitest';
import { choicesWith, inKilobits, noLimit, withLimit } from './limit-options.ts';

describe('a limit', () => {
  it('takes the place of the one before, and leaves the others', () => {
    expect(withLimit({ height: 720, bitrate: 1 }, 'height', '360')).toEqual({ height: 360, bitrate: 1 });
    expect(withLimit({}, 'bitrate', '500000')).toEqual({ bitrate: 500_000 });
  });

  it('is taken away wholly', () => {
    expect(Object.keys(withLimit({ height: 720, bitrate: 1 }, 'height', noLimit))).toEqual(['bitrate']);
  });
});

describe('the choices', () => {
  it.each([
    [undefined, [360, 180]],
    [180, [360, 180]],
    [240, [360, 240, 180]],
  ])('with %j chosen are %j', (chosen, choices) => {
    expect(choicesWith([360, 180], chosen)).toEqual(choices);
  });
});

it('a bit rate is written in whole kbit/s, as the language writes numbers', () => {
  const write = (value: number): string => value.toLocaleString('de');
  expect([499, 16_000, 1_500_400].map((bitrate) => inKilobits(bitrate, write))).toEqual([
    '0 kbit/s',
    '16 kbit/s',
    '1.500 kbit/s',
  ]);
});
