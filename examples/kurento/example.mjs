/**
 * What the examples have in common: a page, kurento-utils for it, a WebSocket between the two, and the Kurento client.
 *
 *   PORT         where the page is served; 3000
 *   KURENTO_URI  the media server; ws://localhost:8888/kurento
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { WebSocketServer } from 'ws';
import { bundleKurentoUtils } from './kurento-utils-bundle.mjs';

const require = createRequire(import.meta.url);

// kurento-client 7.3.0 subclasses Domain as old Node let it; without Domain it uses a way of its own.
require('node:domain').Domain = undefined;
const kurento = require('kurento-client');

/** Messages of the page are longer than this only by mistake. */
const messageBytesMax = 256 * 1024;

/** The client, connected; its objects are those of the Kurento documentation. */
export async function connectKurento() {
  const uri = process.env.KURENTO_URI ?? 'ws://localhost:8888/kurento';
  // The client throws where nobody can catch it when the media server does not answer, or goes away.
  process.once('uncaughtException', ({ context, message }) => {
    console.error(
      `${context?.message ?? message}\nThere is no connection to the media server at ${uri}. / 无法连接媒体服务器。`,
    );
    process.exit(1);
  });
  const client = await kurento(uri);
  return { client, iceCandidate: (candidate) => kurento.getComplexType('IceCandidate')(candidate) };
}

/**
 * Serves `index.html` of the folder and calls `onConnection(send)` for each page that connects; what that returns is told
 * each message (`handle`) and the end (`close`). A refusal of the media server is sent to the page as `{id: 'error', message}`.
 */
export async function serveExample({ folder, name, onConnection }) {
  const utils = await bundleKurentoUtils();
  const style = await readFile(new URL('../example.css', import.meta.url));
  const server = createServer(async (request, response) => {
    if (request.url === '/kurento-utils.js') return response.setHeader('content-type', 'text/javascript').end(utils);
    if (request.url === '/example.css') return response.setHeader('content-type', 'text/css').end(style);
    if (request.url !== '/') return response.writeHead(404).end('There is nothing here.');
    response.setHeader('content-type', 'text/html; charset=utf-8').end(await readFile(path.join(folder, 'index.html')));
  });
  const sockets = new WebSocketServer({ server, path: '/signaling', maxPayload: messageBytesMax });
  sockets.on('connection', (socket) => {
    const send = (message) => socket.send(JSON.stringify(message));
    const { handle, close } = onConnection(send);
    const guard = async (action) => {
      try {
        await action();
      } catch (error) {
        send({ id: 'error', message: error.message });
      }
    };
    socket.on('message', (data) => void guard(() => handle(JSON.parse(Buffer.from(data).toString()))));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => void guard(close));
  });
  const port = Number(process.env.PORT ?? 3000);
  const handleRefusal = ({ message }) => {
    console.error(`${message}\nSet PORT to a free port. / 请用 PORT 指定一个空闲端口。`);
    process.exit(1);
  };
  server.on('error', handleRefusal);
  // The one that shares its port tells its errors, too.
  sockets.on('error', handleRefusal);
  if (!(port >= 0 && port < 65_536)) return handleRefusal({ message: `PORT is "${process.env.PORT}".` });
  server.listen(port, () => console.log(`${name}: open http://localhost:${server.address().port} / 请打开该网址`));
}

/** Candidates that came before there was an endpoint to give them to. */
export class WaitingCandidates {
  #endpoint;
  #waiting = [];

  async add(candidate) {
    if (this.#endpoint === undefined) this.#waiting.push(candidate);
    else await this.#endpoint.addIceCandidate(candidate);
  }

  async giveTo(endpoint) {
    this.#endpoint = endpoint;
    for (const candidate of this.#waiting.splice(0)) await endpoint.addIceCandidate(candidate);
  }

  clear() {
    this.#endpoint = undefined;
    this.#waiting.length = 0;
  }
}
