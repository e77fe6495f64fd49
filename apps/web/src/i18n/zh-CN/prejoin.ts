import type { en } from '../en/index.ts';

export const join: (typeof en)['join'] = {
  title: '房间 {room}',
  name: '你的名字',
  join: '加入',
  joining: '正在加入…',
  askedAtOnce: '如果浏览器询问能否使用摄像头和麦克风，请选择“允许”。',
  nameMissing: '请先输入名字。',
  withoutDevices: '不用设备加入',
  withoutCamera: '不用摄像头加入',
  withoutMicrophone: '不用麦克风加入',
};

export const prejoin: (typeof en)['prejoin'] = {
  preview: '摄像头和麦克风',
  ask: '允许使用摄像头和麦克风',
  askTitle: '让大家看到你、听到你',
  askReason:
    '浏览器会询问本页面能否使用摄像头和麦克风，请选择“允许”。加入之前没有人能看到或听到你，之后也可以随时关闭。',
  opening: '正在打开摄像头…',
  cameraOff: '你的摄像头已关闭',
  cameraNotAllowed: '摄像头未授权',
  cameraUnavailable: '摄像头不可用',
  microphoneOff: '你的麦克风已关闭',
  camera: '摄像头',
  microphone: '麦克风',
  speaker: '扬声器',
  level: '麦克风音量',
  testSound: '播放测试音',
  testPlaying: '正在播放…',
  testFailed: '这个扬声器无法播放声音，请换一个。',
  turnAround: '切换前后摄像头',
  pluggedIn: '已接入 {device}。',
  fellBack: '{before} 已断开，改用 {now}。',
  copyLink: '复制房间链接',
  linkCopied: '链接已复制，发给要参加的人吧。',
  linkNotCopied: '浏览器不允许本页面复制。链接是 {address}',
};
