import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/**
 * A process that binds as many sockets as it is told and never reads them: the kernel drops what they cannot hold, for
 * every contender alike. It prints their ports as JSON and sleeps until it is killed, or its time is over.
 */
const count = Number(process.argv[2]);
const lifetimeMs = 600_000;
const ports: number[] = [];
for (let i = 0; i < count; i++) {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  ports.push(socket.address().port);
}
process.stdout.write(`${JSON.stringify(ports)}\n`, () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lifetimeMs);
  process.exit(0);
});
