import { LoadPeers, LoadRoom } from '@rivero/testkit';
import type { TellProgress } from '../benchmark.ts';
import { RemoteEngine } from '../load/remote-engine.ts';
import { subscribeMany } from '../load/subscribe-many.ts';

const warmUpJoins = 300;
const joins = 600;

/**
 * CPU time of an engine's process for one subscriber that joins, in microseconds: its peer is opened, its offer answered,
 * its ICE checks and DTLS handshake made over real sockets, its SRTP session opened.
 */
export async function measureEngineJoins(tell: TellProgress): Promise<number> {
  const engine = await RemoteEngine.start();
  const peers = new LoadPeers();
  const room = await LoadRoom.open(engine, peers, 'room');
  await room.publish();
  await subscribeMany(room, warmUpJoins, tell);
  const before = engine.cpuSeconds();
  await subscribeMany(room, joins, tell);
  const seconds = engine.cpuSeconds() - before;
  await engine.stop();
  await peers.close();
  return (seconds * 1_000_000) / joins;
}
