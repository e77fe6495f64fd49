import { computed, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { copyText } from '../ui/copy-text.ts';
import { dismissTopic, notify } from '../ui/notices.ts';
import { useChat } from './chat/use-chat.ts';
import { useHost } from './host/use-host.ts';
import { useMuteAsked } from './host/use-mute-asked.ts';
import { makePanel } from './panel.ts';
import { announcementText } from './people/announcement-text.ts';
import { useAnnouncements } from './people/use-announcements.ts';
import { usePeople } from './people/use-people.ts';
import { useOwnHand } from './reactions/use-own-hand.ts';
import { useReactions } from './reactions/use-reactions.ts';
import type { RoomLife } from './room-life.ts';
import { useFullScreen } from './stage/use-full-screen.ts';
import type { Meeting } from './use-meeting.ts';
import type { OwnDevices } from './use-own-devices.ts';

/** Of a message that is told while the chat is closed. */
const heardMax = 120;

export interface RoomLifeOptions {
  readonly meeting: Meeting;
  readonly own: OwnDevices;
  /** Our own. */
  readonly name: string;
  readonly room: string;
}

/** Puts together what goes on in the room, and tells it in words. */
export function makeRoomLife({ meeting, own, name, room }: RoomLifeOptions): RoomLife {
  const { t } = useI18n();
  const panel = makePanel();
  const address = location.origin + location.pathname;
  const host = useHost(meeting, { name: room, address });
  const chat = useChat(meeting, {
    isOpen: computed(() => panel.open.value === 'chat'),
    onUnread: ({ name, text }) => {
      const shown = text.length > heardMax ? `${text.slice(0, heardMax)}…` : text;
      notify(t('chat.heard', { name, text: shown }), 'chat');
    },
  });
  watch(panel.open, (open) => open === 'chat' && dismissTopic('chat'));
  useAnnouncements(meeting, (announcement) => notify(announcementText(announcement, t)));

  async function copy(link: string, done: string): Promise<void> {
    notify((await copyText(link)) ? done : t('people.linkNotCopied'));
  }

  return {
    panel,
    chat,
    host,
    people: usePeople(meeting, own, name),
    hand: useOwnHand(meeting, () => notify(t('notice.handLowered'))),
    reactions: useReactions(meeting),
    muteRequests: useMuteAsked(meeting, own),
    fullScreen: useFullScreen(),
    copyLink: () => copy(address, t('people.linkCopied')),
    async copyHostLink() {
      if (host.link.value !== undefined) await copy(host.link.value, t('host.linkCopied'));
    },
  };
}
