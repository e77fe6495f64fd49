import type { en } from '../en/index.ts';

export const tile: (typeof en)['tile'] = {
  cameraOff: '摄像头已关闭',
  noCamera: '没有摄像头',
  connecting: '画面即将出现…',
  muted: '已静音',
  away: '连接中断，等待恢复…',
  refused: '这个浏览器无法播放该画面',
};
