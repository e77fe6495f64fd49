import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { outwardAddress } from './outward-address.ts';

/** A port of this machine that takes everything and answers nothing, UDP and TCP, as behind some firewalls. */
export class SilentHost {
  readonly ip: string;
  readonly port: number;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(udp: UdpSocket, tcp: Server) {
    const { address, port } = udp.address();
    this.ip = address;
    this.port = port;
    this.#udp = udp;
    this.#tcp = tcp.on('connection', (socket) => {
      this.#sockets.add(socket.resume());
      socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    });
  }

  static async open(): Promise<SilentHost> {
    const udp = createSocket('udp4').bind(0, outwardAddress());
    await once(udp, 'listening');
    const tcp = createServer().listen(udp.address().port, outwardAddress());
    await once(tcp, 'listening');
    return new SilentHost(udp, tcp);
  }

  close(): void {
    this.#udp.close();
    this.#tcp.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
