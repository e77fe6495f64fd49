import { describe, expect, it } from 'vitest';
import { timeAgo } from './time-ago.ts';

const now = 1_790_000_000_000;

describe('timeAgo', () => {
  it.each([
    [0, 'this minute', '此刻'],
    [59_999, 'this minute', '此刻'],
    [60_000, '1 minute ago', '1分钟前'],
    [3_599_999, '59 minutes ago', '59分钟前'],
    [7_200_000, '2 hours ago', '2小时前'],
    [86_400_000, 'yesterday', '昨天'],
    [864_000_000, '10 days ago', '10天前'],
    // The clock was set back.
    [-5_000, 'this minute', '此刻'],
  ])('%i ms ago is %s', (passed, english, chinese) => {
    expect(timeAgo(now - passed, now, 'en')).toBe(english);
    expect(timeAgo(now - passed, now, 'zh-CN')).toBe(chinese);
  });
});
