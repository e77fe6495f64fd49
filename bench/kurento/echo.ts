import { once } from 'node:events';
import { parentPort } from 'node:worker_threads';
import { WebSocketServer } from 'ws';

/** Answers each message with what it read of it. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => socket.send(JSON.stringify(JSON.parse(data.toString()))));
});
await once(server, 'listening');
const address = server.address();
parentPort?.postMessage(typeof address === 'object' && address !== null ? address.port : 0);
