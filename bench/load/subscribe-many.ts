import type { LoadRoom } from '@rivero/testkit';
import type { TellProgress } from '../benchmark.ts';

const joinsAtOnce = 16;

/** So many subscribers join the room, a few at once. */
export async function subscribeMany(room: LoadRoom, count: number, tell: TellProgress): Promise<void> {
  let left = count;
  const join = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      tell(`subscriber ${count - left} of ${count}`);
      await room.subscribe();
    }
  };
  await Promise.all(Array.from({ length: joinsAtOnce }, join));
}
