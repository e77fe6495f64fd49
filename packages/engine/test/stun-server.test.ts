import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TransportAddress } from '@rivero/core';
import {
  attributeType,
  parseStunMessage,
  serializeStunMessage,
  serializeXorAddress,
  type StunMessage,
} from '@rivero/protocol/stun';
import { plainEndpointSettings } from '@rivero/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type EndpointSettings, type RunningEngine, startEngine } from '../src/index.ts';
import { loopbackIp, loopbackNames, RealPeer } from './real-peer.ts';

const lines: string[] = [];
const closers: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  lines.length = 0;
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A STUN server that sees everybody behind a NAT, unless it is told how it sees them. */
class NatView {
  readonly asked: TransportAddress[] = [];
  readonly #socket: Socket;

  constructor(socket: Socket, view: (from: TransportAddress) => TransportAddress | undefined) {
    this.#socket = socket;
    socket.on('message', (bytes, { address: ip, port }) => {
      const message = parseStunMessage(bytes);
      const mapped = view({ ip, port });
      this.asked.push({ ip, port });
      if (typeof message !== 'string' && mapped !== undefined) socket.send(answerTo(message, mapped), port, ip);
    });
  }

  static async open(
    view: (from: TransportAddress) => TransportAddress | undefined = ({ port }) => ({ ip: '203.0.113.7', port }),
  ): Promise<NatView> {
    const socket = createSocket('udp4');
    closers.push(() => void socket.close());
    socket.bind(0, loopbackIp);
    await once(socket, 'listening');
    return new NatView(socket, view);
  }

  get settings(): EndpointSettings {
    const stunServer = { host: loopbackIp, port: this.#socket.address().port };
    return { ...plainEndpointSettings, networkInterfaces: loopbackNames, stunServer };
  }
}

function answerTo({ transactionId }: StunMessage, mapped: TransportAddress): Uint8Array {
  const value = serializeXorAddress(mapped, transactionId);
  const attributes = [{ type: attributeType.xorMappedAddress, value }];
  return serializeStunMessage({ method: 'binding', class: 'success', transactionId, attributes });
}

async function openEngine(): Promise<RunningEngine> {
  const write = (text: string): void => void lines.push(text);
  const log = { debug: write, info: write, warn: write, error: write };
  const engine = await startEngine({ workers: 1, mediaPort: 0, udp: true, tcp: false, log });
  closers.push(() => engine.stop());
  await engine.openRoom('room');
  return engine;
}

async function open(engine: RunningEngine, endpointId: string, settings: EndpointSettings): Promise<void> {
  const trackIds = { audio: `${endpointId}/audio`, video: `${endpointId}/video` };
  const options = { type: 'webrtc', trackIds, direction: 'sendrecv', certificate: 'ecdsa' } as const;
  await engine.openEndpoint('room', endpointId, options);
  await engine.configureEndpoint('room', endpointId, settings);
  await engine.createOffer('room', endpointId, { audio: 'sendrecv', video: undefined });
}

async function gather(engine: RunningEngine, endpointId: string): Promise<readonly string[]> {
  return (await engine.gatherCandidates('room', endpointId)).map(({ candidate }) => candidate);
}

describe('endpoints with a STUN server', () => {
  it('tell what a NAT makes of the media socket, asked once for all of them', async () => {
    const engine = await openEngine();
    const server = await NatView.open();
    const ids = ['a', 'b', 'c', 'd'];
    await Promise.all(ids.map((id) => open(engine, id, server.settings)));
    const gathered = await Promise.all(ids.map((id) => gather(engine, id)));
    const [port] = engine.ports;
    for (const candidates of gathered) {
      expect(candidates.at(-1)).toMatch(
        new RegExp(`^candidate:s1 1 udp 1694498815 203.0.113.7 ${port} typ srflx raddr 127.0.0.1 rport ${port}$`),
      );
      expect(candidates.some((line) => line.includes(' typ host'))).toBe(true);
    }
    expect(server.asked).toEqual([{ ip: loopbackIp, port }]);
    expect(await engine.localDescription('room', 'a')).toContain('typ srflx raddr');
  });

  it('send something to the candidates of the peer, so that a NAT lets its checks in', async () => {
    const engine = await openEngine();
    const server = await NatView.open();
    const peers = await Promise.all([RealPeer.open(), RealPeer.open()]);
    closers.push(() => {
      for (const peer of peers) peer.close();
    });
    await open(engine, 'ann', server.settings);
    const [before, after] = await Promise.all([NatView.open(() => undefined), NatView.open(() => undefined)]);
    const candidateOf = (view: NatView): string =>
      `candidate:1 1 udp 1 ${loopbackIp} ${view.settings.stunServer?.port} typ srflx raddr 0.0.0.0 rport 0`;
    await engine.addRemoteCandidate('room', 'ann', candidateOf(before));
    await gather(engine, 'ann');
    await engine.addRemoteCandidate('room', 'ann', candidateOf(after));
    await engine.addRemoteCandidate('room', 'ann', 'candidate:2 1 udp 1 0f1e2d3c.local 9 typ host');
    const from = { ip: loopbackIp, port: engine.ports[0] };
    for (const view of [before, after]) await expect.poll(() => view.asked).toContainEqual(from);
  });

  it('tell nothing more where there is no NAT, or the address is told already', async () => {
    const engine = await openEngine();
    const plain = await NatView.open((from) => from);
    await open(engine, 'plain', plain.settings);
    const behind = await NatView.open();
    await open(engine, 'external', { ...behind.settings, externalIpv4: '203.0.113.7' });
    for (const id of ['plain', 'external']) expect((await gather(engine, id)).join()).not.toContain('srflx');
    expect([plain.asked.length, behind.asked.length]).toEqual([1, 1]);
  });

  it('tell those of the machine after 3 s when it does not answer, and the log says who', async () => {
    const engine = await openEngine();
    const silent = await NatView.open(() => undefined);
    await open(engine, 'ann', silent.settings);
    const began = performance.now();
    const candidates = await gather(engine, 'ann');
    expect(performance.now() - began).toBeLessThan(4_500);
    expect(candidates.every((line) => line.includes(' typ host'))).toBe(true);
    expect(lines.join()).toContain(`STUN server 127.0.0.1:${silent.settings.stunServer?.port}: it did not answer`);
    expect(silent.asked).toHaveLength(3);
  });

  it('may close, with their room, while it is asked: whoever gathered is refused', async () => {
    const engine = await openEngine();
    const silent = await NatView.open(() => undefined);
    for (const id of ['ann', 'bob']) await open(engine, id, silent.settings);
    const gathered = ['ann', 'bob'].map((id) => expect(gather(engine, id)).rejects.toHaveProperty('code'));
    await engine.closeEndpoint('room', 'ann');
    await engine.closeRoom('room');
    await Promise.all(gathered);
  });
});
