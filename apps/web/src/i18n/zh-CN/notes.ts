import type { en } from '../en/index.ts';

export const notes: (typeof en)['notes'] = {
  bothMissing: '没有找到摄像头和麦克风，其他人看不到也听不到你。',
  byLink: '你是通过链接直接进入的，麦克风和摄像头都没有打开。',
  useDevice: '改用 {device}',
  chooseDevice: '换一个',
};
