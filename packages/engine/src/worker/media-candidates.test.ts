import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { TwinDatapath } from '@rivero/datapath';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mediaCandidates } from './media-candidates.ts';
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
