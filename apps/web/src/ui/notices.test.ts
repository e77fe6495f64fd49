import { afterEach, describe, expect, it } from 'vitest';
import { dismissNotice, dismissNotices, dismissTopic, notices, notify } from './notices.ts';

const texts = (): readonly string[] => notices.value.map(({ text }) => text);

afterEach(dismissNotices);

describe('notices', () => {
  it('are four at most: the oldest goes', () => {
    for (const text of ['1', '2', '3', '4', '5']) notify(text);
    expect(texts()).toEqual(['2', '3', '4', '5']);
  });

  it('of one topic take the place of each other, and go with it', () => {
    notify('locked', 'lock');
    notify('Ben came');
    notify('unlocked', 'lock');
    expect(texts()).toEqual(['Ben came', 'unlocked']);
    dismissTopic('lock');
    expect(texts()).toEqual(['Ben came']);
  });

  it('are dismissed one by one, or all', () => {
    for (const text of ['1', '2', '3']) notify(text);
    const [first] = notices.value;
    dismissNotice(first?.id ?? 0);
    expect(texts()).toEqual(['2', '3']);
    dismissNotices();
    expect(texts()).toEqual([]);
  });
});
