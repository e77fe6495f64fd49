import type { en } from '../en/index.ts';

export const chat: (typeof en)['chat'] = {
  title: '聊天',
  messages: '消息',
  empty: '还没有人发言。你写的内容会议中的所有人都能看到。',
  placeholder: '发消息给所有人',
  send: '发送',
  you: '你',
  newBelow: '有新消息',
  left: '还可输入 {count} 个字符 | 还可输入 {count} 个字符',
  waiting: '连接恢复后即可继续发送。',
  heard: '{name}：{text}',
};
