import { describe, expect, it } from 'vitest';
import { readCandidate } from './gathered-candidate.ts';
import { readIceUrl, type IceUrl } from '../help/ice-url.ts';
import { afterEvent, eventsMax, groupErrors, listCandidates, openProbe, type Probe, type ProbeEvent } from './probe.ts';
import { gradeOf, judge, type Verdict } from './verdict.ts';

const hostUdp4 = 'candidate:1 1 udp 2122063615 192.0.2.2 54780 typ host generation 0';
const hostUdp6 = 'candidate:2 1 udp 2122134271 2001:db8::2 33026 typ host generation 0';
const hostTcp4 = 'candidate:3 1 tcp 1518083839 192.0.2.2 9 typ host tcptype active generation 0';
const hidden4 = 'candidate:1 1 udp 2122063615 ecdec3ca-d8be-4f27-b8d5-e3c4735d98c0.local 54780 typ host';
const reflexive = 'candidate:4 1 udp 1685987327 203.0.113.9 54780 typ srflx raddr 192.168.1.7 rport 54780';
const relay = 'candidate:5 1 udp 58466303 198.51.100.4 64559 typ relay raddr 203.0.113.9 rport 54780';

const stun = 'stun:198.51.100.4:3478';
const udp = 'turn:198.51.100.4:3478?transport=udp';
const tcp = 'turn:198.51.100.4:3478?transport=tcp';
const tls = 'turns:turn.example:5349?transport=tcp';

function urlOf(text: string): IceUrl {
  const reading = readIceUrl(text);
  if (reading.type === 'wrong') throw new Error(reading.problem);
  return reading.url;
}

/** A candidate's line, or an error as browsers tell it: [code, text, local port, url]. */
type Told = string | readonly [code: number, text?: string, port?: number, url?: string];

function eventOf(told: Told, atMs: number, url: string): ProbeEvent {
  if (typeof told !== 'string') {
    const [code, text = '', port, errorUrl = url] = told;
    return { type: 'error', seen: { atMs, code, text, url: errorUrl, port } };
  }
  const candidate = readCandidate({ candidate: told });
  if (candidate === undefined) throw new Error(told);
  return { type: 'candidate', seen: { atMs, candidate } };
}

interface Circumstances {
  readonly end?: 'complete' | 'expired' | 'stopped' | 'none';
  readonly isRelayOnly?: boolean;
  readonly isTellingErrors?: boolean;
  readonly nowMs?: number;
  readonly username?: string;
}

function probeOf(url: string, told: readonly Told[], { end = 'complete', ...rest }: Circumstances = {}): Probe {
  const { username = 'ann', isRelayOnly = false } = rest;
  const events = told.map((one, index) => eventOf(one, 10 * (index + 1), url));
  const opened = openProbe({ url: urlOf(url), username, credential: 'secret' }, isRelayOnly);
  const gathered = events.reduce(afterEvent, opened);
  return end === 'none' ? gathered : afterEvent(gathered, { type: 'end', end: { type: end, atMs: 1_000 } });
}

function verdictOf(url: string, told: readonly Told[], circumstances: Circumstances = {}): Verdict {
  const { isTellingErrors = true, nowMs = 1_000 } = circumstances;
  return judge(probeOf(url, told, circumstances), { nowMs, nowSeconds: 1_800_000_000, isTellingErrors });
}

describe('a TURN server', () => {
  it('works as soon as there is a relay, also while the browser goes on, and tells the public address', () => {
    expect(verdictOf(udp, [hostUdp4, reflexive, relay], { end: 'none' })).toEqual({
      type: 'relays',
      afterMs: 30,
      address: '198.51.100.4',
      publicAddress: '203.0.113.9',
      isHiddenRelay: false,
    });
    expect(verdictOf(tcp, [hostUdp4, relay])).toMatchObject({ type: 'relays', publicAddress: undefined });
  });

  it.each([
    ['turn:198.51.100.4', '192.168.1.4', true],
    ['turn:turn.example', '10.0.0.4', true],
    ['turn:192.168.1.4', '192.168.1.4', false],
    ['turn:[fd00::4]', 'fd00::4', false],
    ['turn:turn.example', '198.51.100.4', false],
  ])('%s that relays by %s is hidden from others: %s', (url, address, isHiddenRelay) => {
    expect(verdictOf(url, [relay.replace('198.51.100.4', address)])).toMatchObject({ type: 'relays', isHiddenRelay });
  });

  it('works although another interface of the device does not reach it', () => {
    const other: Told = [701, 'Address not associated with the desired network interface.', 37_528];
    expect(verdictOf(tcp, [hostUdp4, other, relay])).toMatchObject({ type: 'relays' });
  });

  it('is waited for, and called slow after three seconds', () => {
    expect(verdictOf(udp, [hostUdp4], { end: 'none', nowMs: 3_000 })).toEqual({ type: 'waiting', isSlow: false });
    expect(verdictOf(udp, [hostUdp4], { end: 'none', nowMs: 3_001 })).toEqual({ type: 'waiting', isSlow: true });
    expect(verdictOf(udp, [hostUdp4, [701]], { end: 'none' })).toMatchObject({ type: 'waiting' });
  });

  it('is not called wrong when it was not waited for', () => {
    expect(verdictOf(udp, [hostUdp4], { end: 'stopped' })).toEqual({ type: 'stopped' });
    expect(verdictOf(udp, [hostUdp4, [701, 'TURN host lookup received error.']], { end: 'stopped' })).toEqual({
      type: 'stopped',
    });
    expect(verdictOf(udp, [hostUdp4, [401]], { end: 'stopped' })).toMatchObject({ reason: 'unauthorized' });
  });

  it.each([
    ['udp', udp, [401, 'Unauthorized.', 33_025], 'unauthorized'],
    ['udp', udp, [486, 'Allocation Quota Reached', 33_025], 'quota-reached'],
    ['udp', udp, [701, 'TURN allocate request timed out.', 54_780], 'no-answer'],
    ['udp', 'turn:nothing.invalid', [701, 'TURN host lookup received error.', 54_780], 'name-unknown'],
    ['udp, Firefox', udp, [701, '', 54_780], 'not-reached'],
    ['tcp', tcp, [701, 'Failed to establish connection'], 'connection-failed'],
    ['tls', tls, [701, 'Failed to establish connection'], 'tls-failed'],
  ] as const)('over %s (%s) that answers %j has failed: %s', (_how, url, error, reason) => {
    expect(verdictOf(url, [hostUdp4, hostTcp4, error, error])).toMatchObject({ type: 'failed', reason });
  });

  it('is judged by what it answered, rather than by what did not reach it', () => {
    const told: readonly Told[] = [
      [701, 'Address not associated with the desired network interface.'],
      [701, 'STUN host lookup received error.'],
      [701, 'TURN allocate request timed out.'],
      [401, 'Unauthorized.'],
    ];
    expect(verdictOf(udp, told)).toMatchObject({ reason: 'unauthorized' });
    expect(verdictOf(udp, told.slice(0, 3))).toMatchObject({ reason: 'no-answer' });
    expect(verdictOf(udp, told.slice(0, 2))).toMatchObject({ reason: 'name-unknown' });
    expect(verdictOf(udp, told.slice(0, 1))).toMatchObject({ reason: 'other-interface' });
  });

  it.each([
    ['1799999999:ann', 1_799_999_999],
    ['1799999999', 1_799_999_999],
    ['1800000001:ann', undefined],
    ['ann', undefined],
    ['17:ann', undefined],
  ])('refuses the name %s, which ended at %s', (username, endedAtSeconds) => {
    expect(verdictOf(udp, [hostUdp4, [401]], { username })).toMatchObject({ reason: 'unauthorized', endedAtSeconds });
    expect(verdictOf(udp, [hostUdp4, [486]], { username })).toMatchObject({ endedAtSeconds: undefined });
  });

  it('that the browser never finishes with is not waited for without end', () => {
    expect(verdictOf(tcp, [hostUdp4, hostTcp4], { end: 'expired' })).toEqual({ type: 'no-end' });
  });

  it('over TLS by an IP address needs a name in Firefox, which says nothing', () => {
    expect(verdictOf('turns:198.51.100.4', [hostUdp4, hostTcp4])).toEqual({ type: 'name-needed' });
  });

  it('cannot be asked from no address at all, but for relays alone addresses are not told', () => {
    expect(verdictOf(udp, [])).toEqual({ type: 'no-address' });
    expect(verdictOf(udp, [], { end: 'expired' })).toEqual({ type: 'no-address' });
    expect(verdictOf(udp, [], { end: 'expired', isRelayOnly: true })).toEqual({ type: 'no-end' });
    expect(verdictOf(udp, [hostTcp4])).toEqual({ type: 'no-address' });
    expect(verdictOf(tcp, [hostTcp4])).toEqual({ type: 'unasked' });
    expect(verdictOf(udp, [], { isRelayOnly: true })).toEqual({ type: 'unasked' });
  });

  it('cannot be asked by IPv6 from a device that has none', () => {
    const six = 'turn:[2001:db8::4]';
    expect(verdictOf(six, [hostUdp4, hostTcp4])).toEqual({ type: 'no-family', family: 'ipv6' });
    expect(verdictOf(six, [hidden4])).toEqual({ type: 'unasked' });
    expect(verdictOf(six, [hostUdp4, hostUdp6])).toEqual({ type: 'unasked' });
    expect(verdictOf(udp, [hostUdp6])).toEqual({ type: 'no-family', family: 'ipv4' });
  });

  it('that gives nothing stays open in browsers that never say why', () => {
    expect(verdictOf(udp, [hostUdp4], { isTellingErrors: false })).toEqual({ type: 'untold' });
  });

  it('that the browser does not take has its words', () => {
    const probe = openProbe({ url: urlOf(udp), username: '', credential: '' }, false);
    const end = { type: 'refused', atMs: 1, message: 'Both username and credential are required' } as const;
    expect(judge(afterEvent(probe, { type: 'end', end }), { nowMs: 1, nowSeconds: 1, isTellingErrors: true })).toEqual({
      type: 'refused-by-browser',
      message: end.message,
    });
  });
});

describe('a STUN server', () => {
  it('works when it tells the public address', () => {
    expect(verdictOf(stun, [hostUdp4, reflexive], { end: 'none' })).toEqual({
      type: 'reflects',
      afterMs: 20,
      address: '203.0.113.9',
    });
  });

  it('works when it tells the own address, which browsers then keep to themselves', () => {
    expect(verdictOf(stun, [hostUdp4, hostUdp6, hostTcp4])).toEqual({ type: 'no-nat' });
    // By name, of which IPv6 has none.
    const lookup: Told = [701, 'STUN host lookup received error.', 33_026];
    expect(verdictOf('stun:stun.example', [hostUdp4, hostUdp6, lookup])).toEqual({ type: 'no-nat' });
    // Not by another interface of the same device.
    const bridge = hostUdp4.replace('192.0.2.2 54780', '172.17.0.1 40000');
    expect(verdictOf(stun, [hostUdp4, bridge, [701, 'STUN binding request timed out.', 40_000]])).toEqual({
      type: 'no-nat',
    });
  });

  it('is not said to work where it was not asked', () => {
    const timeout: Told = [701, 'STUN binding request timed out.', 54_780];
    expect(verdictOf(stun, [hostUdp4, hostUdp6, timeout])).toMatchObject({ reason: 'no-answer' });
    expect(verdictOf(stun, [hostUdp4, [701, '', 54_780]])).toMatchObject({ reason: 'not-reached' });
    expect(verdictOf('stun:[2001:db8::4]', [hostUdp4])).toEqual({ type: 'no-family', family: 'ipv6' });
    // Browsers that hide addresses tell the one from outside in any case.
    expect(verdictOf(stun, [hidden4])).toEqual({ type: 'unasked' });
    expect(verdictOf(stun, [hidden4, timeout])).toMatchObject({ reason: 'no-answer' });
    expect(verdictOf(stun, [hostTcp4])).toEqual({ type: 'no-address' });
    expect(verdictOf(stun, [hostUdp4], { end: 'expired' })).toEqual({ type: 'no-end' });
    expect(verdictOf(stun, [hostUdp4], { isTellingErrors: false })).toEqual({ type: 'untold' });
  });

  it('is asked for no relay', () => {
    expect(verdictOf(stun, [], { isRelayOnly: true })).toEqual({ type: 'not-for-relays' });
  });
});

describe('the grade', () => {
  it.each([
    [udp, [relay], {}, 'good'],
    [stun, [reflexive], {}, 'good'],
    [stun, [hostUdp4], {}, 'good'],
    [udp, [hostUdp4], { end: 'none' }, 'waiting'],
    [udp, [hostUdp4], { end: 'stopped' }, 'unsure'],
    [udp, [hostUdp4], { isTellingErrors: false }, 'unsure'],
    [udp, [hostUdp4, [401]], {}, 'bad'],
    [udp, [], {}, 'bad'],
  ] as const)('of %s with %j (%j) is %s', (url, told, circumstances, grade) => {
    expect(gradeOf(verdictOf(url, told, circumstances))).toBe(grade);
  });
});

describe('a probe', () => {
  it('takes nothing in after its end', () => {
    const probe = probeOf(udp, [hostUdp4]);
    expect(afterEvent(probe, eventOf(relay, 2_000, udp))).toBe(probe);
    expect(afterEvent(probe, { type: 'end', end: { type: 'stopped', atMs: 2_000 } })).toBe(probe);
  });

  it(`keeps ${eventsMax} candidates and as many errors`, () => {
    const many = Array.from({ length: eventsMax + 1 }, () => hostUdp4);
    expect(probeOf(udp, many).candidates).toHaveLength(eventsMax);
    expect(probeOf(udp, many.slice(1)).candidates).toHaveLength(eventsMax);
    const errors = Array.from({ length: eventsMax + 1 }, () => [701] as const);
    expect(probeOf(udp, errors).errors).toHaveLength(eventsMax);
  });

  it('tells the same error of several interfaces once', () => {
    const { errors } = probeOf(udp, [
      [701, 'a', 1],
      [701, 'a', 2],
      [401, 'b', 1],
      [701, 'a', 3, stun],
    ]);
    expect(groupErrors(errors)).toEqual([
      { atMs: 10, code: 701, text: 'a', url: udp, count: 2 },
      { atMs: 30, code: 401, text: 'b', url: udp, count: 1 },
      { atMs: 40, code: 701, text: 'a', url: stun, count: 1 },
    ]);
  });

  it('shares the addresses of this device with all others', () => {
    const listed = listCandidates([
      probeOf(tls, [[701]]),
      probeOf(udp, [hostUdp4, hostTcp4, relay]),
      probeOf(tcp, [hostUdp4, relay]),
    ]);
    expect(listed.map(({ atMs, candidate, url }) => [atMs, candidate.type, url.transport])).toEqual([
      [10, 'host', 'udp'],
      [20, 'host', 'udp'],
      [20, 'relay', 'tcp'],
      [30, 'relay', 'udp'],
    ]);
  });
});
