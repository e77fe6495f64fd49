import type { en } from '../en/index.ts';

export const toolbar: (typeof en)['toolbar'] = {
  microphones: '选择麦克风',
  cameras: '选择摄像头',
  cameraLater: '打开摄像头时会使用你选的这一个。',
  microphoneLater: '取消静音时会使用你选的这个麦克风。',
  speakers: '扬声器',
  settings: '设置',
  chat: '聊天',
  chatUnread: '聊天，{count} 条新消息 | 聊天，{count} 条新消息',
  people: '成员（{count}）',
  raiseHand: '举手',
  lowerHand: '放下手',
  react: '表情',
  more: '更多',
  fullScreen: '全屏',
  windowed: '退出全屏',
  pictureOpen: '画中画',
  pictureClose: '关闭画中画',
  copyLink: '复制链接',
  shortcuts: '键盘快捷键',
  leaveMenu: '结束会议',
  speaksMuted: '你已静音，没有人听到你。',
  speaksMutedKeys: '按 {key} 键，或按住空格键说话。',
  locked: '房间已锁定',
  here: '会议中有 1 个人 | 会议中有 {count} 个人',
};

export const reaction: (typeof en)['reaction'] = {
  title: '表情',
  thumbsUp: '赞同',
  clap: '鼓掌',
  heart: '喜欢',
  laugh: '好笑',
  surprise: '惊讶',
  party: '庆祝',
  said: '{name}：{word}',
};
