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

/** English texts, a file for each part of the app; ../zh-CN has the same keys. */
export const en = {
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
