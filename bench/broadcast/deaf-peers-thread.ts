import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '@rivero/core';
import { type DatagramPort, type SocketDatapath, TwinDatapath, type UdpSockets } from '@rivero/datapath';
import { LoadPeers } from '@rivero/testkit';
import { type DeafPeersEvent, type DeafPeersRequest, deafPeersState } from './deaf-peers.ts';

/** Nobody woke it: a server would have given its peers up. */
const sleepMaxMs = 20_000;

/** Enough for a flight of DTLS; what is left of media when it wakes is soon read. */
const receiveBufferBytes = 16_384;

/** The thread of `DeafPeers`. */
assert(parentPort !== null, 'deaf peers are in a worker thread');
const port = parentPort;
const state: Int32Array = workerData;
const peers = new LoadPeers({ datapath: new TwinDatapath({ slotsMax: 4_096 }), openSockets });
const answers = new Map<number, (answer: string) => void>();

async function openSockets(datapath: SocketDatapath, [ip]: readonly string[], port: number): Promise<UdpSockets> {
  const socket = createSocket({ type: 'udp4', lookup: (address, _options, callback) => callback(null, address, 4) });
  // Without a resolver the socket listens at once.
  const listening = once(socket, 'listening');
  socket.bind(port, ip);
  await listening;
  socket.setRecvBufferSize(receiveBufferBytes);
  const local: DatagramPort = {
    local: { ip, port: socket.address().port },
    send: (bytes, length, remote) => {
      socket.send(bytes.slice(0, length), remote.port, remote.ip);
      return false;
    },
    isCongested: () => false,
  };
  socket.on('message', (bytes, remote) => {
    datapath.receive(local, bytes, remote.address, remote.port);
    datapath.deliver();
  });
  return { ports: [local], close: () => new Promise((resolve) => void socket.close(() => resolve())) };
}

function post(event: DeafPeersEvent): void {
  port.postMessage(event);
}

async function connect({ id, role, sections }: DeafPeersRequest & { readonly type: 'connect' }): Promise<void> {
  await peers.connect(role, sections, (offer) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    answers.set(id, resolve);
    post({ type: 'offer', id, offer });
    return promise;
  });
  post({ type: 'connected', id });
}

port.on('message', (request: DeafPeersRequest) => {
  switch (request.type) {
    case 'connect':
      return void connect(request);
    case 'answer':
      answers.get(request.id)?.(request.answer);
      answers.delete(request.id);
      return;
    case 'sleep':
      post({ type: 'asleep' });
      Atomics.wait(state, 0, deafPeersState.asleep, sleepMaxMs);
      return;
  }
});
