import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BrowserPage, eventually, openChromium } from './harness/browser.ts';
import { heard, KurentoScene } from './harness/kurento-scene.ts';
import type { KurentoPeer } from './harness/kurento-page.ts';
import { blue, red } from './harness/known-media.ts';
import { TurnServer } from './harness/turn-server.ts';

let scene: KurentoScene;
let turn: TurnServer;

/** It takes our candidates of the type `relay` alone. */
async function peer(browser: Promise<BrowserPage>, name: string): Promise<KurentoPeer> {
  const made = await scene.peer(browser, name);
  made.takes = (candidate) => candidate.includes(' typ relay');
  return made;
}

/** The type of the candidate at the other end of the pair that the browser uses. */
const remoteType = `(async () => {
  const stats = [...(await peers[0].peerConnection.getStats()).values()];
  const { selectedCandidatePairId: used } = stats.find(({ type }) => type === 'transport') ?? {};
  const pair = stats.find(({ id }) => id === used);
  return stats.find(({ id }) => id === pair?.remoteCandidateId)?.candidateType;
})()`;

beforeEach(async () => {
  [scene, turn] = await Promise.all([KurentoScene.open(), TurnServer.start()]);
});

afterEach(async () => {
  await scene.close();
  await turn.stop();
});

describe('a WebRtcEndpoint with a turnUrl', () => {
  it('sends and receives through the TURN server, and gives its address back', async () => {
    const pipeline = await scene.client.create('MediaPipeline');
    const [ofRed, ofBlue] = await Promise.all([0, 1].map(() => pipeline.create('WebRtcEndpoint')));
    await Promise.all([ofRed.setTurnUrl(turn.url), ofBlue.setTurnUrl(`${turn.url}?transport=tcp`)]);
    await ofRed.connect(ofBlue);
    await ofBlue.connect(ofRed);
    const redPeer = await peer(openChromium({ colour: red, hertz: 440 }), 'Red');
    const bluePeer = await peer(openChromium({ colour: blue, hertz: 660 }), 'Blue');
    await redPeer.call(ofRed, 'Sendrecv');
    await bluePeer.call(ofBlue, 'Sendrecv');
    await Promise.all([redPeer.seesHue(240), bluePeer.seesHue(0)]);
    await Promise.all([redPeer.hearsTone(660), bluePeer.hearsTone(440)]);
    for (const { page } of [redPeer, bluePeer]) expect(await page.evaluate(remoteType)).toBe('relay');
    for (const endpoint of [ofRed, ofBlue]) {
      const [pair] = await endpoint.getICECandidatePairs();
      expect(pair?.localCandidate).toContain(' typ relay raddr ');
    }
    await pipeline.release();
    await expect.poll(() => turn.log.match(/refreshed.*lifetime=0/g)?.length, { timeout: 10_000 }).toBe(2);
    expect(scene.program.log).not.toContain('secret');
  });

  it('says what is wrong with it, and connects without', async () => {
    const pipeline = await scene.client.create('MediaPipeline');
    const endpoint = await pipeline.create('WebRtcEndpoint');
    const errors = heard(endpoint, 'Error');
    await endpoint.setTurnUrl(turn.url.replace('secret', 'forgotten'));
    await endpoint.connect(endpoint);
    const ann = await peer(openChromium({ colour: red }), 'Ann');
    ann.takes = () => true;
    await ann.call(endpoint, 'Sendrecv');
    await ann.seesHue(0);
    expect(errors).toMatchObject([{ errorCode: 40_400, type: 'ICE_GATHER_CANDIDATES_ERROR' }]);
    expect(errors[0]?.['description']).toContain('(turn-unauthorized)');
    expect(JSON.stringify(errors) + scene.program.log).not.toContain('forgotten');
    await eventually(
      ann.page,
      `(async () => (await ${remoteType}) === 'host')()`,
      'a candidate of the machine is used',
    );
  });
});
