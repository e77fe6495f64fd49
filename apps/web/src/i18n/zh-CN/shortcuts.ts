import type { en } from '../en/index.ts';

export const shortcuts: (typeof en)['shortcuts'] = {
  title: '键盘快捷键',
  description: '没有在输入文字时都可以使用。',
  on: '在会议中使用单键快捷键',
  microphone: '静音或取消静音',
  talk: '静音时按住说话',
  camera: '打开或关闭摄像头',
  share: '共享屏幕或停止共享',
  chat: '打开或关闭聊天',
  people: '打开或关闭成员列表',
  layout: '切换布局',
  fullScreen: '进入或退出全屏',
  hand: '举手或放下手',
  help: '显示这些快捷键',
  close: '关闭侧边栏',
  space: '空格',
};
