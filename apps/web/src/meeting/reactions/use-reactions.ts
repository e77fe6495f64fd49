import type { Reaction } from '@rivero/sdk';
import { onScopeDispose, type Ref, shallowRef } from 'vue';
import { ownTileId } from '../stage/tile.ts';
import type { Meeting } from '../use-meeting.ts';
import { useRoomEvent } from '../use-room-event.ts';

/** A reaction that is seen for a moment. */
export interface ShownReaction {
  readonly id: number;
  readonly reaction: Reaction;
  /** Of who shows it; undefined: we do. */
  readonly name: string | undefined;
  /** The tile of who shows it. */
  readonly tileId: string;
}

export interface Reactions {
  /** The newest last. */
  readonly shown: Readonly<Ref<readonly ShownReaction[]>>;
  react(reaction: Reaction): Promise<void>;
}

export const reactionShownMs = 4_000;

/** More at once hide the stage, and nobody reads them. */
export const reactionsShownMax = 12;

export function useReactions({ room, attempt }: Pick<Meeting, 'room' | 'attempt'>): Reactions {
  const shown = shallowRef<readonly ShownReaction[]>([]);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let lastId = 0;

  function show(reaction: Reaction, tileId: string, name: string | undefined): void {
    lastId += 1;
    const id = lastId;
    shown.value = [...shown.value, { id, reaction, name, tileId }].slice(-reactionsShownMax);
    const timer = setTimeout(() => {
      timers.delete(timer);
      shown.value = shown.value.filter((one) => one.id !== id);
    }, reactionShownMs);
    timers.add(timer);
  }

  useRoomEvent(room, 'reaction', (reaction, { participantId, name }) => show(reaction, participantId, name));
  onScopeDispose(() => {
    for (const timer of timers) clearTimeout(timer);
  });

  async function react(reaction: Reaction): Promise<void> {
    await attempt(async () => {
      await room.value?.react(reaction);
      show(reaction, ownTileId, undefined);
    });
  }

  return { shown, react };
}
