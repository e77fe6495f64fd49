import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserPage, openChromiumPages, openFirefox } from './harness/browser.ts';
import { machineName, namingPrefs, namingSwitches } from './harness/named-machine.ts';
import { Program } from './harness/program.ts';
import { RawPeer } from './harness/raw-peer.ts';

const user = { username: 'ann', credential: 'kept-secret' };

/** The second is behind a NAT that leads nothing back in: nobody reaches its address outside. */
let programs: Readonly<Record<'open' | 'behindNat', Program>>;
let browsers: readonly BrowserPage[];
/** Ann and Bob have a Chromium, Fay a Firefox. */
let people: Readonly<Record<'ann' | 'bob' | 'fay', RawPeer>>;

beforeAll(async () => {
  const settings = {
    TURN_PORT: '0',
    TURN_TLS_PORT: '0',
    TURN_USERS: `${user.username}:${user.credential}`,
    LOG: 'info,turn=debug',
  };
  const starting = [settings, { ...settings, EXTERNAL_IPV4: '203.0.113.1' }].map((each) => Program.start(each));
  const [open, behindNat] = await Promise.all(starting);
  if (open === undefined || behindNat === undefined) throw new Error('two programs were asked for');
  programs = { open, behindNat };
  const [chromiums, firefox] = await Promise.all([
    openChromiumPages(2, { switches: namingSwitches }),
    openFirefox(namingPrefs),
  ]);
  browsers = [...chromiums, firefox];
  // Any page with a <video id="remote">.
  const url = `${open.secureUrlOf(machineName)}/examples/p2p/`;
  const [ann, bob, fay] = await Promise.all(
    browsers.map((page, index) => RawPeer.open(page, url, ['Ann', 'Bob', 'Fay'][index] ?? '')),
  );
  if (ann === undefined || bob === undefined || fay === undefined) throw new Error('three pages were asked for');
  people = { ann, bob, fay };
});

afterAll(async () => {
  await Promise.all(browsers.map((page) => page.close().catch(() => {})));
  await Promise.all(Object.values(programs).map((program) => program.stop()));
});

type Transport = 'udp' | 'tcp' | 'tls';

function turnUrl(program: Program, transport: Transport): string {
  const { plain, tls } = program.turnPorts;
  return transport === 'tls'
    ? `turns:${machineName}:${tls}?transport=tcp`
    : `turn:${machineName}:${plain}?transport=${transport}`;
}

/** A call of two in red and blue, by relays only. */
async function isRelayed(
  program: Program,
  transport: Transport,
  [from, to]: readonly [RawPeer, RawPeer],
): Promise<void> {
  const configuration = { iceServers: [{ urls: turnUrl(program, transport), ...user }], iceTransportPolicy: 'relay' };
  await Promise.all([from, to].map((peer) => peer.again(configuration)));
  await Promise.all([from.draws('red'), to.draws('blue')]);
  await from.calls(to);
  await Promise.all([from.seesHue(240), to.seesHue(0), from.seesMovement(), to.seesMovement()]);
  for (const peer of [from, to]) {
    expect(await peer.usedPair()).toMatchObject({
      local: { candidateType: 'relay', relayProtocol: transport },
      remote: { candidateType: 'relay' },
    });
  }
  await program.logs(new RegExp(`"user":"ann","client":"${transport} [^"]+","relayed":.*"allocated"`));
  expect(program.log).not.toContain(user.credential);
}

describe('the TURN server for browsers with relay-only policy', () => {
  it.each([
    ['udp', 'ann', 'bob'],
    ['udp', 'ann', 'fay'],
    ['tcp', 'ann', 'bob'],
    ['tcp', 'fay', 'ann'],
    ['tls', 'ann', 'bob'],
    ['tls', 'ann', 'fay'],
  ] as const)('relays pictures both ways over %s between %s and %s', async (transport, caller, callee) => {
    await isRelayed(programs.open, transport, [people[caller], people[callee]]);
  });

  it('leads two together by their addresses outside of a NAT that leads nothing back in', async () => {
    await isRelayed(programs.behindNat, 'udp', [people.ann, people.fay]);
  });
});
