import { describe, expect, it } from 'vitest';
import { announcementText } from './announcement-text.ts';
import type { Announcement } from './use-announcements.ts';

/** The key of the text, and what of it is filled in here. */
function t(key: string, named: Readonly<Record<string, unknown>>): string {
  const { name, second, count } = named;
  return [key, name, second, count].filter((part) => part !== undefined && part !== '').join(' ');
}

describe('an announcement', () => {
  it.each([
    [{ type: 'came', names: ['Ann'] }, 'notice.oneCame Ann 1'],
    [{ type: 'came', names: ['Ann', 'Ben'] }, 'notice.twoCame Ann Ben 2'],
    [{ type: 'came', names: ['Ann', 'Ben', 'Cleo'] }, 'notice.manyCame Ann Ben 3'],
    [{ type: 'went', names: ['Ann'] }, 'notice.oneWent Ann 1'],
    [{ type: 'went', names: ['Ann', 'Ben'] }, 'notice.twoWent Ann Ben 2'],
    [{ type: 'went', names: ['Ann', 'Ben', 'Cleo', 'Dan'] }, 'notice.manyWent Ann Ben 4'],
    [{ type: 'hand-raised', name: 'Ann' }, 'notice.handRaised Ann'],
    [{ type: 'became-host', name: 'Ann' }, 'notice.becameHost Ann'],
    [{ type: 'own-role', role: 'host' }, 'notice.ownHost'],
    [{ type: 'own-role', role: 'guest' }, 'notice.ownGuest'],
    [{ type: 'entered-as-host', isAlone: true }, 'notice.openedRoom'],
    [{ type: 'entered-as-host', isAlone: false }, 'notice.enteredAsHost'],
    [{ type: 'lock', isLocked: true }, 'notice.locked'],
    [{ type: 'lock', isLocked: false }, 'notice.unlocked'],
    [{ type: 'relay', isOnly: true }, 'notice.relayOnly'],
    [{ type: 'relay', isOnly: false }, 'notice.anyPath'],
  ] satisfies readonly (readonly [Announcement, string])[])('%j is said as %s', (announcement, text) => {
    expect(announcementText(announcement, t)).toBe(text);
  });
});
