import type { Announcement } from './use-announcements.ts';

type Translate = (key: string, named: Readonly<Record<string, unknown>>) => string;

/** An announcement in words. */
export function announcementText(announcement: Announcement, t: Translate): string {
  switch (announcement.type) {
    case 'came':
    case 'went': {
      const { type, names } = announcement;
      const [first = '', second = ''] = names;
      const named = { name: first, first, second, count: names.length };
      const isOf = names.length === 1 ? 'one' : names.length === 2 ? 'two' : 'many';
      if (type === 'came') {
        if (isOf === 'one') return t('notice.oneCame', named);
        return isOf === 'two' ? t('notice.twoCame', named) : t('notice.manyCame', named);
      }
      if (isOf === 'one') return t('notice.oneWent', named);
      return isOf === 'two' ? t('notice.twoWent', named) : t('notice.manyWent', named);
    }
    case 'hand-raised':
      return t('notice.handRaised', { name: announcement.name });
    case 'became-host':
      return t('notice.becameHost', { name: announcement.name });
    case 'own-role':
      return announcement.role === 'host' ? t('notice.ownHost', {}) : t('notice.ownGuest', {});
    case 'entered-as-host':
      return announcement.isAlone ? t('notice.openedRoom', {}) : t('notice.enteredAsHost', {});
    case 'lock':
      return announcement.isLocked ? t('notice.locked', {}) : t('notice.unlocked', {});
    case 'relay':
      return announcement.isOnly ? t('notice.relayOnly', {}) : t('notice.anyPath', {});
  }
}
