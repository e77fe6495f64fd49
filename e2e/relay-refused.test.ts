import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, openChromium, openFirefox } from './harness/browser.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { outwardAddress } from './harness/outward-address.ts';
import { freePort } from './harness/program.ts';
import { useScene } from './harness/scene.ts';
import { TurnServer } from './harness/turn-server.ts';

const scene = useScene();
const closings: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

/** A TURN server that never says anything, by UDP and TCP. */
async function openSilentTurn(ip: string): Promise<readonly string[]> {
  const udp = createSocket('udp4').bind(0, ip);
  const tcp = createServer((connection) => connection.on('error', () => {})).listen(0, ip);
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
  closings.push(
    () => udp.close(),
    () => tcp.close(),
  );
  const address = tcp.address();
  const tcpPort = address !== null && typeof address === 'object' ? address.port : 0;
  return [`turn:${ip}:${udp.address().port}?transport=udp`, `turn:${ip}:${tcpPort}?transport=tcp`];
}

describe('a TURN server that does not answer', () => {
  it.each([
    ['Chromium', openChromium],
    ['Firefox', openFirefox],
  ])('delays nobody in %s', async (_browser, open) => {
    // Firefox uses no TURN server on 127.0.0.1.
    const urls = await openSilentTurn(outwardAddress());
    const url = await scene.start({ TURN_URLS: urls.join(','), TURN_SECRET: 'a-secret-of-nobody' });
    const page = await scene.opened(open());
    const ann = await MeetingPage.join(page, url, 'silent', 'Ann');
    // Browsers wait longer than that for a silent TURN server.
    await eventually(page, "window.rivero?.mediaState === 'connected'", 'media is connected', 9_000);
    await ann.isConnectedBy('direct');
  });
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
