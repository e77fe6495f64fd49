import type { LoadConnector, LoadRoom } from '@rivero/testkit';
import type { TellProgress } from '../benchmark.ts';

const joinsAtOnce = 16;

/** So many subscribers join the room, a few at once; `peersOf`: as one of which peers each of them, from 1 on. */
export async function subscribeMany(
  room: LoadRoom,
  count: number,
  tell: TellProgress,
  peersOf?: (subscriber: number) => LoadConnector | undefined,
): Promise<void> {
  let joined = 0;
  const join = async (): Promise<void> => {
    while (joined < count) {
      joined += 1;
      tell(`subscriber ${joined} of ${count}`);
      await room.subscribe(peersOf?.(joined));
    }
  };
  await Promise.all(Array.from({ length: joinsAtOnce }, join));
}
