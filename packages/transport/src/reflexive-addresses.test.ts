import { type MonotonicMs, monotonicMs, type PathHandle, type TransportAddress } from '@rivero/core';
import { type DatagramPort, TwinDatapath } from '@rivero/datapath';
import {
  attributeType,
  parseStunMessage,
  serializeAddress,
  serializeStunMessage,
  serializeXorAddress,
  type StunMessage,
} from '@rivero/protocol/stun';
import { SeededRandom } from '@rivero/testkit';
import { describe, expect, it } from 'vitest';
import { NatPunches, punchesMax } from './nat-punches.ts';
import { freshness, type ReflexiveAddress, ReflexiveAddresses, serversMax } from './reflexive-addresses.ts';

const base = { ip: '192.168.1.5', port: 40_000 };
const mapped = { ip: '203.0.113.7', port: 61_000 };
const server = { ip: '198.51.100.1', port: 3_478 };

/** A datapath with one socket, whose datagrams are kept. */
class Scene {
  readonly datapath = new TwinDatapath({ slotsMax: 16 });
  readonly sent: { readonly message: StunMessage; readonly to: TransportAddress; readonly at: number }[] = [];
  readonly told: (ReflexiveAddress | undefined)[] = [];
  readonly random = new SeededRandom(5).bytes;
  readonly addresses = new ReflexiveAddresses({ datapath: this.datapath, random: this.random });
  now: MonotonicMs = monotonicMs(0);

  constructor() {
    const port: DatagramPort = {
      local: base,
      send: (bytes, length, to) => {
        const message = parseStunMessage(bytes.slice(0, length));
        if (typeof message !== 'string') this.sent.push({ message, to, at: this.now });
        return false;
      },
      isCongested: () => false,
    };
    this.datapath.paths.addPort(port);
  }

  ask(of: TransportAddress = server): void {
    this.addresses.ask(of, (address) => this.told.push(address), this.now);
  }

  answer(type: number, value: (id: Uint8Array) => Uint8Array, from: TransportAddress = server): boolean {
    const { transactionId } = this.sent.at(-1)?.message ?? expect.fail();
    const attributes = [{ type, value: value(transactionId) }];
    const bytes = serializeStunMessage({ method: 'binding', class: 'success', transactionId, attributes });
    return this.addresses.handleResponse(bytes, this.#path(from), this.now);
  }

  answerMapped(from: TransportAddress = server): boolean {
    return this.answer(attributeType.xorMappedAddress, (id) => serializeXorAddress(mapped, id), from);
  }

  runUntil(end: number, of: Pick<ReflexiveAddresses, 'deadline' | 'handleTimeout'> = this.addresses): void {
    while (of.deadline() <= end) {
      this.now = of.deadline();
      of.handleTimeout(this.now);
    }
    this.now = monotonicMs(end);
  }

  #path(from: TransportAddress): PathHandle {
    return this.datapath.paths.openDatagram(from) ?? expect.fail();
  }
}

describe('ReflexiveAddresses', () => {
  it('asks from the media socket and tells what the server saw', () => {
    const scene = new Scene();
    scene.ask();
    expect(scene.sent).toMatchObject([{ message: { method: 'binding', class: 'request' }, to: server }]);
    expect(scene.answerMapped()).toBe(true);
    expect(scene.told).toEqual([{ base, mapped }]);
    expect(scene.addresses.deadline()).toBe(Infinity);
  });

  it('takes the MAPPED-ADDRESS of old servers', () => {
    const scene = new Scene();
    scene.ask();
    scene.answer(attributeType.mappedAddress, () => serializeAddress(mapped));
    expect(scene.told).toEqual([{ base, mapped }]);
  });

  it('asks once for all who ask within 10 s, and again after that', () => {
    const scene = new Scene();
    for (let i = 0; i < 3; i++) scene.ask();
    scene.answerMapped();
    scene.runUntil(freshness - 1);
    scene.ask();
    expect(scene.told).toHaveLength(4);
    expect(scene.sent).toHaveLength(1);
    scene.runUntil(freshness);
    scene.ask();
    expect(scene.sent).toHaveLength(2);
  });

  it('asks at 0, 500 and 1500 ms, and gives up at 3 s; who asks soon after does not wait again', () => {
    const scene = new Scene();
    scene.ask();
    scene.runUntil(2_999);
    expect(scene.told).toEqual([]);
    scene.runUntil(3_000);
    scene.ask();
    expect(scene.told).toEqual([undefined, undefined]);
    expect(scene.sent.map(({ at }) => at)).toEqual([0, 500, 1_500]);
    expect(scene.addresses.counters.snapshot()).toMatchObject({ asked: 1, 'no-answer': 1 });
  });

  it('takes no answer from elsewhere, of another transaction, or without an address', () => {
    const scene = new Scene();
    scene.ask();
    expect(scene.answerMapped({ ip: server.ip, port: 9 })).toBe(false);
    expect(scene.answer(attributeType.software, () => Uint8Array.of(1))).toBe(true);
    scene.ask({ ip: '198.51.100.2', port: 3_478 });
    expect(scene.answerMapped(server)).toBe(true);
    expect(scene.told).toEqual([]);
    expect(scene.addresses.counters.get('unexpected-response')).toBe(2);
  });

  it('tells at once of a server that no socket reaches', () => {
    const scene = new Scene();
    scene.ask({ ip: '2001:db8::1', port: 3_478 });
    scene.ask({ ip: '127.0.0.1', port: 3_478 });
    expect(scene.told).toEqual([undefined, undefined]);
  });

  it(`asks ${serversMax} servers within 10 s, and no more`, () => {
    const scene = new Scene();
    for (let i = 0; i <= serversMax; i++) scene.ask({ ip: '198.51.100.1', port: 1_000 + i });
    expect(scene.sent).toHaveLength(serversMax);
    expect(scene.told).toEqual([undefined]);
    expect(scene.addresses.counters.get('too-many')).toBe(1);
  });
});

describe('NatPunches', () => {
  it('send a Binding indication from the media socket at once and after a second', () => {
    const scene = new Scene();
    const punches = new NatPunches({ datapath: scene.datapath, random: scene.random });
    punches.punch(server, scene.now);
    scene.runUntil(5_000, punches);
    const message = { method: 'binding', class: 'indication' };
    expect(scene.sent).toMatchObject([
      { message, to: server, at: 0 },
      { message, to: server, at: 1_000 },
    ]);
  });

  it(`wait for ${punchesMax} second indications; of more addresses one is all that is sent`, () => {
    const scene = new Scene();
    const punches = new NatPunches({ datapath: scene.datapath, random: scene.random });
    for (let i = 0; i <= punchesMax; i++) punches.punch({ ip: server.ip, port: 1_000 + i }, scene.now);
    expect(punches.counters.get('too-many')).toBe(1);
    scene.runUntil(1_000, punches);
    expect(scene.sent).toHaveLength(2 * punchesMax + 1);
  });

  it('pass over what no socket reaches, names among it', () => {
    const scene = new Scene();
    const punches = new NatPunches({ datapath: scene.datapath, random: scene.random });
    for (const ip of ['0f1e2d3c.local', '127.0.0.1', '2001:db8::1']) punches.punch({ ip, port: 9 }, scene.now);
    expect(scene.sent).toEqual([]);
    expect(punches.counters.get('unreachable')).toBe(3);
  });
});
