import { CodedError, type Milliseconds, milliseconds, monotonicMs } from '@rivero/core';
import { Router } from '@rivero/router';
import { type HostLinks, type SimulatedPeer, SimulatedRoom } from '@rivero/testkit';
import { describe, expect, it, vi } from 'vitest';

const patience = milliseconds(500);
const homeLink: HostLinks = { up: { delay: milliseconds(20) }, down: { delay: milliseconds(20) } };

function seconds(count: number): Milliseconds {
  return milliseconds(count * 1_000);
}

/** What `viewer` saw of `publisher` in that stretch of time. */
function seen(viewer: SimulatedPeer, publisher: SimulatedPeer, fromMs: number, untilMs: number) {
  const video = viewer.peer.received.get(publisher.peer.trackId);
  if (video === undefined) throw new Error(`${viewer.id} does not receive ${publisher.id}`);
  return video.judge.verdict(monotonicMs(fromMs), monotonicMs(untilMs), patience);
}

/** Every frame arrived whole or was superseded, and hardly any of the 25 a second is missing. */
function expectSmooth(viewer: SimulatedPeer, publisher: SimulatedPeer, fromMs: number, untilMs: number): void {
  const { missed, shown, longestFreeze } = seen(viewer, publisher, fromMs, untilMs);
  expect(missed).toEqual([]);
  expect(shown).toBeGreaterThan(((untilMs - fromMs) / 40) * 0.97);
  expect(longestFreeze).toBeLessThanOrEqual(patience);
}

function threePeers(seed: number, workers = 1) {
  const room = new SimulatedRoom(seed, workers);
  const [ann, bob, eve] = ['ann', 'bob', 'eve'].map((id) => room.join(id, homeLink));
  return { room, ann, bob, eve };
}

describe.each([1, 3])('a room in %i media workers in which things happen', (workers) => {
  it('shows a newcomer everybody within half a second of its connection', () => {
    const { room, ann, bob } = threePeers(14, workers);
    room.simulation.run(seconds(20));
    const joe = room.join('joe', homeLink);
    room.simulation.run(seconds(3));
    const connectedAt = joe.peer.connectedAt ?? monotonicMs(0);
    for (const publisher of [ann, bob]) {
      expectSmooth(joe, publisher, connectedAt + 500, 22_500);
      expectSmooth(publisher, joe, connectedAt + 500, 22_500);
    }
  });

  it.each([
    ['without a kind of feedback', (offer: string) => offer.replaceAll('a=rtcp-fb:96 ccm fir\r\n', '')],
    ['without RTX', (offer: string) => offer.replaceAll(/a=(rtpmap|fmtp):97 .*\r\n/g, '')],
    ['with another header extension id', (offer: string) => offer.replaceAll('a=extmap:4 ', 'a=extmap:5 ')],
  ])('goes on when a viewer offers again %s', (_, edit) => {
    const { room, ann, bob, eve } = threePeers(17, workers);
    room.simulation.run(seconds(3));
    for (const next of [edit, (offer: string) => offer, edit]) {
      room.reoffer(bob, next);
      room.simulation.run(seconds(3));
    }
    for (const from of [3_500, 6_500, 9_500]) {
      expectSmooth(bob, ann, from, from + 2_000);
      expectSmooth(bob, eve, from, from + 2_000);
    }
    expectSmooth(ann, eve, 2_000, 11_500);
    expect(room.datapath.counters()['send-index-reused']).toBe(0);
  });

  it('says that a track is another one when its publisher offers it otherwise, and goes on with the next offers of its viewers', () => {
    const { room, ann, bob, eve } = threePeers(20, workers);
    room.simulation.run(seconds(3));
    room.reoffer(ann, (offer) => offer);
    expect(room.endpointEvents()).toEqual([]);
    room.reoffer(ann, (offer) => offer.replaceAll('a=rtcp-fb:96 ccm fir\r\n', ''));
    // Each worker tells it for its own peers.
    const event = { type: 'track-changed', roomId: 'room', trackId: ann.peer.trackId };
    expect(room.endpointEvents()).toEqual(Array.from({ length: workers }, () => event));
    for (const viewer of [bob, eve]) room.reoffer(viewer, (offer) => offer);
    room.simulation.run(seconds(3));
    expectSmooth(bob, ann, 3_500, 5_500);
    expectSmooth(eve, ann, 3_500, 5_500);
  });

  it('goes on after an offer that could be applied in part only', () => {
    const { room, ann, bob, eve } = threePeers(18, workers);
    room.simulation.run(seconds(3));
    for (const from of [3_000, 5_000, 7_000]) {
      vi.spyOn(Router.prototype, 'openConsumer').mockImplementationOnce(() => {
        throw new CodedError('too-many-subscriptions', 'One too many.');
      });
      const edit = (offer: string): string => offer.replaceAll('a=rtcp-fb:96 ccm fir\r\n', '');
      expect(() => room.reoffer(bob, edit)).toThrow('One too many.');
      vi.restoreAllMocks();
      room.reoffer(bob, (offer) => offer);
      room.simulation.run(seconds(2));
      expectSmooth(bob, ann, from + 500, from + 1_500);
      expectSmooth(bob, eve, from + 500, from + 1_500);
    }
  });
});

describe('a room in which things happen', () => {
  it('keeps the call of a phone that changes networks: both directions go on within a second', () => {
    const { room, ann, bob, eve } = threePeers(11);
    room.simulation.run(seconds(5));
    room.move(ann, '192.0.2.77', homeLink);
    room.simulation.run(seconds(5));
    for (const [viewer, publisher] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      expectSmooth(viewer, publisher, 6_000, 9_500);
      expect(seen(viewer, publisher, 2_000, 9_500).longestFreeze).toBeLessThanOrEqual(1_000);
    }
    expectSmooth(bob, eve, 2_000, 9_500);
    expect(ann.peer.closeReason).toBeUndefined();
  });

  it('shows a picture again within a second after 5 s without a network, and the others saw nothing of it', () => {
    const { room, ann, bob, eve } = threePeers(12);
    const outages = [{ from: monotonicMs(4_000), until: monotonicMs(9_000) }];
    room.network.setLinks(ann.ip, { up: { ...homeLink.up, outages }, down: { ...homeLink.down, outages } });
    room.simulation.run(seconds(15));
    expectSmooth(ann, bob, 10_000, 14_500);
    expectSmooth(bob, ann, 10_000, 14_500);
    expectSmooth(bob, eve, 2_000, 14_500);
  });

  it('ends the session of a peer that is gone for 30 s (RFC 7675), and only that', () => {
    const { room, ann, bob, eve } = threePeers(13);
    room.simulation.run(seconds(3));
    room.network.setLinks(ann.ip, { up: { loss: 1 }, down: { loss: 1 } });
    room.simulation.run(seconds(40));
    const states = room.peerStates();
    expect(states.get('ann')).toEqual(['connected', 'disconnected', 'failed']);
    expect(states.get('bob')).toEqual(['connected']);
    expectSmooth(bob, eve, 4_000, 42_500);
  });

  it('goes on when somebody leaves, and holds nothing of it', () => {
    const { room, ann, bob } = threePeers(15);
    room.simulation.run(seconds(3));
    room.leave('eve');
    room.simulation.run(seconds(3));
    expectSmooth(ann, bob, 2_000, 5_500);
    room.leave('ann');
    room.leave('bob');
    room.simulation.run(seconds(1));
    expect(room.datapath.pool.freeCount).toBe(room.datapath.pool.slotsMax);
    expect(room.datapath.sizes()).toMatchObject({ sessions: 0, streams: 0 });
  });

  it('keeps the counts of those who left', () => {
    const { room } = threePeers(19);
    room.simulation.run(seconds(2));
    const before = room.plane.counters();
    for (const id of ['ann', 'bob']) room.leave(id);
    room.plane.closeRoom('room', room.simulation.now);
    const after = room.plane.counters();
    expect(after['ice/check-answered']).toBe(before['ice/check-answered']);
    expect(after['ice/check-answered']).toBeGreaterThanOrEqual(3);
    expect(Object.keys(after)).toEqual(expect.arrayContaining(['dtls/malformed-record', 'session/dtls-before-ice']));
    expect(after['datapath/received']).toBeGreaterThan(100);
  });

  it('keeps rooms apart', () => {
    const { room, ann } = threePeers(16);
    room.plane.openRoom('another-room');
    const other = room.join('joe', homeLink, { roomId: 'another-room' });
    room.simulation.run(seconds(3));
    expect(other.peer.received.size).toBe(0);
    expect(ann.peer.received.size).toBe(2);
  });
});
