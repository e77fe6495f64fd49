import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type Milliseconds, milliseconds } from '@rivero/core';
import { afterEach, expect, it } from 'vitest';
import { Alarms } from './alarms.ts';
import { joinSockets } from './join-sockets.ts';

const host = '127.0.0.1';
const closings: (() => void)[] = [];

afterEach(() => {
  for (const close of closings.splice(0).toReversed()) close();
});

/** Both ends of a connection; ours waits as relayed ones do. */
async function pair(): Promise<{ readonly ours: Socket; readonly theirs: Socket }> {
  const server = createServer({ pauseOnConnect: true }).listen(0, host);
  closings.push(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const accepted = once(server, 'connection');
  const theirs = connect(typeof address === 'object' && address !== null ? address.port : 0, host);
  const [ours] = await accepted;
  for (const socket of [ours, theirs]) {
    socket.on('error', () => {});
    closings.push(() => void socket.destroy());
  }
  return { ours, theirs };
}

const free = (): Milliseconds => milliseconds(0);

/** Writes as long as the connection takes it; the answer is how much it took. */
async function fill(socket: Socket): Promise<number> {
  const chunk = Buffer.alloc(64 * 1024, 7);
  let isTaken = true;
  let length = 0;
  while (isTaken && length < 256 * 1024 * 1024) {
    length += chunk.length;
    isTaken = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), 250);
      socket.write(chunk, () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
  return length;
}

it.each(['first', 'second'] as const)('reads no more while the other end of the %s takes nothing', async (blocked) => {
  const first = await pair();
  const second = await pair();
  joinSockets(new Alarms(), { socket: first.ours, spend: free }, { socket: second.ours, spend: free });
  const [reader, writer] = blocked === 'first' ? [first, second] : [second, first];
  reader.theirs.pause();
  const written = await fill(writer.theirs);
  // What the system keeps in its buffers, and a chunk or two of ours.
  expect(written).toBeLessThan(64 * 1024 * 1024);
  expect(reader.ours.writableLength).toBeLessThan(256 * 1024);
  let received = 0;
  reader.theirs.on('data', (bytes) => (received += bytes.length)).resume();
  await expect.poll(() => received, { timeout: 10_000 }).toBe(written);
});

it('reads as slowly as it is told', async () => {
  const client = await pair();
  const peer = await pair();
  const spent: number[] = [];
  const alarms = new Alarms();
  closings.push(() => alarms.stop());
  const spend = (length: number): Milliseconds => {
    spent.push(length);
    return milliseconds(100);
  };
  joinSockets(alarms, { socket: client.ours, spend }, { socket: peer.ours, spend: free });
  const start = performance.now();
  const end = once(peer.theirs.resume(), 'end');
  for (let i = 0; i < 3; i++) {
    client.theirs.write('a');
    await expect.poll(() => spent.length).toBe(i + 1);
  }
  client.theirs.end();
  await end;
  expect(spent).toEqual([1, 1, 1]);
  expect(performance.now() - start).toBeGreaterThanOrEqual(200);
});

it('ends the other when one has ended, behind all that was sent', async () => {
  const client = await pair();
  const peer = await pair();
  joinSockets(new Alarms(), { socket: client.ours, spend: free }, { socket: peer.ours, spend: free });
  let received = '';
  peer.theirs.on('data', (bytes) => (received += String(bytes)));
  const end = once(peer.theirs, 'end');
  client.theirs.end('the last words');
  await end;
  expect(received).toBe('the last words');
});
