import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Program } from './harness/program.ts';
import { relayThrough, type TurnCredentials } from './harness/turn-client.ts';
import { TurnServer } from './harness/turn-server.ts';

interface Told {
  readonly iceServers: readonly (Partial<TurnCredentials> & { readonly urls: readonly string[] })[];
  readonly lifetime: number;
}

const open: { stop(): Promise<void> }[] = [];

async function started<Part extends { stop(): Promise<void> }>(starting: Promise<Part>): Promise<Part> {
  const part = await starting;
  open.push(part);
  return part;
}

/** What a client is told that asks over a socket. */
async function askedOf(program: Program): Promise<Told> {
  const socket = new WebSocket(`${program.url.replace('http', 'ws')}/ws/p2p`);
  await once(socket, 'open');
  socket.send(JSON.stringify({ cmd: 'ice-servers' }));
  const [message] = await once(socket, 'message');
  socket.close();
  return JSON.parse(String(message));
}

/** The TURN servers among them, with the credentials that were told. */
function relaysOf({ iceServers }: Told): { readonly urls: readonly string[]; readonly credentials: TurnCredentials } {
  const [relays, ...others] = iceServers.filter(({ credential }) => credential !== undefined);
  expect(others).toEqual([]);
  const { username = '', credential = '' } = relays ?? {};
  return { urls: relays?.urls ?? [], credentials: { username, credential } };
}

/** Nothing is lost over any of them: by UDP, too, as loopback loses none, and all that waits has room in a socket. */
async function expectRelays(urls: readonly string[], credentials: TurnCredentials): Promise<void> {
  const all = await Promise.all(urls.map(async (url) => ({ url, ...(await relayThrough(url, credentials)) })));
  for (const { url, sent, received, text } of all) expect([url, sent, received], text).toEqual([url, 20, 20]);
}

afterEach(async () => {
  for (const part of open.splice(0)) await part.stop();
});

describe('the ICE servers that clients are told', () => {
  it('relay by our own server, over UDP, TCP and TLS', async () => {
    const program = await started(Program.start({ TURN_PORT: '0', TURN_TLS_PORT: '0', LOG: 'debug' }));
    const told = await askedOf(program);
    expect(told.lifetime).toBe(43_200);
    expect(told.iceServers[0]?.urls[0]).toMatch(/^stun:[^:]+:\d+$/);
    const { urls, credentials } = relaysOf(told);
    expect(urls.map((url) => url.replace(/:.*\?transport=/, ' '))).toEqual(['turn udp', 'turn tcp', 'turns tcp']);
    await expectRelays(urls, credentials);
    await program.logs(/"msg":"allocated"/);
    expect(program.log).not.toContain(credentials.credential);
    const stranger = { ...credentials, username: credentials.username.replace('socket-', 'friend-') };
    expect((await relayThrough(urls[0] ?? '', stranger)).received).toBe(0);
  });

  it('relay by a coturn that is named with its secret, and ours is not opened', async () => {
    const secret = 'a+shared/secret=of-coturn';
    const coturn = await started(TurnServer.start(secret));
    const at = `turn:${coturn.ip}:${coturn.port}?transport=`;
    const program = await started(
      Program.start({ TURN_URLS: `${at}udp,${at}tcp`, TURN_SECRET: secret, TURN_PORT: '0', LOG: 'debug' }),
    );
    expect(program.log).toContain(`(not ours / 外部)： ${at}udp\n`);
    expect(program.log).not.toContain('STUN, TURN: ');
    const { urls, credentials } = relaysOf(await askedOf(program));
    expect(urls).toEqual([`${at}udp`, `${at}tcp`]);
    await expectRelays(urls, credentials);
    expect((await relayThrough(`${at}udp`, { ...credentials, credential: 'another' })).received).toBe(0);
    for (const hidden of [secret, credentials.credential]) expect(program.log).not.toContain(hidden);
  });
});
