import { describe, expect, it } from 'vitest';
import { createSSRApp } from 'vue';
import { createI18n } from 'vue-i18n';
import { renderToString } from 'vue/server-renderer';
import { en } from './en/index.ts';
import { zhCN } from './zh-CN/index.ts';
import { readIceUrl, type IceUrl } from '../help/ice-url.ts';
import { textsEn } from '../trickle-ice/texts-en.ts';
import { textsZhCN } from '../trickle-ice/texts-zh-cn.ts';
import { useVerdictWords, type VerdictWords } from '../trickle-ice/use-verdict-words.ts';
import { gradeOf, type Verdict } from '../trickle-ice/verdict.ts';

const messages = { en: { ...en, trickleIce: textsEn }, 'zh-CN': { ...zhCN, trickleIce: textsZhCN } };

function urlOf(text: string): IceUrl {
  const reading = readIceUrl(text);
  if (reading.type === 'wrong') throw new Error(reading.problem);
  return reading.url;
}

const stun = urlOf('stun:stun.example');
const udp = urlOf('turn:turn.example:3479');
const tcp = urlOf('turn:turn.example?transport=tcp');
const tls = urlOf('turns:turn.example');

function failed(code: number, url: IceUrl, text = ''): Extract<Verdict, { type: 'failed' }> {
  const reason = code === 401 ? 'unauthorized' : url.transport === 'tls' ? 'tls-failed' : 'no-answer';
  const error = { atMs: 1, code, text, url: url.text, port: 1 };
  return { type: 'failed', reason, error, endedAtSeconds: undefined };
}

const relays = { type: 'relays', afterMs: 52, address: '10.0.0.4', publicAddress: '203.0.113.9' } as const;

const verdicts: readonly (readonly [verdict: Verdict, url: IceUrl])[] = [
  [{ type: 'waiting', isSlow: true }, udp],
  [{ type: 'stopped' }, udp],
  [{ ...relays, isHiddenRelay: true }, udp],
  [{ ...relays, isHiddenRelay: false }, tls],
  [{ type: 'reflects', afterMs: 12_345, address: '203.0.113.9' }, stun],
  [{ type: 'no-nat' }, stun],
  [{ type: 'not-for-relays' }, stun],
  [failed(401, udp), udp],
  [{ ...failed(401, udp), endedAtSeconds: 1_700_000_000 }, udp],
  [failed(701, udp, 'TURN allocate request timed out.'), udp],
  [failed(701, tls, 'Failed to establish connection'), tls],
  [{ type: 'no-end' }, tcp],
  [{ type: 'no-address' }, stun],
  [{ type: 'no-family', family: 'ipv6' }, udp],
  [{ type: 'name-needed' }, tls],
  [{ type: 'unasked' }, tcp],
  [{ type: 'untold' }, tls],
  [{ type: 'refused-by-browser', message: 'a | b {c} @d' }, udp],
];

async function wordsIn(locale: string, isOwn: boolean): Promise<readonly VerdictWords[]> {
  let words: readonly VerdictWords[] = [];
  const app = createSSRApp({
    setup: () => {
      const wordsOf = useVerdictWords(isOwn);
      words = verdicts.map(([verdict, url]) => wordsOf(verdict, url));
      return () => undefined;
    },
  });
  app.use(createI18n({ legacy: false, locale, messages }));
  await renderToString(app);
  return words;
}

describe.each([
  ['en', true],
  ['en', false],
  ['zh-CN', true],
  ['zh-CN', false],
])('verdicts in %s, of our own server: %s', (locale, isOwn) => {
  it('have words without gaps, and what is bad has steps', async () => {
    const words = await wordsIn(locale, isOwn);
    expect(words).toHaveLength(verdicts.length);
    for (const [index, { title, text, steps }] of words.entries()) {
      const [verdict] = verdicts[index] ?? expect.fail();
      const all = [title, text, ...steps];
      expect(
        all.every((one) => one !== '' && !one.includes('trickleIce.')),
        all.join('\n'),
      ).toBe(true);
      if (verdict.type !== 'refused-by-browser') expect(all.join('\n')).not.toMatch(/[{}]|undefined/);
      else expect(text).toContain(verdict.message);
      if (gradeOf(verdict) === 'bad' && verdict.type !== 'refused-by-browser') expect(steps, title).not.toEqual([]);
    }
  });
});

describe('a verdict', () => {
  it('says the way, the time, both addresses, and that the relay is hidden', async () => {
    const [, , relay] = await wordsIn('en', false);
    expect(relay).toEqual({
      title: 'Relay over UDP works',
      text: 'The server answered after 0.05 s and relays by 10.0.0.4. From outside, this device has the address 203.0.113.9. The relay’s address is of a private network: others do not reach it from outside.',
      steps: [expect.stringContaining('RIVERO_EXTERNAL_IPV4')],
    });
  });

  it('says which port is to be opened, and of our own server no slip is thought of', async () => {
    const steps = (await wordsIn('en', false))[9]?.steps ?? [];
    expect(steps.some((step) => step.includes('port 3479 (UDP)'))).toBe(true);
    expect(steps).toContain(textsEn.stepAddress);
    expect((await wordsIn('en', true))[9]?.steps).not.toContain(textsEn.stepAddress);
  });
});
