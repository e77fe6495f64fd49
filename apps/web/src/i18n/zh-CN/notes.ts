import type { en } from '../en/index.ts';

export const notes: (typeof en)['notes'] = {
  bothMissing: '没有找到摄像头和麦克风，其他人看不到也听不到你。',
  byLink: '你是通过链接直接进入的，麦克风和摄像头都没有打开。',
  relayUnreachable: '画面和声音只能经中继传输，但连不上中继服务器。正在不断重试。',
  relayMissing: '画面和声音只能经中继传输，但这台服务器没有中继。',
  iceCode: '（错误码 {code}）',
  testRelay: '在新标签页中测试中继',
  useDevice: '改用 {device}',
  chooseDevice: '换一个',
};
