import type { en } from '../en/index.ts';

export const host: (typeof en)['host'] = {
  lock: '锁定房间',
  unlock: '解锁房间',
  copyLink: '复制主持人链接',
  linkCopied: '主持人链接已复制。打开它的人也会成为主持人，请只发给信任的人。',
  lowerAllHands: '放下所有人的手',
  endForAll: '结束会议',
  endTitle: '结束会议？',
  endText: '所有人都会离开房间，聊天内容也会消失。',
  cancel: '取消',
  asksToMute: '{name} 请你静音。',
  asksCameraOff: '{name} 请你关闭摄像头。',
  someone: '主持人',
  muteMe: '静音',
  turnCameraOff: '关闭摄像头',
  offer: '你打开了主持人链接，重新加入后就是主持人。',
  joinAsHost: '以主持人身份重新加入',
  notNow: '暂不',
};
