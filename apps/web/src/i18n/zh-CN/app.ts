import type { en } from '../en/index.ts';

export const language: (typeof en)['language'] = {
  other: 'English',
  switch: '切换到英文',
};
