import { parseIp, type TransportAddress } from '@rivero/core';
import type { DatagramPort, Traffic } from '../contract.ts';
import type { DatapathAddon } from './addon.ts';

/** A socket of the addon. */
export class NativePort implements DatagramPort {
  readonly local: TransportAddress;
  readonly number: number;
  readonly #addon: DatapathAddon;

  constructor(addon: DatapathAddon, number: number, ip: string) {
    this.#addon = addon;
    this.number = number;
    this.local = { ip, port: addon.localPort(number) };
  }

  send(bytes: Uint8Array, length: number, { ip, port }: TransportAddress): boolean {
    this.#addon.sendFrom(this.number, parseIp(ip), port, bytes.subarray(0, length));
    return false;
  }

  close(): void {
    this.#addon.closeSocket(this.number);
  }

  isCongested(traffic: Traffic): boolean {
    return this.#addon.isCongested(this.number, traffic === 'control');
  }
}
