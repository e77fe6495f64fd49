import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Served } from '../../test/served.ts';
import { TextClient } from '../../test/text-client.ts';
import { groupPath } from '../group/group-protocol.ts';
import { p2pPath } from '../p2p/p2p-protocol.ts';
import { refusalRate, requestRate } from '../signaling/request-limits.ts';
import { textFrameBytesMax } from './text-sockets.ts';

let served: Served;
const clients: TextClient[] = [];

function connect(options: { readonly origin?: string; readonly path?: string } = {}): TextClient {
  const { path = p2pPath, ...rest } = options;
  const client = new TextClient(`ws://127.0.0.1:${served.port}${path}`, rest);
  clients.push(client);
  return client;
}

/** Asks for a WebSocket by hand, and stays open until it is destroyed. */
async function shakeHands(path: string, origin: string): Promise<Socket> {
  const socket = connectTcp({ port: served.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  const headers = ['Host: 127.0.0.1', 'Connection: Upgrade', 'Upgrade: websocket', `Origin: ${origin}`];
  socket.write(`GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  return socket;
}

const evil = 'https://evil.example';

beforeEach(async () => {
  served = await Served.start(3, { foreignOrigins: ['https://old.example'] });
});

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate();
  await served.stop();
});

describe('plain text sockets', () => {
  it('carry the 1:1 protocol between two clients, and tell one that the socket of the other closed', async () => {
    const ann = await connect().opened();
    ann.says({ cmd: 'join', roomId: 'r', uid: 'ann' });
    const bob = await connect({ path: `${p2pPath}?v=1` }).opened();
    bob.says({ cmd: 'join', roomId: 'r', uid: 'bob' });
    expect(await bob.hears('resp-join')).toEqual({ cmd: 'resp-join', remoteUid: 'ann' });
    await ann.hears('new-peer');
    const offer = { cmd: 'offer', roomId: 'r', uid: 'ann', remoteUid: 'bob', msg: '{"type":"offer","sdp":"v=0"}' };
    ann.says(offer);
    expect(await bob.hears('offer')).toEqual(offer);
    bob.socket.terminate();
    expect(await ann.hears('peer-leave')).toEqual({ cmd: 'peer-leave', remoteUid: 'bob' });
  });

  it('answer what fails by a bug of ours, which is logged, and go on', async () => {
    await served.stop();
    const issue = (): never => {
      throw new Error('a bug');
    };
    served = await Served.start(3, { iceServers: { hasRelay: true, issue } });
    for (const [path, asked] of [
      [p2pPath, { cmd: 'ice-servers' }],
      [groupPath, { id: 'iceServers' }],
    ] as const) {
      const ann = await connect({ path }).opened();
      ann.says(asked);
      expect(await ann.hears('error')).toMatchObject({ code: 'internal' });
      expect(served.logged.splice(0)).toEqual([expect.stringContaining('a bug')]);
      expect(ann.socket.readyState).toBe(WebSocket.OPEN);
    }
  });

  it('remove who is silent for 15 s', async () => {
    const ann = await connect().opened();
    ann.says({ cmd: 'join', roomId: 'r', uid: 'ann' });
    const bob = await connect().opened();
    bob.says({ cmd: 'join', roomId: 'r', uid: 'bob' });
    await bob.hears('resp-join');
    served.skippedMs = 14_000;
    ann.says({ cmd: 'keeplive' });
    ann.says({});
    await ann.hears('error');
    served.skippedMs = 16_000;
    expect(await ann.hears('peer-leave')).toEqual({ cmd: 'peer-leave', remoteUid: 'bob' });
  });

  it('refuse pages of other origins, but those that are named', async () => {
    expect(await connect({ origin: evil }).refused()).toBe(403);
    await connect({ origin: 'https://old.example' }).opened();
    await connect({ origin: `http://127.0.0.1:${served.port}` }).opened();
  });

  it('are not to be had at other addresses', async () => {
    expect(await connect({ path: '/ws/nothing' }).refused()).toBe(404);
  });

  it.each(['/ws/nothing', p2pPath])('that break when they are refused end nothing else: %s', async (path) => {
    const broken = await shakeHands(path, evil);
    await once(broken, 'data');
    broken.resetAndDestroy();
    await once(broken, 'close');
    await connect().opened();
  });

  it('that break before they are answered end nothing else', async () => {
    const broken = await shakeHands('/ws/nothing', evil);
    broken.resetAndDestroy();
    await once(broken, 'close');
    await connect().opened();
  });

  it('are gone when they are refused, also when the client keeps its end open', async () => {
    const refused = await shakeHands(p2pPath, evil);
    await once(refused.resume(), 'end');
    await vi.waitFor(() => {
      refused.write('more');
      expect(refused.destroyed).toBe(true);
    });
  });

  it('refuse binary frames, and go on', async () => {
    const ann = await connect().opened();
    ann.socket.send(new Uint8Array([1, 2, 3]));
    expect(await ann.hears('error')).toMatchObject({ code: 'request-malformed' });
    expect(ann.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('are closed for a frame that is too long', async () => {
    const ann = await connect().opened();
    ann.says('x'.repeat(textFrameBytesMax + 1));
    const [code] = await once(ann.socket, 'close');
    expect(code).toBe(1009);
  });

  it('are closed for flooding, after they were warned; others go on', async () => {
    const [ann, bob] = await Promise.all([connect().opened(), connect().opened()]);
    for (let i = 0; i < 2 * (requestRate.burstMax + refusalRate.burstMax); i++) ann.says({ cmd: 'keeplive' });
    const [code] = await once(ann.socket, 'close');
    expect(code).toBe(1008);
    expect(ann.heard.at(-1)).toMatchObject({ cmd: 'error', code: 'rate-limited' });
    bob.says({ cmd: 'join', roomId: 'r', uid: 'bob' });
    bob.says('?');
    await bob.hears('error');
  });

  it('are closed when the server stops', async () => {
    const ann = await connect().opened();
    const closed = once(ann.socket, 'close');
    await served.stop();
    expect((await closed)[0]).toBe(1001);
  });
});
