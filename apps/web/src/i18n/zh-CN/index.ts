import type { en } from '../en/index.ts';
import { app, language, lost, theme } from './app.ts';
import { home } from './home.ts';
import { join, prejoin } from './prejoin.ts';
import { meeting, state } from './meeting.ts';
import { tile } from './stage.ts';
import { ui } from './ui.ts';
import { error } from './error.ts';
import { chat } from './chat.ts';
import { notice, people } from './people.ts';
import { reaction, toolbar } from './toolbar.ts';
import { host } from './host.ts';
import { shortcuts } from './shortcuts.ts';
import { ending } from './ending.ts';
import { settings } from './settings.ts';
import { device, help, server, step } from './help.ts';
import { iceError } from './ice-error.ts';
import { notes } from './notes.ts';

/** 中文文本；键与 ../en 相同。 */
export const zhCN: typeof en = {
  app,
  language,
  theme,
  lost,
  home,
  join,
  prejoin,
  meeting,
  state,
  tile,
  ui,
  error,
  chat,
  people,
  notice,
  toolbar,
  reaction,
  host,
  shortcuts,
  ending,
  settings,
  help,
  device,
  step,
  server,
  iceError,
  notes,
};
