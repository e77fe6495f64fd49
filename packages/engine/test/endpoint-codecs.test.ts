import { bitsPerSecond } from '@rivero/core';
import type { SimulatedEndpoint } from '@rivero/testkit';
import { describe, expect, it } from 'vitest';
import { EndpointScene, expectSmooth } from './endpoint-scene.ts';

/** The offer with the audio codecs of endpoints, of which the peer prefers Opus. */
function withTelephony(offer: string): string {
  return offer.replace(/(m=audio \d+ \S+ 111)/, '$1 0 8');
}

/** The offer without the codec that headless peers send. */
function withoutVp8(offer: string): string {
  return offer.replace(/(m=video \d+ \S+) 96 97/, '$1').replaceAll(/a=(rtpmap|fmtp|rtcp-fb):(96|97) .*\r\n/g, '');
}

/** A section for sound that is received, like those of the offer. */
function receiveSound(offer: string): string {
  const lines = offer.split('\r\n');
  const kept = lines.filter((line) => /^a=(ice-ufrag|ice-pwd|fingerprint|setup|rtcp-mux)/.test(line)).slice(0, 5);
  const own = [
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    'a=mid:a',
    'a=recvonly',
    'a=rtpmap:111 opus/48000/2',
  ];
  return [...own, ...kept, ''].join('\r\n');
}

describe.each([1, 2])('in %i media workers', (workers) => {
  describe('codecs that differ', () => {
    const differences = (scene: EndpointScene, endpoint: SimulatedEndpoint) =>
      scene.endpoints.changes(endpoint).filter(({ type }) => type === 'codecs-differ');

    it('are told once for each source, and a later offer that has them begins', () => {
      const scene = new EndpointScene(111, workers);
      const [ann, bob] = ['ann', 'bob'].map((id) => scene.endpoints.join(id));
      const viewer = scene.endpoints.open('viewer');
      scene.endpoints.offer(viewer, withoutVp8);
      for (const source of [ann, bob, ann]) {
        scene.endpoints.send(viewer, { video: source.tracks.video });
        scene.run(1_000);
        scene.endpoints.offer(viewer, withoutVp8);
      }
      const told = { type: 'codecs-differ', kind: 'video', sourceCodec: 'VP8', sinkCodecs: ['VP9', 'H264', 'AV1'] };
      const trackIds = ['ann/video', 'bob/video', 'ann/video'];
      expect(differences(scene, viewer)).toEqual(trackIds.map((trackId) => ({ ...told, trackId })));
      expect(scene.endpoints.received(viewer, 'video').packetCount).toBe(0);
      scene.endpoints.offer(viewer);
      const from = scene.now;
      scene.run(2_000);
      expectSmooth(scene, viewer, from + 200);
    });

    it('are no news before anything comes, as long as one of those that may come fits', () => {
      const scene = new EndpointScene(112, workers);
      const ann = scene.endpoints.open('ann');
      // What is offered first is not what is sent.
      scene.endpoints.offer(ann, (offer) => offer.replace(/(m=video \d+ \S+) 96 97 98 99/, '$1 98 99 96 97'));
      const viewer = scene.endpoints.open('viewer');
      scene.endpoints.offer(viewer, (offer) =>
        offer
          .replace(/(m=video \d+ \S+) .*/, '$1 96 97')
          .replaceAll(/a=(rtpmap|fmtp|rtcp-fb):(?!96|97|111)\d+ .*\r\n/g, ''),
      );
      scene.endpoints.send(viewer, ann.tracks);
      scene.run(3_000);
      expect(differences(scene, viewer)).toEqual([]);
      expectSmooth(scene, viewer, 1_000);
    });

    it('are followed when the publisher takes another one', () => {
      const scene = new EndpointScene(113, workers);
      const [ann, viewer] = ['ann', 'viewer'].map((id) => scene.endpoints.open(id));
      for (const endpoint of [ann, viewer]) scene.endpoints.offer(endpoint, withTelephony);
      scene.endpoints.send(viewer, ann.tracks);
      scene.run(1_000);
      const sound = scene.endpoints.received(viewer, 'audio');
      const { packetCount } = sound;
      expect(sound.lastPayloadType).toBe(111);
      if (ann.peer.sound !== undefined) ann.peer.sound.payloadType = 8;
      scene.run(1_000);
      expect(sound.lastPayloadType).toBe(8);
      expect(sound.packetCount).toBeGreaterThan(packetCount + 45);
      expect(scene.endpoints.statistics(viewer).sent[0]).toMatchObject({ codec: 'PCMA', clockRate: 8_000 });
      expect(scene.endpoints.statistics(ann).received[0]).toMatchObject({ codec: 'PCMA', payloadType: 8 });
    });

    it('end what goes out, and are told, when the publisher takes one that the receiver has not', () => {
      const scene = new EndpointScene(114, workers);
      const ann = scene.endpoints.open('ann');
      scene.endpoints.offer(ann, withTelephony);
      const viewer = scene.endpoints.join('viewer');
      scene.endpoints.send(viewer, ann.tracks);
      scene.run(1_000);
      if (ann.peer.sound !== undefined) ann.peer.sound.payloadType = 0;
      scene.run(1_000);
      const told = { kind: 'audio', trackId: 'ann/audio', sourceCodec: 'PCMU', sinkCodecs: ['opus'] };
      expect(differences(scene, viewer)).toEqual([{ type: 'codecs-differ', ...told }]);
      expect(scene.endpoints.received(viewer, 'audio').lastPayloadType).toBe(111);
    });
  });

  describe('a peer that receives the track of an endpoint', () => {
    it('is sent no codec that it did not agree to: its section is free until it offers again', () => {
      const scene = new EndpointScene(115, workers);
      const { planes } = scene.room;
      const ann = scene.endpoints.open('ann');
      scene.endpoints.offer(ann, withTelephony);
      const joe = scene.room.join('joe');
      const trackIds = ['ann/audio'];
      const subscribe = () => planes.subscribe('room', 'joe', { trackIds, pausedTrackIds: [] }, scene.now);
      const negotiate = () => {
        const offer = joe.peer
          .createOffer(0)
          .replace(/(BUNDLE .*)(\r\n[^]*)$/, `$1 a$2${receiveSound(joe.peer.createOffer(0))}`);
        return planes.negotiate('room', 'joe', { offer, tracks: joe.peer.tracks }, scene.now);
      };
      subscribe();
      expect(negotiate().subscribed).toEqual([{ trackId: 'ann/audio', mid: 'a' }]);
      const consumers = () =>
        planes.statistics('room', scene.now).flatMap((branch) => branch.consumers.map(({ id }) => id));
      scene.run(1_000);
      expect(consumers()).toEqual(['joe/ann/audio']);
      const changes = () => scene.room.endpointEvents().filter(({ type }) => type === 'track-changed').length;
      expect(changes()).toBe(0);
      if (ann.peer.sound !== undefined) ann.peer.sound.payloadType = 0;
      scene.run(1_000);
      expect(consumers()).toEqual([]);
      expect(changes()).toBe(1);
      expect(subscribe()).toEqual({ offer: true, audio: 0, video: 0 });
      expect(negotiate()).toMatchObject({
        subscribed: [],
        refused: [{ trackId: 'ann/audio', reason: 'no-common-codec' }],
      });
      if (ann.peer.sound !== undefined) ann.peer.sound.payloadType = 111;
      scene.run(2_000);
      expect(changes()).toBe(2);
      expect(negotiate().subscribed).toEqual([{ trackId: 'ann/audio', mid: 'a' }]);
      scene.endpoints.offer(ann, withTelephony);
      expect([changes(), consumers()]).toEqual([2, ['joe/ann/audio']]);
      scene.endpoints.offer(ann);
      expect([changes(), consumers()]).toEqual([3, []]);
      expect(subscribe()).toMatchObject({ offer: true });
    });
  });

  describe('limits of bandwidth', () => {
    const rembOf = (scene: EndpointScene, endpoint: SimulatedEndpoint) =>
      scene.endpoints.statistics(endpoint).received.find(({ kind }) => kind === 'video')?.remb;

    it('are told to the publisher: those of the settings, and of the remote side of whoever receives it', () => {
      const scene = new EndpointScene(121, workers);
      const ann = scene.endpoints.join('ann');
      scene.run(1_000);
      expect(rembOf(scene, ann)).toBe(0);
      scene.endpoints.configure(ann, { videoReceiveMax: bitsPerSecond(700_000) });
      expect(scene.endpoints.offer(ann)).toMatch(/m=video[^]*b=AS:700\r\nb=TIAS:700000/);
      scene.run(1_000);
      expect(rembOf(scene, ann)).toBe(700_000);
      const viewer = scene.endpoints.open('viewer');
      scene.endpoints.offer(viewer, (offer) => offer.replace(/(m=video .*\r\nc=.*\r\n)/, '$1b=AS:300\r\n'));
      scene.endpoints.send(viewer, ann.tracks);
      scene.run(2_000);
      expect(rembOf(scene, ann)).toBe(300_000);
      scene.endpoints.configure(viewer, { videoSendMax: bitsPerSecond(200_000) });
      scene.run(1_500);
      expect(rembOf(scene, ann)).toBe(200_000);
      scene.endpoints.configure(ann, { videoReceiveMin: bitsPerSecond(250_000) });
      scene.run(1_500);
      expect(rembOf(scene, ann)).toBe(250_000);
    });
  });
});
