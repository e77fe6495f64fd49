import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChromium } from './harness/browser.ts';
import { KurentoScene } from './harness/kurento-scene.ts';

let scene: KurentoScene;

beforeEach(async () => {
  scene = await KurentoScene.open();
});

afterEach(async () => {
  await scene.close();
});

describe('a call over the official Kurento client', () => {
  it('gives a picture that stood still all that it needs as soon as it moves', async () => {
    const pipeline = await scene.client.create('MediaPipeline');
    const [source, sink] = [await pipeline.create('WebRtcEndpoint'), await pipeline.create('WebRtcEndpoint')];
    await source.connect(sink);
    const presenter = await scene.raw(openChromium(), 'Presenter');
    const viewer = await scene.raw(openChromium(), 'Viewer');
    await presenter.drawsFrames();
    await presenter.offersTo(source);
    await viewer.receives('video');
    await viewer.offersTo(sink);
    await viewer.seesMovement();
    const received = async (): Promise<number> =>
      Number((await viewer.statistics('inbound-rtp', 'video'))['bytesReceived']);
    // It says how little it takes for that.
    await scene.until('the viewer said what it takes', async () => {
      const sent = Object.values(await sink.getStats('VIDEO')).find(({ type }) => type === 'outboundrtp');
      return Number(sent?.['remb']) > 0;
    });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await presenter.page.evaluate('isBusy = true');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const before = await received();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect((((await received()) - before) * 8) / 4_000).toBeGreaterThan(300);
  });
});
