import { milliseconds, monotonicMs } from '@rivero/core';
import { type HostLinks, SeededRandom, type SimulatedPeer, SimulatedRoom } from '@rivero/testkit';
import { expect, it } from 'vitest';

const workers = 3;
const stepsMax = 20;
const peersMax = 6;
/** How often a worker does not look at its links when it could. */
const lateShare = 0.7;

/** Offers of one peer over time: what it publishes is another track with each. */
const edits: readonly ((offer: string) => string)[] = [
  (offer) => offer,
  (offer) => offer.replaceAll('a=rtcp-fb:96 ccm fir\r\n', ''),
  (offer) => offer.replaceAll(/a=(rtpmap|fmtp):97 .*\r\n/g, ''),
  (offer) => offer.replaceAll('a=extmap:4 ', 'a=extmap:5 '),
];

/** A room in which people come, go, look away and offer anew, at random. */
class RandomRoom {
  readonly room: SimulatedRoom;
  readonly done: string[] = [];
  readonly #random: SeededRandom;
  readonly #paused = new Map<SimulatedPeer, readonly SimulatedPeer[]>();
  readonly #edits = new Map<SimulatedPeer, (offer: string) => string>();
  #count = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.room = new SimulatedRoom(seed, workers, lateShare);
  }

  step(): void {
    const { room } = this;
    const { peers } = room;
    const dice = this.#random.next();
    if (peers.length < 2 || (dice < 0.35 && peers.length < peersMax)) this.#join();
    else if (dice < 0.5) this.#leave(this.#pick(peers));
    else if (dice < 0.75) this.#pause(this.#pick(peers));
    else if (dice < 0.9) this.#reoffer(this.#pick(peers));
    else room.network.setLinks(this.#pick(peers).ip, this.#links());
    room.simulation.run(milliseconds(this.#pick([1, 5, 30, 200, 800])));
  }

  isPaused(viewer: SimulatedPeer, publisher: SimulatedPeer): boolean {
    return this.#paused.get(viewer)?.includes(publisher) === true;
  }

  #join(): void {
    const id = `peer-${this.#count++}`;
    this.done.push(`${id} comes`);
    this.room.join(id, this.#links(), { hasSound: this.#random.happens(0.5) });
    this.#follow();
  }

  #leave(peer: SimulatedPeer): void {
    this.done.push(`${peer.id} goes`);
    this.room.leave(peer.id);
    this.#follow();
  }

  #pause(viewer: SimulatedPeer): void {
    const publishers = this.room.peers.filter((peer) => peer !== viewer && this.#random.happens(0.4));
    this.done.push(`${viewer.id} pauses ${publishers.map(({ id }) => id).join()}`);
    this.#paused.set(viewer, publishers);
    this.room.pause(viewer, publishers);
  }

  #reoffer(peer: SimulatedPeer): void {
    const edit = this.#pick(edits);
    this.done.push(`${peer.id} makes offer ${edits.indexOf(edit)}`);
    this.#edits.set(peer, edit);
    this.#follow();
  }

  /** First everybody publishes as it does now, then everybody offers to receive that. */
  #follow(): void {
    for (let round = 0; round < 2; round++)
      for (const peer of this.room.peers) this.room.reoffer(peer, this.#edits.get(peer) ?? edits[0]);
  }

  #links(): HostLinks {
    const link = {
      delay: milliseconds(5 + this.#random.next() * 40),
      loss: this.#random.happens(0.3) ? 0.05 : 0,
      jitter: milliseconds(this.#random.next() * 20),
    };
    return { up: link, down: link };
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random.next() * items.length)];
  }
}

it.each([1, 2, 3, 4])(
  'whoever comes, goes, looks away and offers anew in 3 media workers, all see whom they want to see, and nobody else (seed %i)',
  (seed) => {
    const random = new RandomRoom(seed);
    const { room, done } = random;
    for (let step = 0; step < stepsMax; step++) random.step();
    const good = { delay: milliseconds(10) };
    for (const { ip } of room.peers) room.network.setLinks(ip, { up: good, down: good });
    room.simulation.run(milliseconds(4_500));
    const until = monotonicMs(room.simulation.now - 500);
    for (const viewer of room.peers) {
      for (const publisher of room.peers) {
        if (viewer === publisher) continue;
        const judge = viewer.peer.received.get(publisher.peer.trackId)?.judge;
        const shown = judge?.verdict(monotonicMs(until - 2_000), until, milliseconds(500)).shown ?? 0;
        const what = `${publisher.id} as ${viewer.id} sees it; ${done.join('; ')}`;
        if (random.isPaused(viewer, publisher)) expect(shown, what).toBe(0);
        else expect(shown, what).toBeGreaterThan(45);
      }
    }
    for (const { id } of room.peers) room.leave(id);
    room.simulation.run(milliseconds(1_500));
    expect(room.datapath.pool.freeCount).toBe(room.datapath.pool.slotsMax);
    expect(room.datapath.sizes()).toMatchObject({ sessions: 0, streams: 0 });
  },
);
