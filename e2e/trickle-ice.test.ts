import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findsNothing } from './harness/axe.ts';
import { type BrowserPage, eventually, openChromium, openFirefox } from './harness/browser.ts';
import { press as pressElement } from './harness/press.ts';
import { freePort, Program } from './harness/program.ts';

let program: Program;
let turnPort: number;
const pages: BrowserPage[] = [];

/** The browser asks nobody for it, as it would on other pages. */
const noDevices = `navigator.mediaDevices.getUserMedia = () => { throw new Error('the camera was asked for'); }`;

beforeAll(async () => {
  turnPort = await freePort();
  const settings = { TURN_PORT: String(turnPort), TURN_TLS_PORT: String(await freePort()), TURN_USERS: 'ann:secret12' };
  program = await Program.start(settings);
});

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close().catch(() => {})));
});

afterAll(async () => {
  await program?.stop();
});

async function open(opened: Promise<BrowserPage>, address: string): Promise<BrowserPage> {
  const page = await opened;
  pages.push(page);
  await page.runFirst(noDevices);
  await page.goto(`${program.url}${address}`);
  return page;
}

function shows(page: BrowserPage, text: string): Promise<void> {
  return eventually(page, `document.body.innerText.includes(${JSON.stringify(text)})`, `the page shows "${text}"`);
}

function press(page: BrowserPage, selector: string, name: string): Promise<void> {
  const found = `[...document.querySelectorAll(${JSON.stringify(selector)})].find((element) => (element.ariaLabel ?? element.innerText).trim() === ${JSON.stringify(name)} && element.checkVisibility())`;
  return pressElement(page, found, `${selector} "${name}" is pressed`);
}

/** Types into the last server's fields. */
async function type(page: BrowserPage, ...texts: readonly string[]): Promise<void> {
  await eventually(page, "document.querySelector('fieldset input')?.checkVisibility()", 'the fields are there');
  await page.evaluate(`(() => {
    const fields = document.querySelectorAll('fieldset:last-of-type input');
    ${JSON.stringify(texts)}.forEach((text, index) => {
      fields[index].value = text;
      fields[index].dispatchEvent(new Event('input'));
    });
  })()`);
}

/** What the page says of the first server with this in its address, once that is so graded. */
async function verdictOf(page: BrowserPage, url: string, grade: string): Promise<string> {
  const selector = JSON.stringify(`[data-url*="${url}"][data-grade="${grade}"]`);
  const found = `[...document.querySelectorAll(${selector})].find((verdict) => verdict.checkVisibility())`;
  await eventually(page, `${found} !== undefined`, `${url} is ${grade}`);
  return await page.evaluate<string>(`(() => {
    const verdict = ${found};
    verdict.querySelectorAll('details').forEach((details) => (details.open = true));
    return verdict.innerText;
  })()`);
}

/** Kinds and servers of the candidates that are listed. */
function candidates(page: BrowserPage, kind: string): Promise<readonly string[]> {
  return page.evaluate(
    `[...document.querySelectorAll('tr[data-type=${kind}]')].map((row) => row.innerText.replaceAll(/\\s+/g, ' '))`,
  );
}

describe('the connection test', () => {
  it('tests our own server by one press: UDP and TCP relay, and TLS wants a certificate that is trusted', async () => {
    const page = await open(openChromium({ hasDevices: false }), '/?lang=en');
    await press(page, 'footer a', 'Connection test');
    await shows(page, 'Test this server');
    expect(await page.evaluate('document.title')).toBe('Connection test · Rivero');
    await findsNothing(page);
    await press(page, 'button', 'Test this server');
    await shows(page, 'The relay works');
    expect(await verdictOf(page, 'stun:', 'good')).toContain('STUN works');
    expect(await verdictOf(page, 'turn:', 'good')).toContain('Relay over UDP works');
    const tls = await verdictOf(page, 'turns:', 'bad');
    expect(tls).toContain('Relay over TLS does not work');
    expect(tls).toContain('does not trust the certificate');
    expect(tls).toContain('RIVERO_TLS_CERT');
    const relays = await candidates(page, 'relay');
    expect(relays.some((row) => row.includes('UDP over UDP') && row.includes(`:${turnPort}?transport=udp`))).toBe(true);
    expect(relays.some((row) => row.includes('UDP over TCP') && row.includes(`:${turnPort}?transport=tcp`))).toBe(true);
    expect((await candidates(page, 'host')).length).toBeGreaterThan(0);
    await findsNothing(page);
  });

  it('explains a wrong password, a closed port and a mistyped address, in both languages', async () => {
    const page = await open(
      openChromium({ hasDevices: false, viewport: { width: 390, height: 844 } }),
      '/trickle-ice?lang=en',
    );
    await press(page, 'button', 'Test this server');
    const [, host = ''] = /turn:([^:]+):/.exec(await verdictOf(page, 'turn:', 'good')) ?? [];
    await press(page, '[role=tab]', 'Other servers');
    await type(page, 'turn.example.org:3478');
    await press(page, 'button', 'Gather candidates');
    await shows(page, 'The address begins with stun:, turn: or turns:.');
    await shows(page, 'A TURN server needs a password.');
    await findsNothing(page);
    await press(page, 'button', 'Use “turn:turn.example.org:3478”');
    expect(await page.evaluate("document.querySelector('fieldset input').value")).toBe('turn:turn.example.org:3478');

    await type(page, `turn:${host}:${turnPort}?transport=udp`, 'ann', 'wrong12');
    await press(page, 'button', 'Add a server');
    await eventually(page, "document.querySelectorAll('fieldset').length === 2", 'there is a second server');
    await type(page, `turn:${host}:${await freePort()}?transport=tcp`, 'ann', 'secret12');
    expect(await page.evaluate("document.querySelectorAll('input[type=password]').length")).toBe(2);
    await press(page, 'button', 'Gather candidates');
    await shows(page, 'Nothing works.');
    const wrong = await verdictOf(page, `turn:${host}:${turnPort}`, 'bad');
    expect(wrong).toContain('Wrong user name or password');
    expect(wrong).toContain('401');
    const closed = await verdictOf(page, '?transport=tcp', 'bad');
    expect(closed).toContain('No connection to the server: nothing listens on that port');
    expect(closed).toContain('701');
    await findsNothing(page);

    await press(page, 'button', '中文');
    await shows(page, 'UDP 中继不可用');
    await shows(page, '用户名或密码错误');
    await shows(page, '全部不可用');
    expect(
      await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href])'),
    ).not.toMatch(/wrong12|secret12|transport/);
  });

  it('says so where WebRTC is turned off, or a policy lets nothing but proxies through', async () => {
    const off = await openChromium({ hasDevices: false });
    await off.runFirst('delete window.RTCPeerConnection');
    await open(Promise.resolve(off), '/trickle-ice?lang=en');
    await shows(off, 'WebRTC is turned off in this browser');
    await findsNothing(off);
    const switches = ['--webrtc-ip-handling-policy=disable_non_proxied_udp'];
    const strict = await open(openChromium({ hasDevices: false, switches }), '/trickle-ice?lang=en');
    await press(strict, 'button', 'Test this server');
    await shows(strict, 'The relay works');
    expect(await verdictOf(strict, 'transport=udp', 'bad')).toContain('WebRTC IP handling');
    expect(await verdictOf(strict, 'transport=tcp', 'good')).toContain('Relay over TCP works');
  });

  it('tells the same in Firefox, which names no server and no relay protocol', async () => {
    const page = await open(openFirefox(), '/trickle-ice?lang=en');
    await press(page, 'button', 'Test this server');
    await shows(page, 'The relay works');
    expect(await verdictOf(page, 'stun:', 'good')).toContain('STUN works');
    expect(await verdictOf(page, 'turn:', 'good')).toContain('Relay over UDP works');
    expect(await verdictOf(page, 'turns:', 'unsure')).toContain('called by its name');
    const relays = await candidates(page, 'relay');
    expect(relays.some((row) => row.includes('UDP over TCP') && row.includes(`:${turnPort}?transport=tcp`))).toBe(true);
  });
});
