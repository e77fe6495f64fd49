import type { IceConfiguration, IceServer, Reply } from '@rivero/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, Served } from '../../test/served.ts';
import { TextClient } from '../../test/text-client.ts';
import { groupPath } from '../group/group-protocol.ts';
import { p2pPath } from '../p2p/p2p-protocol.ts';
import { joinTimeout } from './client.ts';
import { iceServersRate } from './request-limits.ts';

let served: Served;
const clients: TextClient[] = [];

beforeEach(async () => {
  served = await Served.start(3);
});

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate();
  await served.stop();
});

/** Who asked, as the credentials of the test's source have it. */
function requesterIn({ iceServers: [server] }: IceConfiguration): { readonly name: string; readonly host: string } {
  return { name: server?.username ?? '', host: server?.urls[0]?.slice('turn:'.length) ?? '' };
}

async function ask(client: Client, request: unknown = {}): Promise<ReturnType<typeof requesterIn>> {
  const answer = (await client.request('ice-servers', request)) as Reply<IceConfiguration>;
  if (!answer.ok) throw new Error(answer.error.code);
  return requesterIn(answer.value);
}

async function connectText(path: string, headers: Readonly<Record<string, string>> = {}): Promise<TextClient> {
  const client = new TextClient(`ws://127.0.0.1:${served.port}${path}`, { headers });
  clients.push(client);
  return await client.opened();
}

describe('ICE servers', () => {
  it('come with every entry, for the participant', async () => {
    const ann = await served.connect();
    const joined = await ann.join('Ann');
    expect(requesterIn(joined.ice)).toEqual({ name: joined.participantId, host: '127.0.0.1' });
    const again = await served.connect();
    const resumed = await again.enter('resume', { resumeToken: joined.resumeToken });
    expect(requesterIn(resumed.ice).name).toBe(joined.participantId);
  });

  it('may be asked for in a room, before and after, under a name that no other socket has', async () => {
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    const { name } = await ask(ann);
    expect(name).toMatch(/^socket-[\da-f-]{36}$/);
    expect((await ask(bob)).name).not.toBe(name);
    const { participantId } = await ann.join('Ann');
    expect((await ask(ann)).name).toBe(participantId);
    await ann.request('leave', {});
    expect((await ask(ann)).name).toBe(name);
  });

  it('have a name in which the client has no say', async () => {
    const ann = await served.connect();
    const { name } = await ask(ann);
    for (const request of [{ name: 'bob' }, { host: 'evil.example', username: 'bob', participantId: 'bob' }]) {
      expect(await ask(ann, request)).toEqual({ name, host: '127.0.0.1' });
    }
    for (const request of ['bob', null, 7]) expect(await ann.codeOf('ice-servers', request)).toBe('request-malformed');
  });

  it('do not keep a socket that joins nothing', async () => {
    const idle = await served.connect();
    const gone = idle.isDisconnected();
    await ask(idle);
    served.skippedMs = joinTimeout;
    await gone;
  });

  it('are refused to who asks too often, and to no one else', async () => {
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    const codes = await Promise.all(
      Array.from({ length: iceServersRate.burstMax + 5 }, () => ann.codeOf('ice-servers', {})),
    );
    expect(codes.slice(0, iceServersRate.burstMax)).toEqual(Array(iceServersRate.burstMax).fill('ok'));
    expect(codes.at(-1)).toBe('rate-limited');
    await ask(bob);
  });

  it('are named by the host that the client asked for, and by what a proxy wrote where it is trusted', async () => {
    const headers = { host: 'Meet.example:8443', 'x-forwarded-host': 'public.example' };
    const direct = await served.connect({ extraHeaders: headers });
    expect((await ask(direct)).host).toBe('meet.example');
    await served.stop();
    served = await Served.start(3, { trustProxy: true });
    const behind = await served.connect({ extraHeaders: headers });
    expect((await ask(behind)).host).toBe('public.example');
  });

  it('take no host that is none', async () => {
    const hostile = await served.connect({ extraHeaders: { host: 'a.example?transport=tcp,turn:evil.example' } });
    expect((await ask(hostile)).host).toBe('undefined');
  });

  it('are told nobody else, and logged nowhere', async () => {
    const lines: string[] = [];
    const log = (text: string): void => void lines.push(text);
    await served.stop();
    served = await Served.start(3, { log: { debug: log, info: log, warn: log, error: log } });
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    await bob.join('Bob');
    const { ice } = await ann.join('Ann');
    await ann.request('ice-servers', {});
    await ann.request('leave', {});
    expect(await bob.hears('participant-left')).toBeDefined();
    const secret = ice.iceServers[0]?.credential ?? '';
    expect(secret).not.toBe('');
    expect(`${JSON.stringify(bob.events)}${lines.join()}`).not.toContain(secret);
  });
});

describe.each([
  [p2pPath, 'cmd', { cmd: 'ice-servers' }],
  [groupPath, 'id', { id: 'iceServers' }],
])('ICE servers over %s', (path, field, request) => {
  it('are told to who asks, in a room or outside', async () => {
    const ann = await connectText(path, { host: 'meet.example' });
    ann.says(request);
    expect(await ann.hears('ice-servers')).toEqual({
      [field]: 'ice-servers',
      iceServers: [{ urls: ['turn:meet.example'], username: expect.stringMatching(/^socket-/), credential: 'secret' }],
      lifetime: 60,
    });
  });

  it('have another name for each socket', async () => {
    const names = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const client = await connectText(path);
        client.says({ ...request, name: 'bob', username: 'bob', uid: 'bob' });
        const { iceServers } = await client.hears('ice-servers');
        return requesterIn({ iceServers: iceServers as readonly IceServer[], lifetime: 60 }).name;
      }),
    );
    expect(new Set(names).size).toBe(3);
    expect(names).not.toContain('bob');
  });

  it('are refused to who asks too often', async () => {
    const ann = await connectText(path);
    for (let i = 0; i <= iceServersRate.burstMax; i++) ann.says(request);
    expect(await ann.hears('error')).toMatchObject({ code: 'rate-limited' });
    expect(ann.heard).toHaveLength(iceServersRate.burstMax + 1);
  });
});
