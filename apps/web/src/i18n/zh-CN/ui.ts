import type { en } from '../en/index.ts';

export const ui: (typeof en)['ui'] = {
  close: '关闭',
  notice: '通知',
  notices: '通知（{hotkey}）',
};
