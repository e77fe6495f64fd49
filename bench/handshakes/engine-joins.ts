import { LoadPeers, LoadRoom } from '@rivero/testkit';
import type { TellProgress } from '../benchmark.ts';
import { RemoteEngine } from '../load/remote-engine.ts';

const warmUpJoins = 300;
const joins = 600;
const atOnce = 16;

/**
 * CPU time of an engine's process for one subscriber that joins, in microseconds: its peer is opened, its offer answered,
 * its ICE checks and DTLS handshake made over real sockets, its SRTP session opened.
 */
export async function measureEngineJoins(tell: TellProgress): Promise<number> {
  const engine = await RemoteEngine.start();
  const peers = new LoadPeers();
  const room = await LoadRoom.open(engine, peers, 'room');
  await room.publish();
  await join(room, warmUpJoins, tell);
  const before = engine.cpuSeconds();
  await join(room, joins, tell);
  const seconds = engine.cpuSeconds() - before;
  await engine.stop();
  await peers.close();
  return (seconds * 1_000_000) / joins;
}

async function join(room: LoadRoom, count: number, tell: TellProgress): Promise<void> {
  let left = count;
  const joinNext = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      tell(`join ${count - left} of ${count}`);
      await room.subscribe();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, joinNext));
}
