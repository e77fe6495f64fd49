import { milliseconds, monotonicMs } from '@rivero/core';
import { type HostLinks, type SimulatedPeer, SimulatedRoom } from '@rivero/testkit';
import { describe, expect, it } from 'vitest';

const homeLink: HostLinks = { up: { delay: milliseconds(20) }, down: { delay: milliseconds(20) } };
const loud = 20;
const silence = 127;

function threePeers(seed: number, { links = homeLink, workers = 1 } = {}) {
  const room = new SimulatedRoom(seed, workers);
  const [ann, bob, eve] = ['ann', 'bob', 'eve'].map((id) => room.join(id, links, { hasSound: true }));
  const run = (ms: number): void => room.simulation.run(milliseconds(ms));
  run(2_000);
  return { room, ann, bob, eve, run };
}

function setLevel({ peer }: SimulatedPeer, level: number): void {
  if (peer.sound !== undefined) peer.sound.level = level;
}

function soundOf(...peers: readonly SimulatedPeer[]): readonly (string | undefined)[] {
  return peers.map(({ peer }) => peer.sound?.trackId);
}

function videoOf(viewer: SimulatedPeer, publisher: SimulatedPeer) {
  const video = viewer.peer.received.get(publisher.peer.trackId);
  if (video === undefined) throw new Error(`${viewer.id} does not receive ${publisher.id}`);
  return video;
}

describe.each([1, 3])('who speaks in a room, in %i media workers,', (workers) => {
  it('is told within half a second, in order, and until a second of silence', () => {
    const { room, ann, bob, run } = threePeers(51, { workers });
    expect(room.speakers()).toEqual([]);
    setLevel(ann, loud);
    run(500);
    expect(room.speakers()).toEqual(soundOf(ann));
    setLevel(bob, loud);
    run(700);
    expect(room.speakers()).toEqual(soundOf(ann, bob));
    setLevel(ann, silence);
    run(1_000);
    expect(room.speakers()).toEqual(soundOf(bob));
    setLevel(bob, silence);
    run(1_000);
    expect(room.speakers()).toEqual([]);
  });

  it('is told on a network that loses 10 % and shuffles the rest, without flapping', () => {
    const bad = { loss: 0.1, jitter: milliseconds(30), delay: milliseconds(20) };
    const { room, ann, run } = threePeers(52, { links: { up: bad, down: bad }, workers });
    setLevel(ann, loud);
    run(1_000);
    for (let i = 0; i < 20; i++) {
      run(250);
      expect(room.speakers()).toEqual(soundOf(ann));
    }
  });

  it('is nobody who left or lost the network', () => {
    const { room, ann, bob, run } = threePeers(53, { workers });
    for (const peer of [ann, bob]) setLevel(peer, loud);
    run(1_000);
    expect(room.speakers()).toHaveLength(2);
    room.leave('ann');
    run(300);
    expect(room.speakers()).toEqual(soundOf(bob));
    room.network.setLinks(bob.ip, { up: { loss: 1 }, down: { loss: 1 } });
    run(1_000);
    expect(room.speakers()).toEqual([]);
  });
});

describe('a peer that wants nothing of a track for now', () => {
  it.each([1, 3])(
    'gets no packet of it, the others do, and it goes on without a hole with a keyframe within 200 ms, in %i media workers',
    (workers) => {
      const { room, ann, bob, eve, run } = threePeers(54, { workers });
      const video = videoOf(bob, ann);
      room.pause(bob, [ann]);
      run(200);
      const { packetCount, newestSequence } = video;
      const before = { eve: videoOf(bob, eve).packetCount, others: videoOf(eve, ann).packetCount };
      run(5_000);
      expect(video.packetCount).toBe(packetCount);
      expect(videoOf(bob, eve).packetCount - before.eve).toBeGreaterThan(300);
      expect(videoOf(eve, ann).packetCount - before.others).toBeGreaterThan(300);
      const resumedAt = room.simulation.now;
      room.pause(bob, []);
      run(2_000);
      expect(video.packetCount - packetCount).toBe(video.newestSequence - newestSequence);
      expect(video.packetCount - packetCount).toBeGreaterThan(100);
      const until = monotonicMs(room.simulation.now - 500);
      const verdict = video.judge.verdict(monotonicMs(resumedAt + 200), until, milliseconds(100));
      expect(verdict).toMatchObject({ missed: [] });
      expect(verdict.shown).toBeGreaterThan(((until - resumedAt - 200) / 40) * 0.97);
      expect(room.datapath.counters()['send-index-reused']).toBe(0);
    },
  );

  it('gets none of it after it or the publisher offered again, nor when the network moves', () => {
    const { room, ann, bob, run } = threePeers(55);
    room.pause(bob, [ann]);
    run(200);
    const { packetCount } = videoOf(bob, ann);
    room.reoffer(bob, (offer) => offer.replaceAll('a=rtcp-fb:96 ccm fir\r\n', ''));
    room.reoffer(ann, (offer) => offer.replaceAll('a=extmap:4 ', 'a=extmap:5 '));
    room.join('joe', homeLink);
    room.move(bob, '192.0.2.77', homeLink);
    run(3_000);
    // In the same stream, or in one that took its place.
    expect([0, packetCount]).toContain(videoOf(bob, ann).packetCount);
    room.pause(bob, []);
    room.reoffer(bob, (offer) => offer);
    run(1_000);
    expect(videoOf(bob, ann).packetCount).toBeGreaterThan(40);
  });

  it('shows the same again and again, however often it pauses, on a network that loses 5 %', () => {
    const bad = { loss: 0.05, delay: milliseconds(20) };
    const { room, ann, bob, eve, run } = threePeers(56, { links: { up: bad, down: bad } });
    for (let i = 0; i < 10; i++) {
      room.pause(bob, [ann]);
      run(700);
      room.pause(bob, []);
      const from = room.simulation.now;
      run(2_000);
      const verdict = videoOf(bob, ann).judge.verdict(from, room.simulation.now, milliseconds(500));
      expect(verdict.shown).toBeGreaterThan(30);
    }
    expect(videoOf(bob, ann).repeatedCount).toBe(0);
    const { missed } = videoOf(bob, eve).judge.verdict(monotonicMs(2_000), room.simulation.now, milliseconds(500));
    expect(missed).toEqual([]);
  });
});
