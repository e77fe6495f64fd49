import { describe, expect, it } from 'vitest';
import { createI18n } from 'vue-i18n';
import { en } from '../../i18n/en/index.ts';
import { announcementText } from './announcement-text.ts';
import type { Announcement } from './use-announcements.ts';

const { t } = createI18n({ legacy: false, locale: 'en', messages: { en } }).global;

describe('an announcement', () => {
  it.each([
    [{ type: 'came', names: ['Ann'] }, 'Ann is here now.'],
    [{ type: 'came', names: ['Ann', 'Ben'] }, 'Ann and Ben are here now.'],
    [{ type: 'came', names: ['Ann', 'Ben', 'Cleo'] }, '3 people have come.'],
    [{ type: 'went', names: ['Ann'] }, 'Ann has left.'],
    [{ type: 'went', names: ['Ann', 'Ben'] }, 'Ann and Ben have left.'],
    [{ type: 'went', names: ['Ann', 'Ben', 'Cleo', 'Dan'] }, '4 people have left.'],
    [{ type: 'hand-raised', name: 'Ann' }, 'Ann raised a hand.'],
    [{ type: 'became-host', name: 'Ann' }, 'Ann is a host now.'],
    [{ type: 'own-role', role: 'guest' }, 'You are not a host any more.'],
    [{ type: 'entered-as-host', isAlone: true }, 'You opened this room and are its host.'],
    [{ type: 'entered-as-host', isAlone: false }, 'You are a host of this meeting.'],
    [{ type: 'lock', isLocked: true }, 'The room is locked now. Nobody else can come in.'],
    [{ type: 'lock', isLocked: false }, 'The room is open again.'],
    // Names are text, whatever they look like.
    [{ type: 'came', names: ['{name} | @:x'] }, '{name} | @:x is here now.'],
  ] satisfies readonly (readonly [Announcement, string])[])('%j is "%s"', (announcement, text) => {
    expect(announcementText(announcement, t)).toBe(text);
  });
});
