import { milliseconds, monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { EndpointScene, expectSmooth } from './endpoint-scene.ts';

function expectNothingLeft({ room }: EndpointScene): void {
  expect(room.datapath.pool.freeCount).toBe(room.datapath.pool.slotsMax);
  expect(room.datapath.sizes()).toMatchObject({ sessions: 0, streams: 0 });
  expect(room.plane.sizes()).toEqual({ rooms: 0, sessions: 0 });
}

describe.each([1, 2])('an endpoint, with its room in %i media workers', (workers) => {
  it.each(['offer', 'answer'] as const)('sends its own track back, whose peer makes the %s', (role) => {
    const scene = new EndpointScene(61, workers);
    const ann = scene.endpoints.open('ann');
    scene.endpoints[role](ann);
    scene.endpoints.send(ann, ann.tracks);
    scene.run(4_000);
    expectSmooth(scene, ann, 1_000);
    expect(scene.endpoints.received(ann, 'audio').packetCount).toBeGreaterThan(150);
    expect(scene.hasNoGap(ann)).toBe(true);
  });

  it('sends what is published before or after its wish, to as many as want it', () => {
    const scene = new EndpointScene(62, workers);
    const early = scene.endpoints.join('early');
    scene.endpoints.send(early, { audio: 'ann/audio', video: 'ann/video' });
    scene.run(500);
    const ann = scene.endpoints.join('ann');
    const viewers = Array.from({ length: 10 }, (_, i) => scene.endpoints.join(`viewer${i}`));
    for (const viewer of viewers) scene.endpoints.send(viewer, ann.tracks);
    scene.run(4_000);
    for (const viewer of [early, ...viewers]) expectSmooth(scene, viewer, 1_500);
    expect(ann.peer.received.size).toBe(2);
    expect(scene.endpoints.received(ann, 'video').packetCount).toBe(0);
  });

  it('may be told what to send before it is negotiated', () => {
    const scene = new EndpointScene(66, workers);
    const ann = scene.endpoints.join('ann');
    const viewer = scene.endpoints.open('viewer');
    scene.endpoints.send(viewer, ann.tracks);
    scene.run(1_000);
    scene.endpoints.offer(viewer);
    scene.run(2_000);
    expectSmooth(scene, viewer, 1_500);
  });

  it('tells its states and the pair of its candidates', () => {
    const scene = new EndpointScene(63, workers);
    const ann = scene.endpoints.join('ann');
    scene.run(2_000);
    const changes = scene.endpoints.changes(ann);
    const statesOf = (type: 'ice-state' | 'dtls-state') =>
      changes.flatMap((change) => (change.type === type ? [change.state] : []));
    expect(statesOf('ice-state')).toEqual(['gathering', 'connecting', 'connected', 'ready']);
    expect(statesOf('dtls-state')).toEqual(['connecting', 'connected']);
    expect(changes.filter(({ type }) => type === 'pair-selected')).toEqual([
      {
        type: 'pair-selected',
        local: expect.stringMatching(/^candidate:\S+ 1 udp \d+ 198\.51\.100\.1 40000 typ host$/),
        remote: expect.stringMatching(/^candidate:\S+ 1 udp \d+ 203\.0\.114\.1 5000 typ prflx$/),
      },
    ]);
    scene.room.network.setLinks(ann.ip, { up: { loss: 1 }, down: { loss: 1 } });
    scene.run(40_000);
    expect(statesOf('ice-state')).toEqual(['gathering', 'connecting', 'connected', 'ready']);
    const later = scene.endpoints.changes(ann).flatMap((change) => (change.type === 'ice-state' ? [change.state] : []));
    expect(later.slice(4)).toEqual(['disconnected', 'failed']);
  });

  it('tells that its tracks flow, and that they stopped', () => {
    const scene = new EndpointScene(64, workers);
    const ann = scene.endpoints.join('ann');
    const flows = () =>
      scene.room
        .endpointEvents()
        .flatMap((event) => (event.type === 'track-flow' ? [`${event.trackId} ${event.isFlowing}`] : []));
    scene.run(1_000);
    expect(flows().toSorted()).toEqual(['ann/audio true', 'ann/video true']);
    scene.room.network.setLinks(ann.ip, { up: { loss: 1 } });
    scene.run(3_000);
    expect(flows().slice(2).toSorted()).toEqual(['ann/audio false', 'ann/video false']);
  });

  it('is heard to speak', () => {
    const scene = new EndpointScene(67, workers);
    const [ann] = ['ann', 'bob'].map((id) => scene.endpoints.join(id));
    scene.run(500);
    expect(scene.room.speakers()).toEqual([]);
    if (ann.peer.sound !== undefined) ann.peer.sound.level = 20;
    scene.run(1_000);
    expect(scene.room.speakers()).toEqual(['ann/audio']);
    scene.endpoints.close(ann);
    scene.run(1_000);
    expect(scene.room.speakers()).toEqual([]);
  });

  it('counts what it receives and sends', () => {
    const scene = new EndpointScene(65, workers);
    const ann = scene.endpoints.join('ann');
    scene.endpoints.send(ann, { video: ann.tracks.video });
    scene.run(3_000);
    const { received, sent, transport } = scene.endpoints.statistics(ann);
    expect(
      received.map(({ kind, trackId, codec, payloadType, clockRate }) => [
        kind,
        trackId,
        codec,
        payloadType,
        clockRate,
      ]),
    ).toEqual([
      ['audio', 'ann/audio', 'opus', 111, 48_000],
      ['video', 'ann/video', 'VP8', 96, 90_000],
    ]);
    expect(received[1]).toMatchObject({
      ssrc: ann.peer.sent.ssrc,
      packetsLost: 0,
      fractionLost: 0,
      pliCount: expect.any(Number),
    });
    expect(received[1].packets).toBeGreaterThan(200);
    expect(sent).toHaveLength(2);
    expect(sent[0]).toMatchObject({ kind: 'audio', trackId: undefined, codec: undefined, packets: 0 });
    expect(sent[1]).toMatchObject({ kind: 'video', trackId: 'ann/video', codec: 'VP8', payloadType: 96 });
    expect(sent[1].ssrc).toBe(scene.endpoints.received(ann, 'video').ssrc);
    expect(sent[1].packets).toBeGreaterThan(200);
    expect(transport).toMatchObject({ iceState: 'ready', dtlsState: 'connected' });
    expect(transport.bytesReceived).toBeGreaterThan(200_000);
    expect(transport.selectedPair?.local).toMatch(/^candidate:/);
    expect(transport.localCertificate?.length).toBeGreaterThan(100);
    expect(transport.remoteCertificate?.length).toBeGreaterThan(100);
  });
});

describe.each([1, 2])('a change of what an endpoint sends, with its room in %i media workers', (workers) => {
  it('goes on with the same SSRC and numbers, and begins with a keyframe at once', () => {
    const scene = new EndpointScene(71, workers);
    const [ann, bob, viewer] = ['ann', 'bob', 'viewer'].map((id) => scene.endpoints.join(id));
    scene.endpoints.send(viewer, ann.tracks);
    scene.run(2_000);
    for (const source of [bob, ann, bob]) {
      scene.endpoints.send(viewer, source.tracks);
      scene.judgeAnew(viewer);
      const changedAt = scene.now;
      scene.run(2_000);
      expectSmooth(scene, viewer, changedAt + 200);
    }
    expect(scene.hasNoGap(viewer)).toBe(true);
    expect(viewer.peer.received.size).toBe(2);
    expect(scene.room.datapath.counters()['send-index-reused']).toBe(0);
  });

  it('to nothing stops it, and back goes on', () => {
    const scene = new EndpointScene(72, workers);
    const [ann, viewer] = ['ann', 'viewer'].map((id) => scene.endpoints.join(id));
    scene.endpoints.send(viewer, ann.tracks);
    scene.run(2_000);
    scene.endpoints.send(viewer, { video: undefined });
    scene.run(200);
    const { packetCount } = scene.endpoints.received(viewer, 'video');
    const sound = scene.endpoints.received(viewer, 'audio').packetCount;
    scene.run(2_000);
    expect(scene.endpoints.received(viewer, 'video').packetCount).toBe(packetCount);
    expect(scene.endpoints.received(viewer, 'audio').packetCount).toBeGreaterThan(sound + 90);
    scene.endpoints.send(viewer, ann.tracks);
    scene.judgeAnew(viewer);
    const changedAt = scene.now;
    scene.run(2_000);
    expectSmooth(scene, viewer, changedAt + 200);
    expect(scene.hasNoGap(viewer)).toBe(true);
  });

  it('lasts through the end of its source, until somebody publishes the track again', () => {
    const scene = new EndpointScene(73, workers);
    const viewer = scene.endpoints.join('viewer');
    scene.endpoints.send(viewer, { video: 'ann/video' });
    for (let i = 0; i < 3; i++) {
      const ann = scene.endpoints.join('ann');
      scene.judgeAnew(viewer);
      const from = scene.now;
      scene.run(2_000);
      expectSmooth(scene, viewer, from + 600);
      scene.endpoints.close(ann);
      scene.run(300);
    }
    expect(scene.hasNoGap(viewer)).toBe(true);
  });
});

describe('endpoints and peers of one room', () => {
  it('receive each other', () => {
    const scene = new EndpointScene(81);
    const joe = scene.room.join('joe');
    const ann = scene.endpoints.join('ann');
    scene.endpoints.send(ann, { video: joe.peer.trackId });
    const { roomId } = joe;
    const needed = scene.room.plane.subscribe(
      roomId,
      'joe',
      { trackIds: ['ann/video', 'ann/audio'], pausedTrackIds: [] },
      scene.now,
    );
    expect(needed).toEqual({ offer: true, audio: 1, video: 1 });
    const request = { offer: joe.peer.createOffer(needed.video), tracks: joe.peer.tracks };
    const { answer, subscribed } = scene.room.plane.negotiate(roomId, 'joe', request, scene.now);
    joe.peer.handleAnswer(answer, scene.now);
    expect(subscribed.map(({ trackId }) => trackId)).toEqual(['ann/video']);
    scene.run(3_000);
    expectSmooth(scene, ann, 1_000);
    const [video] = joe.peer.received.values();
    const shown = video?.judge.verdict(monotonicMs(1_000), scene.now, milliseconds(500)).shown;
    expect(shown).toBeGreaterThan(40);
  });
});

describe('a later negotiation', () => {
  it.each(['offer', 'answer'] as const)('by an %s of the peer leaves what flows as it is', (role) => {
    const scene = new EndpointScene(91);
    const [ann, viewer] = ['ann', 'viewer'].map((id) => scene.endpoints.open(id));
    for (const endpoint of [ann, viewer]) scene.endpoints[role](endpoint);
    scene.endpoints.send(viewer, ann.tracks);
    scene.run(2_000);
    for (let i = 0; i < 3; i++) {
      scene.endpoints[role](ann);
      scene.endpoints[role](viewer);
      scene.run(1_000);
    }
    expectSmooth(scene, viewer, 1_000);
    expect(scene.hasNoGap(viewer)).toBe(true);
  });

  it('restarts ICE, also onto another network, and the pictures go on', () => {
    const scene = new EndpointScene(92);
    const [ann, viewer] = ['ann', 'viewer'].map((id) => scene.endpoints.join(id));
    scene.endpoints.send(viewer, ann.tracks);
    scene.run(2_000);
    for (const endpoint of [viewer, ann]) {
      endpoint.peer.restartIce();
      const answer = scene.endpoints.offer(endpoint);
      expect(answer).toMatch(/a=candidate/);
      scene.run(2_000);
    }
    expectSmooth(scene, viewer, 1_000);
    expect(scene.hasNoGap(viewer)).toBe(true);
    expect(scene.room.plane.counters()['ice/check-answered']).toBeGreaterThan(4);
  });

  it('that is refused changes nothing', () => {
    const scene = new EndpointScene(93);
    const [ann, viewer] = ['ann', 'viewer'].map((id) => scene.endpoints.join(id));
    scene.endpoints.send(viewer, ann.tracks);
    scene.run(2_000);
    for (const endpoint of [ann, viewer]) {
      const refused = () => scene.endpoints.offer(endpoint, (offer) => offer.replace('a=group:BUNDLE', 'a=group:LS'));
      expect(refused).toThrow(expect.objectContaining({ code: 'sdp-no-bundle' }));
    }
    scene.run(2_000);
    expectSmooth(scene, viewer, 1_000);
  });

  it('can stop and start either direction', () => {
    const scene = new EndpointScene(94);
    const [ann, viewer] = ['ann', 'viewer'].map((id) => scene.endpoints.join(id));
    scene.endpoints.send(viewer, ann.tracks);
    scene.run(2_000);
    scene.endpoints.offer(ann, (offer) => offer.replaceAll('a=sendrecv', 'a=recvonly'));
    scene.run(500);
    const { packetCount } = scene.endpoints.received(viewer, 'video');
    scene.run(1_000);
    expect(scene.endpoints.received(viewer, 'video').packetCount).toBe(packetCount);
    scene.endpoints.offer(ann);
    scene.endpoints.offer(viewer, (offer) => offer.replaceAll('a=sendrecv', 'a=sendonly'));
    scene.run(1_000);
    expect(scene.endpoints.received(viewer, 'video').packetCount).toBe(packetCount);
    scene.endpoints.offer(viewer);
    scene.judgeAnew(viewer);
    const from = scene.now;
    scene.run(2_000);
    expectSmooth(scene, viewer, from + 300);
    expect(scene.hasNoGap(viewer)).toBe(true);
  });
});

describe('closing', () => {
  it.each([0, 30, 120, 1_000])('endpoints after %i ms leaves nothing, however they were used', (ms) => {
    const scene = new EndpointScene(101);
    const [ann, bob] = ['ann', 'bob'].map((id) => scene.endpoints.join(id));
    const eve = scene.endpoints.open('eve');
    scene.endpoints.send(ann, bob.tracks);
    scene.endpoints.send(bob, bob.tracks);
    scene.endpoints.send(eve, ann.tracks);
    scene.run(ms);
    for (const endpoint of [ann, bob, eve]) scene.endpoints.close(endpoint);
    scene.run(1_000);
    expect(scene.room.datapath.sizes()).toMatchObject({ sessions: 0, streams: 0 });
    scene.room.plane.closeRoom('room', scene.now);
    expectNothingLeft(scene);
  });

  it('the room does so with all of its endpoints', () => {
    const scene = new EndpointScene(102);
    const [ann, bob] = ['ann', 'bob'].map((id) => scene.endpoints.join(id));
    scene.endpoints.send(ann, bob.tracks);
    scene.run(2_000);
    scene.room.plane.closeRoom('room', scene.now);
    expectNothingLeft(scene);
    expect(() => scene.endpoints.statistics(ann)).toThrow(expect.objectContaining({ code: 'room-unknown' }));
  });
});
