import { afterEach, describe, expect, it } from 'vitest';
import { eventually, openChromium } from './harness/browser.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { freePort } from './harness/program.ts';
import { useScene } from './harness/scene.ts';
import { TurnServer } from './harness/turn-server.ts';

const scene = useScene();
const closings: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

async function coturn(secret: string): Promise<TurnServer> {
  const server = await TurnServer.start(secret);
  closings.push(() => server.stop());
  return server;
}

describe('a meeting through a relay only', () => {
  it('says why no relay is reached, in words, and where it can be tested', async () => {
    const { ip, port } = await coturn('the-secret-of-coturn');
    const tlsPort = await freePort();
    const urls = [`turn:${ip}:${port}?transport=udp`, `turns:${ip}:${tlsPort}?transport=tcp`];
    const url = await scene.start({ TURN_URLS: urls.join(','), TURN_SECRET: 'another-secret-than-that' });
    const page = await scene.opened(openChromium());
    const ann = await MeetingPage.join(page, url, 'wrong', 'Ann');
    await ann.isConnectedBy('direct');
    await page.evaluate('window.rivero.moderation.setRelayOnly(true)');
    await ann.shows('it cannot be reached', 25_000);
    await ann.shows(`UDP ${port} Wrong user name or password`);
    await ann.shows(`TLS ${tlsPort} No TLS connection`);
    await ann.shows('RIVERO_TURN_SECRET must be the secret');
    expect(await page.evaluate(`document.querySelector('.help-note a')?.getAttribute('href')`)).toBe('/trickle-ice');
    await page.evaluate('window.rivero.moderation.setRelayOnly(false)');
    await ann.isConnectedBy('direct');
    await eventually(page, `document.querySelector('.help-note') === null`, 'the note is gone');
  });

  it('says at once that a server has none', async () => {
    const url = await scene.start();
    const page = await scene.opened(openChromium());
    await page.goto(`${url}/meet/none?name=Ann&lang=en&join&relay`);
    await eventually(
      page,
      `document.body.innerText.includes('this server has none')`,
      'the page says that there is no relay',
      8_000,
    );
    expect(await page.evaluate(`document.body.innerText.includes('Send everything through the relay')`)).toBe(false);
  });
});
