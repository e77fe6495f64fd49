import { milliseconds, monotonicMs } from '@rivero/core';
import { parseSessionDescription, serializeSessionDescription } from '@rivero/protocol/sdp';
import { type HostLinks, SimulatedRoom } from '@rivero/testkit';
import { describe, expect, it } from 'vitest';

const patience = milliseconds(500);

/** Everything that is told of one scenario. */
interface Plan {
  readonly name: string;
  readonly seed: number;
  readonly links: HostLinks;
  readonly seconds: number;
}

const plans: readonly Plan[] = [
  { name: 'a perfect network', seed: 1, links: {}, seconds: 10 },
  {
    name: '5 % loss each way, 20 ms of delay',
    seed: 2,
    links: { up: { loss: 0.05, delay: milliseconds(20) }, down: { loss: 0.05, delay: milliseconds(20) } },
    seconds: 60,
  },
  {
    name: 'reordering, duplicates and jitter',
    seed: 3,
    links: {
      up: {
        reorder: 0.05,
        reorderBy: milliseconds(15),
        duplicate: 0.05,
        jitter: milliseconds(15),
        delay: milliseconds(10),
      },
      down: {
        reorder: 0.05,
        reorderBy: milliseconds(15),
        duplicate: 0.05,
        jitter: milliseconds(15),
        delay: milliseconds(10),
      },
    },
    seconds: 20,
  },
];

describe('three peers in a room', () => {
  it.each(plans)(
    'under $name: every frame arrives whole or is superseded within 500 ms, no freeze is longer',
    (plan) => {
      const room = new SimulatedRoom(plan.seed);
      for (const id of ['ann', 'bob', 'eve']) room.join(id, plan.links);
      room.simulation.run(milliseconds(plan.seconds * 1000));
      // The first second is for joining, the last half for what is still on its way.
      const from = monotonicMs(2_000);
      const until = monotonicMs(plan.seconds * 1000 - 500);
      const framesSent = Math.floor((until - from) / 40);
      for (const { peer } of room.peers) {
        expect(peer.received.size).toBe(2);
        for (const video of peer.received.values()) {
          const verdict = video.judge.verdict(from, until, patience);
          expect(verdict.missed).toEqual([]);
          expect(verdict.longestFreeze).toBeLessThanOrEqual(500);
          expect(verdict.shown).toBeGreaterThan(framesSent * 0.98);
          expect(video.repeatedCount).toBe(0);
        }
      }
    },
  );
});

/** As of a peer that knows no RTX. */
function withoutRtx(offer: string): string {
  const description = parseSessionDescription(offer);
  const sections = description.sections.map((section) => ({
    ...section,
    codecs: section.codecs.map(({ payloadType, name, clockRate, parameters, feedback }) => {
      return { payloadType, name, clockRate, parameters, feedback };
    }),
    ssrcs: section.ssrcs.slice(0, 1),
    ssrcGroups: [],
  }));
  return serializeSessionDescription({ ...description, sections });
}

describe('a peer without RTX', () => {
  it('is sent again what it lost, and nothing else under the same numbers: every frame arrives within 500 ms', () => {
    const room = new SimulatedRoom(4);
    const down = { loss: 0.05, delay: milliseconds(20), jitter: milliseconds(5) };
    const { peer } = room.join('ann', { down }, { editOffer: withoutRtx });
    for (const id of ['bob', 'eve']) room.join(id, {});
    room.simulation.run(milliseconds(30_000));
    expect(peer.received.size).toBe(2);
    for (const video of peer.received.values()) {
      expect(video.rtxSsrc).toBeUndefined();
      const verdict = video.judge.verdict(monotonicMs(2_000), monotonicMs(29_500), patience);
      expect(verdict.missed).toEqual([]);
      expect(verdict.longestFreeze).toBeLessThanOrEqual(500);
      expect(video.repeatedCount).toBe(0);
    }
    const counters = room.datapath.counters();
    expect(counters.resent).toBeGreaterThan(50);
    expect(counters).toMatchObject({ 'send-nothing-to-resend': 0, 'send-resend-differs': 0, 'send-index-reused': 0 });
  });
});
