import { expect, it } from 'vitest';
import { clockFormat } from './clock-format.ts';

it('writes hours and minutes as each language does, by one format a language', () => {
  const afternoon = new Date(2030, 0, 1, 15, 4);
  expect(clockFormat('en').format(afternoon)).toMatch(/^03:04\sPM$/);
  expect(clockFormat('zh-CN').format(afternoon)).toBe('15:04');
  expect(clockFormat('en')).toBe(clockFormat('en'));
});
