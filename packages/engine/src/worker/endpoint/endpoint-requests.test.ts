import { CodedError, milliseconds } from '@rivero/core';
import { Router } from '@rivero/router';
import { TransportSession } from '@rivero/transport';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { endpointsPerRoomMax } from './room-endpoints.ts';
import { toldCandidatesMax } from './webrtc-endpoint.ts';
import { EndpointScene } from '../../../test/endpoint-scene.ts';

const address = { roomId: 'room', endpointId: 'ann' };
const bothKinds = { audio: 'sendrecv', video: 'sendrecv' } as const;
const options = {
  type: 'webrtc',
  trackIds: { audio: 'ann/audio', video: 'ann/video' },
  direction: 'sendrecv',
  certificate: 'ecdsa',
} as const;
const candidate = 'candidate:1 1 udp 2122260223 192.0.2.10 46243 typ host generation 0 ufrag EEtu network-id 1';

afterEach(() => {
  vi.restoreAllMocks();
});

function refusedAs(code: string): unknown {
  return expect.objectContaining({ code });
}

describe('requests about endpoints', () => {
  it('are refused where there is no such endpoint or room, and where there is one already', () => {
    const { endpoints } = new EndpointScene(131);
    const close = { method: 'closeEndpoint', request: address } as const;
    expect(() => endpoints.call(close)).toThrow(refusedAs('endpoint-unknown'));
    const open = { method: 'openEndpoint', request: { ...address, options } } as const;
    endpoints.call(open);
    expect(() => endpoints.call(open)).toThrow(refusedAs('endpoint-exists'));
    const elsewhere = { ...open, request: { ...open.request, roomId: 'other' } };
    expect(() => endpoints.call(elsewhere)).toThrow(refusedAs('room-unknown'));
    endpoints.call(close);
    expect(() => endpoints.call(close)).toThrow(refusedAs('endpoint-unknown'));
  });

  it('are refused for what does not fit, and nothing has changed', () => {
    const { endpoints } = new EndpointScene(132);
    endpoints.call({ method: 'openEndpoint', request: { ...address, options } });
    const description = () => endpoints.call({ method: 'localDescription', request: address });
    expect(description).toThrow(refusedAs('sdp-no-description'));
    const answer = { method: 'applyAnswer', request: { ...address, answer: 'v=0' } } as const;
    expect(() => endpoints.call(answer)).toThrow(refusedAs('sdp-no-offer'));
    const offer = endpoints.call({ method: 'createOffer', request: { ...address, directions: bothKinds } });
    expect(() => endpoints.call(answer)).toThrow(refusedAs('sdp-malformed'));
    expect(description()).toBe(offer);
    const add = (text: string) =>
      endpoints.call({ method: 'addRemoteCandidate', request: { ...address, candidate: text } });
    for (const text of ['', 'candidate:', 'hello', `${candidate} `.repeat(8)]) {
      expect(() => add(text)).toThrow(refusedAs('candidate-malformed'));
    }
    add(candidate.replace(' udp ', ' sctp '));
  });

  it('name candidates in the description once they are gathered', () => {
    const { endpoints } = new EndpointScene(133);
    endpoints.call({ method: 'openEndpoint', request: { ...address, options } });
    const offer = endpoints.call({ method: 'createOffer', request: { ...address, directions: bothKinds } });
    expect(offer).not.toMatch(/candidate/);
    const gathered = endpoints.call({ method: 'gatherCandidates', request: address });
    expect(gathered.map(({ mid, sectionIndex }) => `${mid} ${sectionIndex}`)).toEqual(['audio0 0', 'video0 1']);
    const description = endpoints.call({ method: 'localDescription', request: address });
    for (const { candidate: line } of gathered) expect(description).toContain(`a=${line}\r\n`);
    expect(description.match(/a=end-of-candidates/g)).toHaveLength(2);
  });

  it('take candidates before the description, after it, and far too many', () => {
    const { endpoints } = new EndpointScene(134);
    const ann = endpoints.open('ann');
    const add = (port: number) => {
      const line = `candidate:1 1 udp 2122260223 192.0.2.10 ${port} typ host`;
      endpoints.call({ method: 'addRemoteCandidate', request: { ...address, candidate: line } });
    };
    for (let i = 0; i < toldCandidatesMax; i++) add(1_000 + i);
    endpoints.offer(ann);
    for (let i = 0; i < toldCandidatesMax * 3; i++) add(2_000 + i);
    endpoints.close(ann);
  });

  it('ask whoever publishes a track for a keyframe, and pass over one that nobody does', () => {
    const scene = new EndpointScene(135);
    const ann = scene.endpoints.join('ann');
    const requestOf = (trackId: string) =>
      scene.endpoints.call({ method: 'requestKeyframe', request: { roomId: 'room', trackId } });
    scene.run(1_000);
    const before = scene.endpoints.statistics(ann).received[1].pliCount;
    requestOf('ann/video');
    requestOf('nobody/video');
    requestOf('ann/audio');
    scene.run(100);
    expect(scene.endpoints.statistics(ann).received[1].pliCount).toBe(before + 1);
  });

  it('are refused for a track whose name somebody else has, and nothing has changed', () => {
    const scene = new EndpointScene(136);
    const ann = scene.endpoints.join('ann');
    const twin = { ...options, trackIds: ann.tracks };
    scene.endpoints.call({ method: 'openEndpoint', request: { roomId: 'room', endpointId: 'twin', options: twin } });
    const offer = ann.peer.createOffer(0);
    const answer = () =>
      scene.endpoints.call({ method: 'answerOffer', request: { roomId: 'room', endpointId: 'twin', offer } });
    expect(answer).toThrow(refusedAs('track-exists'));
    scene.endpoints.close(ann);
    expect(answer()).toMatch(/a=sendrecv/);
  });

  it('leave an endpoint sending nothing where the track has as many receivers as it can have', () => {
    const scene = new EndpointScene(138);
    const [ann, bob, viewer] = ['ann', 'bob', 'viewer'].map((id) => scene.endpoints.join(id));
    scene.endpoints.send(viewer, { video: ann.tracks.video });
    scene.run(1_000);
    const sentOf = () => scene.endpoints.statistics(viewer).sent[1].trackId;
    expect(sentOf()).toBe('ann/video');
    vi.spyOn(Router.prototype, 'setSenderSource').mockImplementationOnce(() => {
      throw new CodedError('too-many-subscriptions', 'One too many.');
    });
    scene.endpoints.send(viewer, { video: bob.tracks.video });
    expect(sentOf()).toBeUndefined();
    const { packetCount } = scene.endpoints.received(viewer, 'video');
    scene.run(1_000);
    expect(scene.endpoints.received(viewer, 'video').packetCount).toBeLessThan(packetCount + 10);
    scene.endpoints.offer(viewer);
    expect(sentOf()).toBe('bob/video');
  });

  it('open as many endpoints as a room holds, and no more', () => {
    const { endpoints, room } = new EndpointScene(137);
    const open = (endpointId: string) =>
      endpoints.call({ method: 'openEndpoint', request: { ...address, endpointId, options } });
    for (let i = 0; i < endpointsPerRoomMax; i++) open(`e${i}`);
    expect(() => open('more')).toThrow(refusedAs('room-full'));
    endpoints.call({ method: 'closeEndpoint', request: { ...address, endpointId: 'e0' } });
    open('more');
    expect(room.plane.sizes().sessions).toBe(endpointsPerRoomMax);
  });
});

describe('a bug', () => {
  it('in telling what happened at an endpoint ends its room only', () => {
    const scene = new EndpointScene(143);
    scene.room.plane.openRoom('other');
    scene.endpoints.join('ann');
    vi.spyOn(TransportSession.prototype, 'selectedPair').mockImplementationOnce(() => {
      throw new TypeError('a bug');
    });
    scene.room.simulation.run(milliseconds(500));
    expect(scene.room.plane.sizes()).toEqual({ rooms: 1, sessions: 0 });
    expect(() => scene.room.endpointEvents()).toThrow('a bug');
  });

  it('in closing an endpoint leaves no session, and its room goes on or is lost as a whole', () => {
    const scene = new EndpointScene(141);
    const [ann] = ['ann', 'bob'].map((id) => scene.endpoints.join(id));
    scene.run(1_000);
    vi.spyOn(Router.prototype, 'closeSession').mockImplementationOnce(() => {
      throw new TypeError('a bug');
    });
    expect(() => scene.endpoints.close(ann)).toThrow('a bug');
    expect(scene.room.plane.sizes().sessions).toBe(1);
    scene.run(1_000);
    scene.room.plane.closeRoom('room', scene.now);
    expect(scene.room.plane.sizes()).toEqual({ rooms: 0, sessions: 0 });
  });

  it('in following the router ends that room only, and its endpoints with it', () => {
    const scene = new EndpointScene(142);
    scene.endpoints.join('ann');
    scene.room.plane.openRoom('other');
    vi.spyOn(Router.prototype, 'pollFlowChange').mockImplementationOnce(() => {
      throw new TypeError('a bug');
    });
    scene.room.simulation.run(milliseconds(100));
    const types: string[] = [];
    for (let event = scene.room.plane.pollEvent(); event !== undefined; event = scene.room.plane.pollEvent()) {
      types.push(event.type);
    }
    expect(types.slice(-2)).toEqual(['bug', 'room-lost']);
    expect(scene.room.plane.sizes()).toEqual({ rooms: 1, sessions: 0 });
  });
});
