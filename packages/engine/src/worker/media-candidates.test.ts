import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { bitsPerSecond } from '@rivero/core';
import { TwinDatapath } from '@rivero/datapath';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { endpointCandidates, mediaCandidates } from './media-candidates.ts';
import { openSockets } from './open-sockets.ts';

vi.mock('node:os', { spy: true });
afterEach(() => {
  vi.restoreAllMocks();
});

const loopback: NetworkInterfaceInfo = {
  address: '127.0.0.1',
  netmask: '255.0.0.0',
  family: 'IPv4',
  mac: '00:00:00:00:00:00',
  internal: true,
  cidr: '127.0.0.1/8',
};
const settings = { port: 0, udp: true, tcp: true };

function named(candidates: ReturnType<typeof mediaCandidates>): readonly string[] {
  return [...new Set(candidates.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`))].toSorted();
}

describe('the candidates of a media worker', () => {
  it('name the addresses that were bound, whatever the machine has since', async () => {
    vi.mocked(networkInterfaces).mockReturnValueOnce({ lo: [loopback] });
    const sockets = await openSockets(new TwinDatapath(), settings, {
      onPathClosed: () => {},
      isValidated: () => false,
    });
    const { port } = sockets;
    expect(named(mediaCandidates(sockets, settings))).toEqual([`tcp 127.0.0.1 ${port}`, `udp 127.0.0.1 ${port}`]);
    await sockets.close();
  });

  it('name protocols that are on, and external addresses', () => {
    const sockets = { addresses: ['192.0.2.1'], port: 7 };
    expect(named(mediaCandidates(sockets, { ...settings, tcp: false }))).toEqual(['udp 192.0.2.1 7']);
    expect(named(mediaCandidates(sockets, { ...settings, udp: false, externalIpv4: '203.0.113.9' }))).toEqual([
      'tcp 192.0.2.1 7',
      'tcp 203.0.113.9 7',
    ]);
  });
});

describe('the candidates of an endpoint', () => {
  const sockets = { addresses: ['192.0.2.1', '198.51.100.1', '2001:db8::1'], port: 7 };
  const plain = {
    networkInterfaces: [],
    iceTcp: true,
    audioReceiveMax: bitsPerSecond(0),
    videoReceiveMax: bitsPerSecond(0),
    videoReceiveMin: bitsPerSecond(0),
    videoSendMax: bitsPerSecond(0),
    videoSendMin: bitsPerSecond(0),
  };
  const udp = { ...settings, tcp: false };

  it('are those of the worker without settings, and with settings that change nothing', () => {
    for (const endpoint of [undefined, plain]) {
      expect(endpointCandidates(sockets, settings, endpoint)).toEqual(mediaCandidates(sockets, settings));
    }
  });

  it('are of UDP alone where TCP is not wanted', () => {
    const candidates = endpointCandidates(sockets, settings, { ...plain, iceTcp: false });
    expect(candidates).toEqual(mediaCandidates(sockets, udp));
  });

  it('name an external address in place of the local ones of its family', () => {
    const of = (endpoint: object) => named(endpointCandidates(sockets, udp, { ...plain, ...endpoint }));
    expect(of({ externalIpv4: '203.0.113.9' })).toEqual(['udp 2001:db8::1 7', 'udp 203.0.113.9 7']);
    expect(of({ externalIpv6: '2001:db8::9' })).toEqual(['udp 192.0.2.1 7', 'udp 198.51.100.1 7', 'udp 2001:db8::9 7']);
  });

  it('are of the network interfaces that are named, none of those that are not there', () => {
    const second = { ...loopback, address: '198.51.100.1' };
    vi.mocked(networkInterfaces).mockReturnValue({ eth0: [{ ...loopback, address: '192.0.2.1' }], eth1: [second] });
    const of = (names: readonly string[]) =>
      named(endpointCandidates(sockets, udp, { ...plain, networkInterfaces: names }));
    expect(of(['eth1'])).toEqual(['udp 198.51.100.1 7']);
    expect(of(['eth7'])).toEqual([]);
  });
});
