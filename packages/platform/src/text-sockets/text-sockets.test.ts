import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Served } from '../../test/served.ts';
import { p2pPath } from '../p2p/p2p-protocol.ts';
import { refusalRate, requestRate } from '../signaling/request-limits.ts';
import { textFrameBytesMax } from './text-sockets.ts';

let served: Served;
const sockets: WebSocket[] = [];

/** A client of the 1:1 protocol that is not connected yet. */
class Caller {
  readonly socket: WebSocket;
  readonly heard: Record<string, unknown>[] = [];

  constructor(options: { readonly origin?: string; readonly path?: string } = {}) {
    const { path = p2pPath, ...rest } = options;
    this.socket = new WebSocket(`ws://127.0.0.1:${served.port}${path}`, rest);
    sockets.push(this.socket);
    this.socket.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString())));
    this.socket.on('error', () => {});
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  says(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async hears(cmd: string): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.heard.find((message) => message['cmd'] === cmd);
      if (found !== undefined) return found;
      await once(this.socket, 'message');
    }
  }

  /** The status with which the handshake was refused. */
  async refused(): Promise<number> {
    const [, response] = await once(this.socket, 'unexpected-response');
    return response.statusCode;
  }
}

beforeEach(async () => {
  served = await Served.start(3, { foreignOrigins: ['https://old.example'] });
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await served.stop();
});

describe('plain text sockets', () => {
  it('carry the 1:1 protocol between two clients, and tell one that the socket of the other closed', async () => {
    const ann = await new Caller().opened();
    ann.says({ cmd: 'join', roomId: 'r', uid: 'ann' });
    const bob = await new Caller({ path: `${p2pPath}?v=1` }).opened();
    bob.says({ cmd: 'join', roomId: 'r', uid: 'bob' });
    expect(await bob.hears('resp-join')).toEqual({ cmd: 'resp-join', remoteUid: 'ann' });
    await ann.hears('new-peer');
    const offer = { cmd: 'offer', roomId: 'r', uid: 'ann', remoteUid: 'bob', msg: '{"type":"offer","sdp":"v=0"}' };
    ann.says(offer);
    expect(await bob.hears('offer')).toEqual(offer);
    bob.socket.terminate();
    expect(await ann.hears('peer-leave')).toEqual({ cmd: 'peer-leave', remoteUid: 'bob' });
  });

  it('remove who is silent for 15 s', async () => {
    const ann = await new Caller().opened();
    ann.says({ cmd: 'join', roomId: 'r', uid: 'ann' });
    const bob = await new Caller().opened();
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
    expect(await new Caller({ origin: 'https://evil.example' }).refused()).toBe(403);
    await new Caller({ origin: 'https://old.example' }).opened();
    await new Caller({ origin: `http://127.0.0.1:${served.port}` }).opened();
  });

  it('refuse binary frames, and go on', async () => {
    const ann = await new Caller().opened();
    ann.socket.send(new Uint8Array([1, 2, 3]));
    expect(await ann.hears('error')).toMatchObject({ code: 'request-malformed' });
    expect(ann.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('are closed for a frame that is too long', async () => {
    const ann = await new Caller().opened();
    ann.says('x'.repeat(textFrameBytesMax + 1));
    const [code] = await once(ann.socket, 'close');
    expect(code).toBe(1009);
  });

  it('are closed for flooding, after they were warned; others go on', async () => {
    const [ann, bob] = await Promise.all([new Caller().opened(), new Caller().opened()]);
    for (let i = 0; i < 2 * (requestRate.burstMax + refusalRate.burstMax); i++) ann.says({ cmd: 'keeplive' });
    const [code] = await once(ann.socket, 'close');
    expect(code).toBe(1008);
    expect(ann.heard.at(-1)).toMatchObject({ cmd: 'error', code: 'rate-limited' });
    bob.says({ cmd: 'join', roomId: 'r', uid: 'bob' });
    bob.says('?');
    await bob.hears('error');
  });

  it('are closed when the server stops', async () => {
    const ann = await new Caller().opened();
    const closed = once(ann.socket, 'close');
    await served.stop();
    expect((await closed)[0]).toBe(1001);
  });
});
