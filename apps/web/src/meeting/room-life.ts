import { inject, type InjectionKey, provide } from 'vue';
import type { Ref } from 'vue';
import type { Chat } from './chat/use-chat.ts';
import type { Host } from './host/use-host.ts';
import type { MuteRequests } from './host/use-mute-asked.ts';
import type { Panel } from './panel.ts';
import type { Person } from './people/person.ts';
import type { OwnHand } from './reactions/use-own-hand.ts';
import type { Reactions } from './reactions/use-reactions.ts';
import type { FullScreen } from './stage/use-full-screen.ts';

/** What goes on in the room besides picture and sound. */
export interface RoomLife {
  readonly panel: Panel;
  readonly chat: Chat;
  readonly people: Readonly<Ref<readonly Person[]>>;
  readonly hand: OwnHand;
  readonly reactions: Reactions;
  readonly host: Host;
  readonly muteRequests: MuteRequests;
  readonly fullScreen: FullScreen;
  /** Copies the address for whoever should come. */
  copyLink(): Promise<void>;
  /** Copies the address that makes hosts. */
  copyHostLink(): Promise<void>;
}

const key: InjectionKey<RoomLife> = Symbol('room life');

export function provideRoomLife(life: RoomLife): void {
  provide(key, life);
}

/** The room's life in the meeting that this component stands in. */
export function useRoomLife(): RoomLife {
  const life = inject(key);
  if (life === undefined) throw new Error('This component stands in no meeting.');
  return life;
}
