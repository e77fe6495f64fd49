import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, describe, it } from 'vitest';
import { openDatagramSockets, openDatapath, openUdpSockets } from '../src/index.ts';
import { stun } from './exchange.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Opens something and closes it again, or keeps it by its sockets alone; answers what becomes of it. */
type Life = (isClosed: boolean) => Promise<{ readonly object: WeakRef<object>; readonly port: number }>;

async function liveAsDatapath(isClosed: boolean) {
  const { datapath } = openDatapath('native', { slotsMax: 64 });
  const sockets = await openUdpSockets(datapath, ['127.0.0.1'], 0);
  datapath.onBatch(() => heard());
  if (isClosed) await sockets.close();
  return { object: new WeakRef(datapath), port: sockets.ports[0].local.port };
}

async function liveAsSockets(isClosed: boolean) {
  const sockets = openDatagramSockets('native');
  const socket = sockets.bind({ ip: '127.0.0.1', port: 0, onPacket: () => heard() });
  if (socket instanceof Error) throw socket;
  if (isClosed) sockets.close();
  return { object: new WeakRef(sockets), port: socket.port };
}

let heard = (): void => {};

describe.runIf(openDatapath('auto').type === 'native').each<[name: string, live: Life]>([
  ['a datapath', liveAsDatapath],
  ['sockets', liveAsSockets],
])('native: %s', (_name, live) => {
  it('goes with its memory when it is closed and nobody knows it', async () => {
    const gone: WeakRef<object>[] = [];
    for (let i = 0; i < 10; i++) gone.push((await live(true)).object);
    const isGone = (): boolean => {
      collectGarbage();
      return gone.every((object) => object.deref() === undefined);
    };
    await expect.poll(isGone).toBe(true);
  });

  it('stays while a socket of it is open, though nobody else knows it', async () => {
    const { port } = await live(false);
    const received = new Promise<void>((resolve) => {
      heard = resolve;
    });
    for (let i = 0; i < 10; i++) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const socket = createSocket('udp4');
    socket.send(stun, port, '127.0.0.1');
    await received;
    socket.close();
    await once(socket, 'close');
  });
});
