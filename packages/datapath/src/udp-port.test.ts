import { describe, expect, it } from 'vitest';
import type { Traffic } from './contract.ts';
import { type DatagramSocket, queueBytesMax, queuePacketsMax, UdpPort } from './udp-port.ts';

const local = { ip: '192.0.2.1', port: 40_000 };
const remote = { ip: '203.0.113.5', port: 5_000 };

/** A socket that takes packets at once until it is blocked. */
class FakeSocket implements DatagramSocket {
  isBlocked = false;
  readonly waiting: number[] = [];

  send(_bytes: Uint8Array, _offset: number, length: number): void {
    if (this.isBlocked) this.waiting.push(length);
  }

  getSendQueueCount(): number {
    return this.waiting.length;
  }

  getSendQueueSize(): number {
    return this.waiting.reduce((sum, length) => sum + length, 0);
  }
}

function open() {
  const socket = new FakeSocket();
  return { socket, port: new UdpPort(socket, local, () => {}) };
}

/** Sends until the port is congested; answers how many packets that took. */
function fill(port: UdpPort, length: number, traffic: Traffic = 'media'): number {
  let count = 0;
  for (; !port.isCongested(traffic) && count < 10_000; count++)
    port.send(new Uint8Array(length), length, remote, traffic);
  return count;
}

describe('UdpPort', () => {
  it('tells of each packet whether the socket still holds it', () => {
    const { socket, port } = open();
    expect(port.send(new Uint8Array(9), 9, remote, 'media')).toBe(false);
    socket.isBlocked = true;
    expect(port.send(new Uint8Array(9), 9, remote, 'media')).toBe(true);
  });

  it(`is congested with ${queuePacketsMax} packets or ${queueBytesMax} bytes, and no more when they have left`, () => {
    for (const [length, packets] of [
      [60, queuePacketsMax],
      [1_200, Math.ceil(queueBytesMax / 1_200)],
    ]) {
      const { socket, port } = open();
      socket.isBlocked = true;
      expect(fill(port, length)).toBe(packets);
      socket.waiting.shift();
      expect(port.isCongested('media')).toBe(false);
      socket.waiting.length = 0;
      expect(port.isCongested('media')).toBe(false);
    }
  });

  it('takes STUN, DTLS and RTCP up to twice as much, and then no more', () => {
    const { socket, port } = open();
    socket.isBlocked = true;
    fill(port, 60);
    expect(port.isCongested('control')).toBe(false);
    expect(fill(port, 60, 'control')).toBe(queuePacketsMax);
    expect(port.isCongested('control')).toBe(true);
  });
});
