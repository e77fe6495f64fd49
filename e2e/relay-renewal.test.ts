import { expect, it } from 'vitest';
import { eventually, openChromium, openFirefox } from './harness/browser.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

/** Run first in a page: the time of hours passes in seconds, so that credentials seem to be about to end. */
const hurryHours = `
  const patient = setTimeout;
  window.setTimeout = (call, ms, ...rest) => patient(call, ms > 3_600_000 ? ms / 3_600 : ms, ...rest);`;

/** In the page: the port of the relayed address in use. */
const relayPort = `window.rivero?.peerConnection.getStats().then((report) => {
  const entries = [...report.values()];
  const transport = entries.find(({ type }) => type === 'transport');
  const pair = report.get(transport?.selectedCandidatePairId) ?? entries.find(({ selected }) => selected === true);
  const local = report.get(pair?.localCandidateId);
  return local?.candidateType === 'relay' ? local.port : undefined;
})`;

it.each([
  ['Chromium', openChromium],
  ['Firefox', openFirefox],
])('a meeting goes on in %s when the credentials of its relay are renewed', async (_browser, open) => {
  const url = await scene.start({ TURN_PORT: '0' });
  const page = await scene.opened(open());
  await page.runFirst(hurryHours);
  const bob = await MeetingPage.join(await scene.opened(openChromium()), url, 'renewal', 'Bob');
  const ann = await MeetingPage.joinByRelay(page, url, 'renewal', 'Ann');
  await ann.isConnectedBy('relay');
  await page.evaluate(`window.rivero.on('mediaStateChanged', (state) => (window.mediaStates ??= []).push(state)), 1`);
  const first = await page.evaluate<number>(relayPort);
  await eventually(
    page,
    `${relayPort}.then((port) => port !== undefined && port !== ${first})`,
    'another relay is used',
  );
  await bob.seesMovingPictureOf('Ann');
  await ann.seesMovingPictureOf('Bob');
  expect(await page.evaluate('window.mediaStates ?? []')).toEqual([]);
});
