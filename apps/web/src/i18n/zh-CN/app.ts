import type { en } from '../en/index.ts';

export const app: (typeof en)['app'] = {
  choices: '语言和外观',
};

export const language: (typeof en)['language'] = {
  other: 'English',
  switch: '切换到英文',
};

export const theme: (typeof en)['theme'] = {
  label: '主题',
  system: '跟随系统',
  dark: '深色',
  light: '浅色',
};

export const lost: (typeof en)['lost'] = {
  title: '这个地址没有页面',
  text: '链接可能不完整或有误。请再要一次链接，或回到首页输入房间名。',
  nameTitle: '房间不能用这个名字',
  nameText: '请在这里改正，或再要一次链接。',
  home: '返回首页',
};
