import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChromium, openChromiumPages, openFirefox } from './harness/browser.ts';
import { type KurentoObject, loadKurentoClient } from './harness/kurento-client.ts';
import type { KurentoPeer } from './harness/kurento-page.ts';
import { heard, KurentoScene } from './harness/kurento-scene.ts';
import { blue, red } from './harness/known-media.ts';

let scene: KurentoScene;

beforeEach(async () => {
  scene = await KurentoScene.open();
});

afterEach(async () => {
  await scene.close();
});

describe('calls over the official Kurento client', () => {
  it('of four people, each stream offered by the server: all see and hear all, and go on when one leaves', async () => {
    const opened = (
      await Promise.all([
        openChromiumPages(2, { colour: red, hertz: 440 }),
        openChromiumPages(2, { colour: blue, hertz: 660 }),
      ])
    ).flat();
    const pipeline = await scene.client.create('MediaPipeline');
    const people = await Promise.all(
      opened.map(async (browser, index) => {
        const name = `Person ${index}`;
        const peer = await scene.peer(Promise.resolve(browser), name);
        return { name, peer, endpoint: await pipeline.create('WebRtcEndpoint'), isRed: index < 2 };
      }),
    );
    for (const { peer, endpoint } of people) await peer.accept(endpoint, 'Sendonly');
    const views: { of: string; by: string; isRed: boolean; peer: KurentoPeer; endpoint: KurentoObject }[] = [];
    for (const viewer of people) {
      for (const shown of people.filter((person) => person !== viewer)) {
        const peer = await viewer.peer.another(`${viewer.name} of ${shown.name}`);
        const endpoint = await pipeline.create('WebRtcEndpoint');
        await shown.endpoint.connect(endpoint);
        await peer.accept(endpoint, 'Recvonly');
        views.push({ of: shown.name, by: viewer.name, isRed: shown.isRed, peer, endpoint });
      }
    }
    await Promise.all(views.map(({ peer, isRed }) => peer.seesHue(isRed ? 0 : 240)));
    await Promise.all([0, 3, 6, 9].map((index) => views[index].peer.seesMovement()));
    await views[0].peer.hearsTone(440);
    await views[1].peer.hearsTone(660);

    const gone = people[0];
    await gone.peer.page.evaluate('peers.forEach((peer) => peer.dispose())');
    const left = views.filter(({ of, by }) => of !== gone.name && by !== gone.name);
    for (const view of views.filter((one) => !left.includes(one))) await view.endpoint.release();
    await gone.endpoint.release();
    expect(await pipeline.getChildren()).toHaveLength(3 + 6);
    await Promise.all(left.map(({ peer }) => peer.seesMovement()));
  });

  it('without trickle are negotiated again: sound first, then a picture, then another path', async () => {
    const pipeline = await scene.client.create('MediaPipeline');
    for (const [browser, certificateKeyType] of [
      [openChromium({ colour: red, hertz: 440 }), 'RSA'],
      [openFirefox(), 'RSA'],
    ] as const) {
      const ann = await scene.raw(browser, 'Ann');
      const endpoint = await pipeline.create('WebRtcEndpoint', { certificateKeyType });
      const states = heard(endpoint, 'IceComponentStateChanged');
      await endpoint.connect(endpoint);
      await ann.adds('audio');
      const sound = await ann.offersTo(endpoint);
      expect(sound).not.toContain('m=video');
      await ann.isConnected();
      await scene.until('sound flows', () => endpoint.isMediaFlowingOut('AUDIO'));

      await ann.adds('video');
      const both = await ann.offersTo(endpoint);
      expect(both).toContain('m=video');
      await ann.seesMovement();
      const isConnected = (): number => states.filter(({ state }) => state === 'CONNECTED').length;
      expect(isConnected()).toBeGreaterThan(0);

      const password = /a=ice-pwd:(.*)\r\n/;
      const restarted = await ann.offersTo(endpoint, { iceRestart: true });
      expect(password.exec(restarted)?.[1]).not.toBe(password.exec(both)?.[1]);
      await ann.isConnected();
      await ann.seesMovement();
      if (ann.page.browser === 'chromium') await ann.hearsTone(440);
      await ann.page.close();
    }
  });

  it('in one direction, or of one kind of media, carry just that; and say when codecs do not meet', async () => {
    const pipeline = await scene.client.create('MediaPipeline');
    const [presenter, viewer] = await Promise.all([
      scene.raw(openFirefox(), 'Presenter'),
      scene.raw(openChromium({ colour: red }), 'Viewer'),
    ]);
    const source = await pipeline.create('WebRtcEndpoint', { recvonly: true, certificateKeyType: 'ECDSA' });
    await presenter.adds('audio');
    await presenter.adds('video');
    const answer = await presenter.offersTo(source);
    expect(answer.match(/a=recvonly/g)).toHaveLength(2);
    await scene.until('media flows', () => source.isMediaFlowingOut('VIDEO'));

    const sink = await pipeline.create('WebRtcEndpoint', { sendonly: true, certificateKeyType: 'ECDSA' });
    await viewer.receives('video');
    await source.connect(sink);
    const sent = await viewer.offersTo(sink);
    expect(sent).toContain('a=sendonly');
    expect(sent).not.toContain('m=audio');
    await viewer.seesMovement();
    expect(await sink.isMediaFlowingIn('VIDEO')).toBe(true);
    await sink.release();

    // The presenter sends VP8.
    for (const codec of ['video/VP9', 'video/H264']) {
      await viewer.again();
      await viewer.receives('video', codec);
      const deaf = await pipeline.create('WebRtcEndpoint');
      const errors = heard(deaf, 'Error');
      await source.connect(deaf);
      expect(await viewer.offersTo(deaf)).toContain(codec.replace('video/', ''));
      await scene.until('the error is told', () => errors.length > 0);
      expect(errors[0]).toMatchObject({ type: 'STREAM_ERROR_CODEC_NOT_FOUND', errorCode: 6 });
      expect(String(errors[0]['description'])).toMatch(/VP8/);
      expect(String(errors[0]['description'])).toContain(codec.replace('video/', ''));
      await deaf.release();
    }
    await viewer.again();
    await viewer.receives('video', 'video/VP8');
    const met = await pipeline.create('WebRtcEndpoint');
    await source.connect(met);
    await viewer.offersTo(met);
    await viewer.seesMovement();
  });

  it('of both generations of the client share a pipeline, and their statistics are those of the browsers', async () => {
    const old = await loadKurentoClient(6)(scene.program.kurentoUrl);
    try {
      const pipeline = await scene.client.create('MediaPipeline');
      const source = await pipeline.create('WebRtcEndpoint');
      const presenter = await scene.raw(openChromium({ colour: blue, hertz: 660 }), 'Presenter');
      const viewer = await scene.raw(openChromium(), 'Viewer');
      await presenter.adds('audio', 'sendonly');
      await presenter.adds('video', 'sendonly');
      await presenter.offersTo(source);
      const sink = await (await old.getMediaobjectById(pipeline.id)).create('WebRtcEndpoint');
      await (await old.getMediaobjectById(source.id)).connect(sink);
      const found = heard(sink, 'OnIceGatheringDone');
      await viewer.receives('audio');
      await viewer.receives('video');
      // Its client knows the events by their old names alone.
      const known = await scene.client.getMediaobjectById(sink.id);
      await viewer.offersTo(known);
      await viewer.seesHue(240);
      await viewer.hearsTone(660);
      expect(found.length).toBeGreaterThan(0);

      const ofType = async (object: KurentoObject, type: string, kind?: string) =>
        Object.values(await object.getStats(kind)).find((record) => record['type'] === type) ?? {};
      await scene.until(
        'receivers reported',
        async () => Number((await ofType(sink, 'outboundrtp', 'VIDEO'))['remb']) > 0,
      );
      const [sentByBrowser, received, sent, receivedByBrowser] = [
        await presenter.statistics('outbound-rtp', 'video'),
        await ofType(source, 'inboundrtp', 'VIDEO'),
        await ofType(sink, 'outboundrtp', 'VIDEO'),
        await viewer.statistics('inbound-rtp', 'video'),
      ];
      const counts = [
        Number(sentByBrowser['packetsSent']),
        Number(received['packetsReceived']),
        Number(receivedByBrowser['packetsReceived']),
      ];
      expect(counts[0]).toBeGreaterThan(20);
      // Some 15 frames a second come between the questions.
      expect(Math.abs(counts[1] - counts[0])).toBeLessThan(60);
      expect(Math.abs(Number(sent['packetsSent']) - counts[2])).toBeLessThan(60);
      expect(received['ssrc']).toBe(String(sentByBrowser['ssrc']));
      expect(sent['ssrc']).toBe(String(receivedByBrowser['ssrc']));
      // The browser counts without headers, and with what it sends to probe the network.
      const perPacket = Number(received['bytesReceived']) / counts[1] - Number(sentByBrowser['bytesSent']) / counts[0];
      expect(Math.abs(perPacket)).toBeLessThan(80);
      expect(Number(received['jitter'])).toBeLessThan(1);
      expect(received).toMatchObject({ packetsLost: 0, fractionLost: 0 });
      expect(Number(received['pliCount'])).toBeGreaterThanOrEqual(Number(sentByBrowser['pliCount']));
      expect(Number(sent['pliCount'])).toBe(Number(receivedByBrowser['pliCount']));
      expect(Number(sent['roundTripTime'])).toBeLessThan(0.5);
      const pair = await ofType(source, 'candidatepair');
      const pairOfBrowser = await presenter.statistics('candidate-pair');
      expect(Number(pair['bytesReceived'])).toBeGreaterThan(Number(pairOfBrowser['bytesSent']) * 0.8);
      const timestamp = Number(received['timestampMillis']);
      expect(Math.abs(timestamp - Date.now())).toBeLessThan(5_000);
      expect((await ofType(source, 'inboundrtp', 'AUDIO'))['ssrc']).not.toBe(received['ssrc']);
    } finally {
      old.close();
    }
  });
});
