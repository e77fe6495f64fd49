import type { en } from '../en/index.ts';

export const ending: (typeof en)['ending'] = {
  left: '你已离开房间',
  leftText: '摄像头和麦克风已关闭。其他人可以继续开会。',
  again: '重新加入',
  home: '选择其他房间',
  removed: '主持人已将你移出房间',
  removedText: '如果是误会，请先联系主持人，再重新加入。',
  askAgain: '重新加入',
  ended: '会议已结束',
  endedText: '主持人已结束会议。',
  openAgain: '重新打开房间',
  locked: '房间已锁定',
  lockedText: '请告诉房间里的人你到了。主持人解锁后，你就可以进来。',
  tryAgain: '重试',
  full: '房间已满',
  fullText: '房间里的人数已达到这台服务器的上限。有人离开后你就可以进来。',
  serverFull: '服务器已满',
  serverFullText: '这台服务器的房间数已达上限。有会议结束后就会有空位。',
  lost: '你已不在房间里',
};
