import type { en } from '../en/index.ts';

export const join: (typeof en)['join'] = {
  title: '房间 {room}',
  name: '你的名字',
  join: '加入',
  joining: '正在加入…',
  nameMissing: '请先输入名字。',
  withoutDevices: '不用摄像头和麦克风加入',
};

export const prejoin: (typeof en)['prejoin'] = {
  preview: '摄像头和麦克风',
  ask: '允许使用摄像头和麦克风',
  askReason: '加入后其他人才能看到和听到你，也可以不用它们加入。',
  opening: '正在打开摄像头…',
  cameraOff: '你的摄像头已关闭',
  microphoneOff: '你的麦克风已关闭',
  camera: '摄像头',
  microphone: '麦克风',
  speaker: '扬声器',
  level: '麦克风音量',
  testSound: '播放测试音',
  testPlaying: '正在播放…',
  testFailed: '这个扬声器无法播放声音，请换一个。',
  retry: '重试：{device}',
  denied: '{device}：本页没有使用权限。请点击地址旁的图标，允许后重试。',
  dismissed: '{device}：询问被关闭，没有得到回答。请重试并选择“允许”。',
  deniedBySystem: '{device}：系统不让浏览器使用。请在电脑或手机的隐私设置中允许，然后重试。',
  missing: '{device}：没有找到。插上后会自动识别。',
  busy: '{device}：正被其他程序使用。请关闭那个程序后重试。',
  unsuitable: '{device}：不支持所要求的设置，请换一个。',
  insecure: '{device}：浏览器不允许普通 http 页面使用。请用 https 地址打开本页。',
  lost: '{device}：被拔掉或被占用。请重新插上，或换一个。',
  failed: '{device}：无法打开。请重试，或换一个。',
};
