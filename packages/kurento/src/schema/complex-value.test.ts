import { expect, it } from 'vitest';
import { complexValue } from './complex-value.ts';

it('says its type and its module', () => {
  expect(complexValue('Tag', { key: 'k', value: 'v' })).toEqual({
    __module__: 'kurento',
    __type__: 'Tag',
    key: 'k',
    value: 'v',
  });
});

it('has the fields of before 7.0 beside those of today', () => {
  expect(complexValue('ElementStats', { id: 'e', timestampMillis: 1_700_000_000_500 })).toMatchObject({
    timestamp: 1_700_000_000.5,
    timestampMillis: 1_700_000_000_500,
  });
});
