import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type PathHandle, receivedKind } from '@rivero/core';
import { afterEach, describe, expect, it } from 'vitest';
import { openUdpSockets, type UdpSockets } from './udp-sockets.ts';
import { TwinDatapath } from './twin/twin-datapath.ts';

const stun = Uint8Array.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
const opened: UdpSockets[] = [];

async function open(datapath: TwinDatapath, addresses: readonly string[], port = 0): Promise<UdpSockets> {
  const sockets = await openUdpSockets(datapath, addresses, port);
  opened.push(sockets);
  return sockets;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((sockets) => sockets.close()));
});

describe('openUdpSockets', () => {
  it('hands a wake-up to the datapath and answers from the address that was asked', async () => {
    const datapath = new TwinDatapath({ slotsMax: 16 });
    const { ports } = await open(datapath, ['127.0.0.1', '127.0.0.2']);
    expect(ports.map(({ local }) => local.ip)).toEqual(['127.0.0.1', '127.0.0.2']);
    expect(ports[1].local.port).toBe(ports[0].local.port);
    datapath.onBatch((batch) => {
      for (let row = 0; row < batch.count; row++) {
        expect(batch.kind[row]).toBe(receivedKind.datagram);
        datapath.sendDatagram(batch.path[row] as PathHandle, stun);
      }
    });
    const client = createSocket('udp4');
    client.bind(0, '127.0.0.1');
    await once(client, 'listening');
    for (const { local } of ports) {
      const answer = once(client, 'message');
      client.send(stun, local.port, local.ip);
      const [bytes, from] = await answer;
      expect(Uint8Array.from(bytes)).toEqual(stun);
      expect(from).toMatchObject({ address: local.ip, port: local.port });
    }
    client.close();
  });

  it('counts what the system refuses to send, and goes on', async () => {
    const datapath = new TwinDatapath({ slotsMax: 16 });
    const { ports } = await open(datapath, ['127.0.0.1']);
    const rows: PathHandle[] = [];
    datapath.onBatch((batch) => void rows.push(batch.path[0] as PathHandle));
    // Broadcasts need a permission that the socket does not have.
    datapath.receive(ports[0], stun, '255.255.255.255', 9);
    datapath.deliver();
    for (let i = 0; i < 2; i++) datapath.sendDatagram(rows[0], stun);
    await expect.poll(() => datapath.counters()).toMatchObject({ sent: 2, 'send-failed': 2 });
  });

  it('says which setting to change when the port is taken, and leaves no socket open', async () => {
    const datapath = new TwinDatapath({ slotsMax: 16 });
    const { ports } = await open(datapath, ['127.0.0.2']);
    const { port } = ports[0].local;
    await expect(openUdpSockets(datapath, ['127.0.0.1', '127.0.0.2'], port)).rejects.toMatchObject({
      code: 'media-port-taken',
      message: expect.stringContaining('RIVERO_MEDIA_PORT'),
    });
    await expect(open(datapath, ['127.0.0.1'], port)).resolves.toBeDefined();
  });
});
