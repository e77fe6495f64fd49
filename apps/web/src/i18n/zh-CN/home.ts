import type { en } from '../en/index.ts';

export const home: (typeof en)['home'] = {
  title: '在自己的服务器上开会',
  lead: '选一个房间，把地址发给要来的人。',
  room: '房间',
  go: '进入房间',
  roomInvalid: '最多 64 个字符：英文字母、数字和 . _ ~ -',
};
