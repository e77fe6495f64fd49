import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { receivedKind } from '@rivero/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type OpenPortPair, PortPairs, retryIntervalMs } from './port-pairs.ts';
import { TwinDatapath } from './twin/twin-datapath.ts';

const range = { first: 47_101, last: 47_108 };
const opened: OpenPortPair[] = [];
const clients: Socket[] = [];

function pairsOf(datapath = new TwinDatapath({ slotsMax: 16 }), start = 0): PortPairs {
  return new PortPairs(datapath, range, start);
}

function open(pairs: PortPairs, ip: 'ipv4' | 'ipv6' = 'ipv4'): number {
  const pair = pairs.open(ip);
  opened.push(pair);
  expect(pair.rtcp.local.port).toBe(pair.rtp.local.port + 1);
  return pair.rtp.local.port;
}

async function client(type: 'udp4' | 'udp6', port = 0): Promise<Socket> {
  const socket = createSocket(type);
  clients.push(socket);
  socket.bind(port, type === 'udp4' ? '127.0.0.1' : '::1');
  await once(socket, 'listening');
  return socket;
}

afterEach(() => {
  vi.useRealTimers();
  for (const pair of opened.splice(0)) pair.close();
  for (const socket of clients.splice(0)) socket.close();
});

describe('port pairs', () => {
  it('are even ports and the next ones, in turn, until the range is used up', () => {
    const pairs = pairsOf();
    expect([open(pairs), open(pairs), open(pairs)]).toEqual([47_102, 47_104, 47_106]);
    expect(() => pairs.open('ipv4')).toThrow(expect.objectContaining({ code: 'rtp-ports-used-up' }));
    expect(() => pairs.open('ipv6')).toThrow(expect.objectContaining({ code: 'rtp-ports-used-up' }));
    opened.splice(0, 1)[0].close();
    expect(open(pairs)).toBe(47_102);
  });

  it('are not used again as long as others were free for longer', () => {
    const pairs = pairsOf();
    open(pairs);
    opened.splice(0, 1)[0].close();
    expect(open(pairs)).toBe(47_104);
  });

  it('begin where they are told to, and go around', () => {
    const pairs = pairsOf(undefined, 0.99);
    expect([open(pairs), open(pairs)]).toEqual([47_106, 47_102]);
  });

  it('leave out those of which another program has a port, and keep none of theirs', async () => {
    await client('udp4', 47_103);
    const pairs = pairsOf();
    expect(open(pairs)).toBe(47_104);
    await expect(client('udp4', 47_102)).resolves.toBeDefined();
  });

  it('are looked for once in a while when all are taken, since each look binds them all, and at once when one comes back', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const [ours, theirs] = [pairsOf(), pairsOf()];
    expect([open(ours), open(theirs), open(theirs)]).toEqual([47_102, 47_104, 47_106]);
    const usedUp = expect.objectContaining({ code: 'rtp-ports-used-up' });
    expect(() => ours.open('ipv4')).toThrow(usedUp);
    opened.splice(1, 1)[0].close();
    vi.advanceTimersByTime(retryIntervalMs - 1);
    expect(() => ours.open('ipv4')).toThrow(usedUp);
    vi.advanceTimersByTime(1);
    expect(open(ours)).toBe(47_104);
    expect(() => ours.open('ipv4')).toThrow(usedUp);
    opened.splice(0, 1)[0].close();
    expect(open(ours)).toBe(47_102);
  });

  it('closed twice leave alone whoever has them now', () => {
    const pairs = pairsOf();
    open(pairs);
    const [first] = opened;
    first.close();
    expect([open(pairs), open(pairs), open(pairs)]).toEqual([47_104, 47_106, 47_102]);
    first.close();
    expect(() => pairs.open('ipv4')).toThrow();
  });

  it('are none in a range that has no even port with a next one', () => {
    const datapath = new TwinDatapath({ slotsMax: 16 });
    expect(() => new PortPairs(datapath, { first: 47_101, last: 47_102 }, 0).open('ipv4')).toThrow();
    expect(() => new PortPairs(datapath, { first: 47_102, last: 47_101 }, 0.5).open('ipv4')).toThrow();
  });

  it('are refused by code when the system has no more sockets, and leave none open', async () => {
    const script = `
      const { PortPairs } = await import(${JSON.stringify(new URL('port-pairs.ts', import.meta.url).href)});
      const { TwinDatapath } = await import(${JSON.stringify(new URL('twin/twin-datapath.ts', import.meta.url).href)});
      const pairs = new PortPairs(new TwinDatapath({ slotsMax: 1 }), { first: 47200, last: 47399 }, 0);
      const opened = [];
      const codes = new Set();
      for (let i = 0; i < 90; i++) {
        try {
          opened.push(pairs.open('ipv4'));
        } catch (error) {
          codes.add(error.code);
        }
      }
      const before = opened.length;
      for (const pair of opened) pair.close();
      console.log(JSON.stringify({ codes: [...codes], isSome: before > 0 && before < 90 }));
    `;
    const words = ['-c', 'ulimit -n 100 && exec "$0" --input-type=module -e "$1"', process.execPath, script];
    const { stdout } = await promisify(execFile)('sh', words);
    expect(JSON.parse(stdout)).toEqual({ codes: ['rtp-ports-used-up'], isSome: true });
  });

  it.each([
    ['ipv4', 'udp4', '127.0.0.1'],
    ['ipv6', 'udp6', '::1'],
  ] as const)('carry plain RTP and RTCP both ways over %s', async (ip, type, address) => {
    const datapath = new TwinDatapath({ slotsMax: 16 });
    const pair = pairsOf(datapath).open(ip);
    opened.push(pair);
    const rtp = await client(type);
    const rtcp = await client(type);
    const session = datapath.openPortSession({
      ports: pair,
      protection: { type: 'none' },
      remote: {
        rtp: { ip: address, port: rtp.address().port },
        rtcp: { ip: address, port: rtcp.address().port },
        rtcpMux: false,
      },
    });
    const kinds: number[] = [];
    datapath.onBatch((batch) => {
      for (let row = 0; row < batch.count; row++) {
        expect(batch.session[row]).toBe(session);
        kinds.push(batch.kind[row]);
      }
    });
    rtp.send(Uint8Array.from([0x80, 96, ...new Uint8Array(20)]), pair.rtp.local.port, address);
    const report = Uint8Array.from([0x80, 201, 0, 1, 0, 0, 0, 1]);
    rtcp.send(report, pair.rtcp.local.port, address);
    await expect
      .poll(() => kinds.toSorted((a, b) => a - b))
      .toEqual([receivedKind.rtp, receivedKind.rtcp].toSorted((a, b) => a - b));
    const answer = once(rtcp, 'message');
    if (session !== undefined) datapath.sendRtcp(session, report);
    const [bytes, from] = await answer;
    expect(Uint8Array.from(bytes)).toEqual(report);
    expect(from.port).toBe(pair.rtcp.local.port);
  });
});
