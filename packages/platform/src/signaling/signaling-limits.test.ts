import { setTimeout as sleep } from 'node:timers/promises';
import { messageBytesMax, offerLengthMax } from '@rivero/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeOffer, settle } from '../../test/fake-engine.ts';
import { type Client, Served } from '../../test/served.ts';
import { offerTimeout } from '../rooms/participant.ts';
import { ownNegotiationsMax } from '../rooms/negotiation-queue.ts';
import { joinTimeout } from './client.ts';
import { outgoingBytesMax } from './outgoing-bytes.ts';
import { negotiateRate, refusalRate, requestRate } from './request-limits.ts';

let served: Served;

/** Its requests still go out. */
function stopReading({ socket }: Client): void {
  const { transport } = socket.io.engine;
  Object.assign(transport, { doPoll: () => {} });
  (transport as { readonly ws?: { pause(): void } }).ws?.pause();
}

beforeEach(async () => {
  served = await Served.start(3);
});

afterEach(async () => {
  await served.stop();
});

describe('limits', () => {
  it('refuse a burst with rate-limited, and let other connections be', async () => {
    const [flooder, bob] = await Promise.all([served.connect(), served.connect()]);
    const begin = performance.now();
    const codes = await Promise.all(
      Array.from({ length: requestRate.burstMax + refusalRate.burstMax }, () =>
        flooder.codeOf('set-muted', { trackId: 'a', muted: true }),
      ),
    );
    const seconds = (performance.now() - begin) / 1_000;
    const taken = codes.filter((code) => code === 'not-in-room').length;
    expect(codes.filter((code) => code === 'rate-limited')).toHaveLength(codes.length - taken);
    expect(taken).toBeGreaterThanOrEqual(requestRate.burstMax);
    expect(taken).toBeLessThanOrEqual(requestRate.burstMax + seconds * requestRate.perSecond + 1);
    await bob.join('Bob');
  });

  it.each([true, false])(
    'close a socket that goes on when it was refused, with a callback: %s',
    async (hasCallback) => {
      const [flooder, bob] = await Promise.all([served.connect(), served.connect()]);
      await bob.join('Bob');
      const { participantId } = await flooder.join('Ann');
      const closed = flooder.isDisconnected();
      for (let i = 0; i < 2 * (requestRate.burstMax + refusalRate.burstMax); i++) {
        flooder.socket.emit('set-muted', { trackId: 'a', muted: true }, ...(hasCallback ? [() => {}] : []));
      }
      await closed;
      expect(await bob.hears('participant-away')).toEqual({ participantId, away: true });
    },
  );

  it('keep a flood of offers from the engine, however slow it is', async () => {
    const client = await served.connect();
    await client.join('Ann');
    await settle();
    const release = served.engine.hold('negotiate');
    const request = { offer: fakeOffer(), tracks: [], fresh: false };
    const asked = Array.from({ length: negotiateRate.burstMax + 10 }, () => client.codeOf('negotiate', request));
    const refused = await Promise.all(asked.slice(ownNegotiationsMax));
    expect(refused.slice(0, -10)).toEqual(Array(negotiateRate.burstMax - ownNegotiationsMax).fill('room-busy'));
    expect(refused.slice(-10).filter((code) => code === 'rate-limited').length).toBeGreaterThan(5);
    expect(served.engine.calls.filter((call) => call.startsWith('negotiate'))).toHaveLength(1);
    expect(await client.codeOf('set-muted', { trackId: 'a', muted: true })).toBe('track-unknown');
    release();
    expect(await Promise.all(asked.slice(0, ownNegotiationsMax))).toEqual(['ok', 'ok']);
  });

  it.each(['websocket', 'polling'])(
    `close a client by %s that lets more than ${outgoingBytesMax} bytes wait, and keep its place`,
    async (transport) => {
      const [ann, bob] = await Promise.all([served.connect(), served.connect({ transports: [transport] })]);
      await ann.join('Ann');
      const { participantId, resumeToken } = await bob.join('Bob');
      stopReading(bob);
      served.engine.answerSuffix = 'x'.repeat(500_000);
      const request = { offer: fakeOffer(), tracks: [], fresh: false };
      for (let i = 0; i < negotiateRate.burstMax && !ann.log.includes('participant-away'); i++) {
        bob.socket.emit('negotiate', request, () => {});
        await sleep(20);
      }
      // Long before it would be lost for its silence.
      await expect.poll(() => ann.events).toContainEqual(['participant-away', { participantId, away: true }]);
      const again = await served.connect();
      expect(await again.enter('resume', { resumeToken })).toMatchObject({ participantId });
    },
  );

  it('take the longest offer', async () => {
    const client = await served.connect();
    await client.join('Ann');
    const offer = 'v=0\r\n'.padEnd(offerLengthMax, 'a=x\r\n');
    expect(await client.codeOf('negotiate', { offer, tracks: [], fresh: true })).toBe('sdp-malformed');
    const longer = await client.codeOf('negotiate', { offer: `${offer}a`, tracks: [], fresh: true });
    expect(longer).toBe('request-malformed');
  });

  it(`close a connection that sends a message of more than ${messageBytesMax} bytes; its place is kept`, async () => {
    const [ann, bob] = await Promise.all([served.connect(), served.connect()]);
    await ann.join('Ann');
    const { participantId, resumeToken } = await bob.join('Bob');
    const closed = bob.isDisconnected();
    bob.socket.emit('leave', { padding: 'x'.repeat(messageBytesMax) }, () => {});
    await closed;
    expect(await ann.hears('participant-away')).toEqual({ participantId, away: true });
    const again = await served.connect();
    expect(await again.enter('resume', { resumeToken })).toMatchObject({ participantId });
  });

  it.each([
    ['no packet', 'xyz'],
    ['half a packet', '42["join",{"room":'],
    ['no event', '42[]'],
    ['a number for an event', '42[7]'],
    ['a reserved event', '42["disconnect"]'],
    ['bytes that do not come', '451-["join",{"_placeholder":true,"num":0}]'],
    ['an answer to nothing', '4399[1]'],
    ['a room of its own', '40/admin,{}'],
  ])('%s on the wire harms nobody', async (_what, text) => {
    const ann = await served.connect();
    await ann.join('Ann');
    const raw = new WebSocket(`ws://127.0.0.1:${served.port}/socket.io/?EIO=4&transport=websocket`);
    await new Promise((resolve) => raw.addEventListener('open', resolve));
    raw.send('40');
    raw.send(text);
    raw.send('42["join",{"room":"room","name":"Raw"},1]');
    await new Promise((resolve) => raw.addEventListener('message', resolve));
    raw.close();
    expect(await ann.codeOf('set-muted', { trackId: 'a', muted: true })).toBe('track-unknown');
    expect(served.signaling.statistics()).toMatchObject({ rooms: 1, participants: 1, away: 0 });
    expect(served.logged).toEqual([]);
  });
});

describe('one address', () => {
  const from = (address: string, transport = 'websocket'): Promise<Client> =>
    served.connect({ extraHeaders: { 'x-forwarded-for': address }, transports: [transport] });

  beforeEach(async () => {
    await served.stop();
    served = await Served.start(3, { trustProxy: true, socketsPerAddress: 3 });
  });

  it.each(['websocket', 'polling'])(
    'has 3 sockets and not one more by %s; a closed one is free again',
    async (transport) => {
      const [ann] = await Promise.all(Array.from({ length: 3 }, () => from('203.0.113.7', transport)));
      await expect(from('203.0.113.7', transport)).rejects.toThrow();
      await from('203.0.113.8', transport);
      ann.socket.disconnect();
      await expect
        .poll(() =>
          from('203.0.113.7', transport).then(
            () => 'taken',
            () => 'refused',
          ),
        )
        .toBe('taken');
      await expect(from('203.0.113.7', transport)).rejects.toThrow();
    },
  );

  it('has no more of them however many it asks for at once', async () => {
    const asked = Array.from({ length: 20 }, () =>
      from('2001:db8::1').then(
        () => 1,
        () => 0,
      ),
    );
    expect((await Promise.all(asked)).reduce<number>((sum, taken) => sum + taken, 0)).toBe(3);
    await expect(from('2001:db8::2')).rejects.toThrow();
    await from('2001:db8:0:1::1');
  });

  it('of a private network has as many as it likes, and so has everybody where no proxy is trusted', async () => {
    await Promise.all(Array.from({ length: 10 }, () => from('192.168.1.2')));
    await served.stop();
    served = await Served.start(3, { socketsPerAddress: 3 });
    await Promise.all(Array.from({ length: 10 }, () => from('203.0.113.7')));
  });
});

describe('a socket without a room', () => {
  const pass = (ms: number): void => void (served.skippedMs += ms);

  it('is closed after 30 s, and one in a room is not', async () => {
    const [idle, ann, gone] = await Promise.all([served.connect(), served.connect(), served.connect()]);
    await ann.join('Ann');
    await ann.request('negotiate', { offer: fakeOffer(), tracks: [], fresh: true });
    await gone.join('Gone');
    pass(joinTimeout - 2_000);
    await sleep(600);
    expect([idle, ann, gone].map(({ socket }) => socket.connected)).toEqual([true, true, true]);
    await gone.request('leave', {});
    const [idleClosed, goneClosed] = [idle.isDisconnected(), gone.isDisconnected()];
    pass(2_000);
    expect(await idleClosed).toBe('transport close');
    expect(gone.socket.connected).toBe(true);
    pass(joinTimeout);
    expect(await goneClosed).toBe('transport close');
    expect(ann.socket.connected).toBe(true);
  });

  it('is closed 30 s after its stay was ended for want of an offer', async () => {
    const ann = await served.connect();
    await ann.join('Ann');
    const closed = ann.isDisconnected();
    pass(offerTimeout);
    expect(await ann.hears('room-closed')).toMatchObject({ code: 'offer-missing' });
    pass(joinTimeout);
    await closed;
  });

  it('that says good-bye keeps no connection', async () => {
    const raw = new WebSocket(`ws://127.0.0.1:${served.port}/socket.io/?EIO=4&transport=websocket`);
    await new Promise((resolve) => raw.addEventListener('open', resolve));
    const closed = new Promise((resolve) => raw.addEventListener('close', resolve));
    raw.send('40');
    raw.send('41');
    await closed;
  });
});
