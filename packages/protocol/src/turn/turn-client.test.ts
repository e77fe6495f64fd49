import { milliseconds } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { findAttribute, parseStunMessage, turnAttributeType } from '../stun/index.ts';
import { parseChannelData, serializeChannelData } from './channel-data.ts';
import { relayPeersMax } from './relay-peers.ts';
import { permissionRefreshInterval, permissionsMax } from './relay-permissions.ts';
import { mapped, relayed, ScriptedServer } from './test/scripted-server.ts';
import { challengesMax, keepaliveInterval, requestsMax } from './turn-client.ts';

const peer = { ip: '198.51.100.2', port: 40_000 };
const packet = Uint8Array.of(0x80, 1, 2, 3, 4);

function allocated(): ScriptedServer {
  const server = new ScriptedServer();
  server.start();
  expect(server.client.state).toBe('allocated');
  return server;
}

describe('an allocation', () => {
  it('is asked for without credentials, then with those that the challenge wants (RFC 8489 section 9.2.3)', () => {
    const server = allocated();
    expect(server.asked).toEqual([
      { at: 0, method: 'allocate', isAuthentic: false },
      { at: 0, method: 'allocate', isAuthentic: true },
    ]);
    expect(server.events).toEqual([{ type: 'allocated', relayed, mapped }]);
  });

  it('needs no credentials where the server wants none', () => {
    const server = new ScriptedServer();
    server.script.needsCredentials = false;
    server.start();
    expect(server.client.state).toBe('allocated');
    expect(server.asked).toHaveLength(1);
  });

  it('is refused with 401 when the password is wrong, after one try', () => {
    const server = new ScriptedServer({ user: { username: 'ann', password: 'wrong' } });
    server.start();
    expect(server.asked).toHaveLength(2);
    expect(server.events).toEqual([{ type: 'failed', failure: { type: 'refused', code: 401 } }]);
    expect(server.client.deadline()).toBe(Infinity);
  });

  it.each([403, 437, 440, 442, 486, 508])('is refused with %i, as the server says', (code) => {
    const server = new ScriptedServer();
    server.script.refuse = () => code;
    server.script.needsCredentials = false;
    server.start();
    expect(server.events).toEqual([{ type: 'failed', failure: { type: 'refused', code } }]);
  });

  it('is given up when every nonce is stale', () => {
    const server = new ScriptedServer();
    server.script.refuse = () => {
      server.nonce = `${server.nonce}+`;
      return undefined;
    };
    server.start();
    expect(server.asked).toHaveLength(challengesMax + 1);
    expect(server.events).toEqual([{ type: 'failed', failure: { type: 'refused', code: 438 } }]);
  });

  it('is asked for at 0, 500, 1500, 3500 ms, and given up at the end of its patience', () => {
    const server = new ScriptedServer({ patience: milliseconds(4_000) });
    server.script.refuse = () => 0;
    server.start();
    server.runUntil(60_000);
    expect(server.asked.map(({ at }) => at)).toEqual([0, 500, 1_500, 3_500]);
    expect(server.events).toEqual([{ type: 'failed', failure: { type: 'no-answer' } }]);
  });

  it('is asked for once over a connection (RFC 8489 section 6.2.2)', () => {
    const server = new ScriptedServer({ isStream: true });
    server.script.refuse = () => 0;
    server.start();
    server.runUntil(60_000);
    expect(server.asked).toHaveLength(1);
  });

  it('takes no answer of anybody else', () => {
    const server = new ScriptedServer();
    server.client.start(server.now);
    const request = server.client.pollSend() ?? packet;
    const other = request.slice();
    other[0] = 1;
    other[1] = 3;
    other[19] ^= 1;
    // Its FINGERPRINT is wrong, too; without it the transaction is.
    expect(server.client.handleMessage(other, server.now)).toBeUndefined();
    const bare = other.slice(0, 20);
    bare[3] = 0;
    server.client.handleMessage(bare, server.now);
    expect(server.client.counters.snapshot()).toMatchObject({ defective: 1, 'unknown-transaction': 1 });
    expect(server.client.state).toBe('allocating');
  });

  it('is refreshed a minute before its end, and again after each answer', () => {
    const server = allocated();
    server.runUntil(1_100_000);
    const refreshes = server.asked.filter(({ method }) => method === 'refresh');
    expect(refreshes.map(({ at, lifetime }) => [at, lifetime])).toEqual([
      [540_000, 600],
      [1_080_000, 600],
    ]);
  });

  it('is lost when the server has forgotten it, or is gone', () => {
    for (const [code, failure] of [
      [437, { type: 'lost', code: 437 }],
      [0, { type: 'lost' }],
    ] as const) {
      const server = allocated();
      server.script.refuse = ({ method }) => (method === 'refresh' ? code : undefined);
      server.runUntil(600_000);
      expect(server.events.at(-1)).toEqual({ type: 'failed', failure });
    }
  });

  it('is lost as soon as a server that was started anew is asked for anything', () => {
    const server = allocated();
    server.script.refuse = () => 437;
    server.client.permit('198.51.100.2', server.now);
    server.exchange();
    expect(server.events.at(-1)).toEqual({ type: 'failed', failure: { type: 'lost', code: 437 } });
  });

  it('goes on with another nonce when the old one is stale (438)', () => {
    const server = allocated();
    server.nonce = 'nonce-2';
    server.runUntil(541_000);
    expect(server.asked.slice(2)).toHaveLength(2);
    expect(server.client.state).toBe('allocated');
  });

  it('is given back with the lifetime 0 when it is closed', () => {
    const server = allocated();
    server.client.close(server.now);
    server.exchange();
    expect(server.asked.at(-1)).toMatchObject({ method: 'refresh', lifetime: 0, isAuthentic: true });
    expect(server.client.deadline()).toBe(Infinity);
    expect(server.client.wrap(server.client.openPeer(peer) ?? expect.fail(), packet, server.now)).toBeUndefined();
  });

  it('keeps NATs awake with an indication after 20 s without anything sent', () => {
    const server = allocated();
    server.runUntil(keepaliveInterval * 2);
    const kept = server.sent.map((bytes) => parseStunMessage(bytes));
    expect(kept).toMatchObject([
      { method: 'binding', class: 'indication' },
      { method: 'binding', class: 'indication' },
    ]);
  });
});

describe('permissions', () => {
  it('that were wished before the allocation are asked for with it, and every 4 minutes', () => {
    const server = new ScriptedServer();
    server.client.permit('198.51.100.2', server.now);
    for (const ip of ['198.51.100.2', '2001:db8::1', 'a.local', 'fe80::1%eth0']) server.client.permit(ip, server.now);
    server.start();
    server.runUntil(permissionRefreshInterval + 1_000);
    const asked = server.asked.filter(({ method }) => method === 'create-permission');
    expect(asked.map(({ at, peer: of }) => [at, of])).toEqual([
      [0, '198.51.100.2:0'],
      [permissionRefreshInterval, '198.51.100.2:0'],
    ]);
  });

  it(`are refreshed for the newest ${permissionsMax} addresses`, () => {
    const server = allocated();
    for (let i = 0; i <= permissionsMax; i++) server.client.permit(`198.51.100.${i + 1}`, server.now);
    server.exchange();
    server.runUntil(permissionRefreshInterval);
    const again = server.asked.filter(({ at, method }) => at > 0 && method === 'create-permission');
    expect(again).toHaveLength(permissionsMax);
    expect(again.map(({ peer: of }) => of)).not.toContain('198.51.100.1:0');
  });

  it(`are asked for while ${requestsMax} requests or fewer wait for a server that is silent`, () => {
    const server = allocated();
    server.script.refuse = () => 0;
    for (let i = 0; i <= requestsMax; i++) server.client.permit(`198.51.${i}.1`, server.now);
    server.exchange();
    expect(server.asked.filter(({ method }) => method === 'create-permission')).toHaveLength(requestsMax);
    expect(server.client.counters.get('too-many-requests')).toBe(1);
  });

  it('that are refused cost nothing else', () => {
    const server = allocated();
    server.script.refuse = ({ method }) => (method === 'create-permission' ? 403 : undefined);
    server.client.permit('198.51.100.2', server.now);
    server.exchange();
    expect(server.client.counters.get('permission-refused')).toBe(1);
    expect(server.client.state).toBe('allocated');
  });
});

describe('data', () => {
  it('comes in indications, and goes in indications until a channel is bound, then as ChannelData', () => {
    const server = allocated();
    expect(server.client.handleMessage(server.dataFrom(peer, packet), server.now)).toEqual({ peer, data: packet });
    const opened = server.client.openPeer(peer) ?? expect.fail();
    const first = parseStunMessage(server.client.wrap(opened, packet, server.now) ?? packet);
    expect(first).toMatchObject({ method: 'send', class: 'indication' });
    expect(typeof first === 'string' || findAttribute(first, turnAttributeType.data)?.value).toEqual(packet);
    server.exchange();
    const asked = { method: 'channel-bind', peer: '198.51.100.2:40000', channel: 0x4000 };
    expect(server.asked.at(-1)).toMatchObject(asked);
    const next = server.client.wrap(opened, packet, server.now) ?? expect.fail();
    expect(parseChannelData(next)).toEqual({ channel: 0x4000, data: packet });
    const key = '198.51.100.2:40000';
    expect(server.client.handleMessage(serializeChannelData(0x4000, packet, true), server.now)).toEqual({
      peer,
      key,
      data: packet,
    });
    server.runUntil(permissionRefreshInterval);
    expect(server.asked.filter(({ channel }) => channel === 0x4000)).toHaveLength(2);
  });

  it('goes on in indications where the channel is refused', () => {
    const server = allocated();
    server.script.refuse = ({ method }) => (method === 'channel-bind' ? 400 : undefined);
    const opened = server.client.openPeer(peer) ?? expect.fail();
    for (let i = 0; i < 3; i++) {
      expect(server.client.wrap(opened, packet, server.now)?.[1]).toBe(0x16);
      server.exchange();
    }
    expect(server.asked.filter(({ method }) => method === 'channel-bind')).toHaveLength(1);
  });

  it('of an unknown channel, without a peer, or of another kind is counted and dropped', () => {
    const server = allocated();
    const drop = (bytes: Uint8Array) => expect(server.client.handleMessage(bytes, server.now)).toBeUndefined();
    drop(serializeChannelData(0x4001, packet, false));
    drop(serializeChannelData(0x4001, packet, false).subarray(0, 6));
    drop(new Uint8Array(0));
    drop(packet);
    const counts = server.client.counters.snapshot();
    expect(counts).toMatchObject({ 'unknown-channel': 1, defective: 3 });
  });

  it(`is for ${relayPeersMax} peers at once`, () => {
    const { client } = allocated();
    const open = (port: number) => client.openPeer({ ip: peer.ip, port });
    const peers = Array.from({ length: relayPeersMax }, (_, i) => open(1_000 + i));
    expect(peers).not.toContain(undefined);
    expect(open(1_000)).toBe(peers[0]);
    expect(open(9)).toBeUndefined();
    client.closePeer(peers[0] ?? expect.fail());
    expect(open(9)).toBeDefined();
  });
});
