import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChromium, openFirefox } from './harness/browser.ts';
import { loadKurentoClient } from './harness/kurento-client.ts';
import { heard, KurentoScene } from './harness/kurento-scene.ts';
import { blue, red } from './harness/known-media.ts';

let scene: KurentoScene;

beforeEach(async () => {
  scene = await KurentoScene.open();
});

afterEach(async () => {
  await scene.close();
});

describe('the official Kurento client', () => {
  it('connects, disconnects and changes sources while media flows; each viewer sees what is connected', async () => {
    const pipeline = await scene.client.create('MediaPipeline');
    const [ofRed, ofBlue, ofViewer] = await Promise.all([0, 1, 2].map(() => pipeline.create('WebRtcEndpoint')));
    const redPeer = await scene.peer(openChromium({ colour: red, hertz: 440 }), 'Red');
    const bluePeer = await scene.peer(openChromium({ colour: blue, hertz: 660 }), 'Blue');
    const viewer = await scene.peer(openFirefox(), 'Viewer');
    const flowIn = heard(ofViewer, 'MediaFlowInStateChanged');
    await redPeer.call(ofRed, 'Sendonly');
    await bluePeer.call(ofBlue, 'Sendonly');
    await viewer.call(ofViewer, 'Recvonly');

    await ofRed.connect(ofViewer);
    await viewer.seesHue(0);
    await viewer.hearsTone(440);
    await scene.until('media flows in', () => ofViewer.isMediaFlowingIn('VIDEO'));
    await ofBlue.connect(ofViewer, 'VIDEO');
    await viewer.seesHue(240);
    await viewer.hearsTone(440);
    await ofBlue.connect(ofViewer);
    await viewer.hearsTone(660);
    await ofBlue.disconnect(ofViewer, 'VIDEO');
    await viewer.seesNoMovement();
    await ofBlue.connect(ofViewer);
    await viewer.seesMovement();
    expect(flowIn.some(({ state, mediaType }) => state === 'FLOWING' && mediaType === 'VIDEO')).toBe(true);

    const stats = Object.values(await ofViewer.getStats('VIDEO'));
    const sent = stats.find(({ type }) => type === 'outboundrtp');
    expect(Number(sent?.['packetsSent'])).toBeGreaterThan(10);
    expect(await pipeline.getGstreamerDot()).toContain('digraph');
  });

  it('offers by itself and is answered by a browser', async () => {
    const pipeline = await scene.client.create('MediaPipeline');
    const endpoint = await pipeline.create('WebRtcEndpoint');
    await endpoint.connect(endpoint);
    const done = heard(endpoint, 'IceGatheringDone');
    const states = heard(endpoint, 'ConnectionStateChanged');
    const ann = await scene.peer(openChromium({ colour: red, hertz: 440 }), 'Ann');
    await ann.accept(endpoint, 'Sendrecv');
    await ann.seesHue(0);
    await ann.hearsTone(440);
    expect(done).toHaveLength(1);
    await scene.until('it is connected', () => states.some(({ newState }) => newState === 'CONNECTED'));
  });

  it('passes media through elements and hubs that cost nothing', async () => {
    const pipeline = await scene.client.create('MediaPipeline');
    const hub = await pipeline.create('DispatcherOneToMany');
    const [source, first, second] = await Promise.all([0, 1, 2].map(() => pipeline.create('HubPort', { hub })));
    const [ofRed, ofViewer, through] = await Promise.all(
      ['WebRtcEndpoint', 'WebRtcEndpoint', 'PassThrough'].map((type) => pipeline.create(type)),
    );
    await ofRed.connect(through);
    await through.connect(source);
    await first.connect(ofViewer);
    await second.connect(ofRed);
    const redPeer = await scene.peer(openChromium({ colour: red, hertz: 440 }), 'Red');
    const viewer = await scene.peer(openChromium({ colour: blue }), 'Viewer');
    await redPeer.call(ofRed, 'Sendrecv');
    await viewer.call(ofViewer, 'Recvonly');
    await hub.setSource(source);
    await Promise.all([viewer.seesHue(0), redPeer.seesHue(0)]);
    await hub.removeSource();
    await viewer.seesNoMovement();
    await hub.setSource(source);
    await viewer.seesMovement();
  });

  it('limits what a browser sends, and says so in the SDP', async () => {
    const pipeline = await scene.client.create('MediaPipeline');
    const endpoint = await pipeline.create('WebRtcEndpoint');
    await endpoint.setMaxVideoRecvBandwidth(150);
    const ann = await scene.peer(openChromium({ colour: red }), 'Ann');
    await ann.call(endpoint, 'Sendonly', { audio: false, video: { width: 1280, height: 720, frameRate: 30 } });
    expect(await endpoint.getLocalSessionDescriptor()).toMatch(/b=AS:150\r\n/);
    await scene.until('media flows', () => endpoint.isMediaFlowingOut('VIDEO'));
    const bytes = async (): Promise<number> => {
      const stats = Object.values(await endpoint.getStats('VIDEO'));
      return Number(stats.find(({ type }) => type === 'inboundrtp')?.['bytesReceived'] ?? 0);
    };
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const before = await bytes();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const kilobits = (((await bytes()) - before) * 8) / 4_000;
    expect(kilobits).toBeGreaterThan(1);
    expect(kilobits).toBeLessThan(220);
  });

  it('releases anything at any moment of its life, and leaves nothing', async () => {
    const pipeline = await scene.client.create('MediaPipeline');
    const [ofRed, ofViewer] = await Promise.all([0, 1].map(() => pipeline.create('WebRtcEndpoint')));
    const redPeer = await scene.peer(openChromium({ colour: red }), 'Red');
    const viewer = await scene.peer(openChromium(), 'Viewer');
    await ofRed.connect(ofViewer);
    await redPeer.call(ofRed, 'Sendonly');
    await viewer.call(ofViewer, 'Recvonly');
    await viewer.seesMovement();
    await ofViewer.release();
    const again = await pipeline.create('WebRtcEndpoint');
    await ofRed.connect(again);
    await viewer.call(again, 'Recvonly');
    await viewer.seesHue(0);
    await Promise.all([ofRed.release(), again.getName()]);
    await viewer.seesNoMovement();
    await Promise.allSettled([
      pipeline.create('WebRtcEndpoint'),
      again.generateOffer(),
      again.gatherCandidates(),
      pipeline.release(),
    ]);
    const manager = await scene.client.getServerManager();
    expect(await manager.getPipelines()).toEqual([]);
    const next = await scene.client.create('MediaPipeline');
    expect(await next.getChildren()).toEqual([]);
    expect(await manager.getPipelines()).toHaveLength(1);
  });

  it('of the generation before calls by the old names and hears the old events', async () => {
    const old = await loadKurentoClient(6)(scene.program.kurentoUrl);
    try {
      const pipeline = await old.create('MediaPipeline');
      const endpoint = await pipeline.create('WebRtcEndpoint');
      await endpoint.connect(endpoint);
      const found = heard(endpoint, 'OnIceCandidate');
      const done = heard(endpoint, 'OnIceGatheringDone');
      const states = heard(endpoint, 'MediaFlowOutStateChange');
      const ann = await scene.peer(openChromium({ colour: red, hertz: 440 }), 'Ann');
      await ann.call(endpoint, 'Sendrecv');
      await ann.seesHue(0);
      await ann.hearsTone(440);
      await scene.until('media flows', () => states.some(({ state }) => state === 'FLOWING'));
      expect(found.length).toBeGreaterThan(0);
      expect(done).toHaveLength(1);
      expect(await pipeline.getChilds()).toHaveLength(1);
    } finally {
      old.close();
    }
  });
});
