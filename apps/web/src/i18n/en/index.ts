import { app, language, lost, theme } from './app.ts';
import { home } from './home.ts';
import { join, prejoin } from './prejoin.ts';
import { meeting, state } from './meeting.ts';
import { tile } from './stage.ts';
import { ui } from './ui.ts';
import { error } from './error.ts';
import { ending } from './ending.ts';
import { device, help, server, step } from './help.ts';
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
  ending,
  help,
  device,
  step,
  server,
  notes,
};
