import type { en } from '../en/index.ts';

export const meeting: (typeof en)['meeting'] = {
  people: '没有其他人 | 还有一个人 | 还有 {count} 个人',
  alone: '房间里只有你。把地址发给别人：',
  you: '{name}（你）',
  muteMicrophone: '静音',
  unmuteMicrophone: '取消静音',
  cameraOff: '关闭摄像头',
  cameraOn: '打开摄像头',
  shareScreen: '共享屏幕',
  stopSharing: '停止共享',
  sharing: '其他人正在看你的屏幕。',
  screenOf: '{name} 的屏幕',
  cameraMissing: '没有找到摄像头，其他人看不到你。',
  microphoneMissing: '没有找到麦克风，其他人听不到你。',
  participants: '成员',
  controls: '麦克风、摄像头、屏幕、离开',
  leave: '离开',
  playSound: '播放声音',
  soundBlocked: '浏览器已阻止播放声音。',
};

export const state: (typeof en)['state'] = {
  reconnecting: '与服务器的连接断开，正在重新连接…',
  restarting: '服务器正在重启，恢复后你会自动回到房间。',
  stillRestarting: '服务器还没有恢复，正在自动重试。',
  stillReconnecting: '仍然连不上服务器。请检查网络，正在自动重试。',
  tryNow: '立即重试',
  leave: '离开房间',
  mediaConnecting: '正在连接画面和声音…',
  mediaDisconnected: '画面和声音中断，正在重新连接…',
  mediaBlocked: '画面和声音到不了服务器：通往它的 UDP 和 TCP 都被拦截。正在不断重试。',
};
