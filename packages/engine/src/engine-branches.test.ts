import { CodedError } from '@rivero/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeEngine, startFakeEngine } from './test/fake-engine.ts';
import { FakeWorker } from './test/fake-worker.ts';

vi.mock('./media-worker.ts', async () => {
  const fake = await import('./test/fake-worker.ts');
  return { MediaWorker: fake.FakeWorker };
});

let engine: FakeEngine['engine'];
/** Of each worker, as it is measured. */
let loads: readonly number[];
let events: FakeEngine['events'];

beforeEach(async () => {
  vi.useFakeTimers();
  loads = [0, 0, 0];
  const placement = { roomSessionsMax: 2, loadOf: (index: number) => loads[index] };
  ({ engine, events } = await startFakeEngine({ workers: 3, placement }));
});

afterEach(async () => {
  await engine.stop();
  vi.useRealTimers();
});

/** What each worker was asked for since the last time. */
function asked(): readonly (readonly string[])[] {
  return FakeWorker.all.map(({ calls }) => calls.splice(0));
}

async function openPeers(...peerIds: readonly string[]): Promise<void> {
  for (const peerId of peerIds) await engine.openPeer('a', peerId);
}

describe('a room that grows', () => {
  it('opens a branch, which knows of the others before they know of it, and enters it then', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2');
    expect(asked()).toEqual([['openRoom', 'openPeer', 'openPeer'], [], []]);
    await openPeers('3', '4');
    expect(asked()).toEqual([
      ['openLink', 'addBranch'],
      ['openLink', 'openRoom', 'addBranch', 'openPeer', 'openPeer'],
      [],
    ]);
    await openPeers('5');
    expect(asked()).toEqual([
      ['openLink', 'addBranch'],
      ['openLink', 'addBranch'],
      ['openLink', 'openLink', 'openRoom', 'addBranch', 'addBranch', 'openPeer'],
    ]);
  });

  it('links two workers once, for all rooms', async () => {
    for (const room of ['a', 'b']) {
      await engine.openRoom(room);
      for (const peer of ['1', '2', '3', '4', '5', '6']) await engine.openPeer(room, peer);
    }
    expect(asked().map((calls) => calls.filter((call) => call === 'openLink').length)).toEqual([2, 2, 2]);
  });

  it('asks each peer’s worker, and all of them for statistics', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2', '3');
    asked();
    await engine.subscribe('a', '1', []);
    await engine.subscribe('a', '3', []);
    await engine.closePeer('a', '3');
    expect(asked()).toEqual([['subscribe'], ['subscribe', 'closePeer'], []]);
    FakeWorker.all[0].answer = () =>
      Promise.resolve({ peers: [1], producers: [], consumers: [], senders: [], drops: { x: 1 } });
    FakeWorker.all[1].answer = () =>
      Promise.resolve({ peers: [3], producers: [], consumers: [], senders: [], drops: { x: 2 } });
    expect(await engine.statistics('a')).toMatchObject({ peers: [1, 3], drops: { x: 3 } });
  });

  it('holds back what is asked of a branch that is only opening, in its order', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2');
    asked();
    const opened = Promise.withResolvers<null>();
    FakeWorker.all[0].answer = (method) => (method === 'addBranch' ? opened.promise : Promise.resolve(null));
    const all = Promise.all([engine.openPeer('a', '3'), engine.subscribe('a', '3', []), engine.closePeer('a', '3')]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked()[1]).toEqual(['openLink', 'openRoom', 'addBranch']);
    opened.resolve(null);
    await all;
    expect(asked()[1]).toEqual(['openPeer', 'subscribe', 'closePeer']);
  });

  it('tells who speaks by its home alone, and of endpoints by any branch', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2', '3');
    for (const { handlers } of FakeWorker.all) {
      handlers.onSpeakers('a', ['x']);
      handlers.onEndpoint({ type: 'track-changed', roomId: 'a', trackId: 'y' });
    }
    expect(events.map(({ type }) => type)).toEqual(['speakers', 'track-changed', 'track-changed']);
  });

  it('tells a peer’s state by the worker that it is in alone', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2', '3');
    FakeWorker.all[1].handlers.onPeerState('a', '3', 'connected');
    FakeWorker.all[0].handlers.onPeerState('a', '3', 'disconnected');
    FakeWorker.all[1].handlers.onPeerState('a', '4', 'disconnected');
    expect(events).toEqual([{ type: 'peer-state', roomId: 'a', peerId: '3', state: 'connected' }]);
  });

  it('tells statistics of what is there while it grows', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2');
    FakeWorker.all[0].answer = () =>
      Promise.resolve({ peers: [1], producers: [], consumers: [], senders: [], drops: {} });
    const opened = Promise.withResolvers<null>();
    FakeWorker.all[1].answer = () => opened.promise;
    const opening = engine.openPeer('a', '3');
    expect(await engine.statistics('a')).toMatchObject({ peers: [1] });
    opened.reject(new CodedError('worker-full', 'Full.'));
    await expect(opening).rejects.toMatchObject({ code: 'worker-full' });
  });

  it('gives a name to one of two that publish under it at once in two workers', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2', '3');
    const answered = Promise.withResolvers<null>();
    FakeWorker.all[0].answer = () => answered.promise;
    const publish = (peerId: string, ...trackIds: readonly string[]) =>
      engine.negotiate('a', peerId, {
        offer: '',
        tracks: trackIds.map((trackId, i) => ({ trackId, mid: String(i) })),
      });
    const first = publish('1', 'x', 'y');
    const again = publish('1', 'x');
    await expect(publish('3', 'z', 'x')).rejects.toMatchObject({ code: 'track-exists', context: { trackId: 'x' } });
    await publish('3', 'z');
    answered.resolve(null);
    await Promise.all([first, again]);
    await publish('3', 'x', 'y');
  });
});

describe('endpoints that publish under one name in two workers at once', () => {
  const options = {
    type: 'webrtc',
    trackIds: { audio: 'sound', video: 'camera' },
    direction: 'sendrecv',
    certificate: 'ecdsa',
  } as const;

  /** The first two are in worker 0, the third is in worker 1. */
  async function openEndpoints(): Promise<void> {
    await engine.openRoom('a');
    for (const id of ['1', '2', '3']) await engine.openEndpoint('a', id, options);
  }

  it('get it one after the other, by an offer as by an answer', async () => {
    await openEndpoints();
    const answered = Promise.withResolvers<string>();
    FakeWorker.all[0].answer = () => answered.promise;
    const refusal = { code: 'track-exists', context: { trackId: 'sound' } };
    const first = engine.answerOffer('a', '1', '');
    const beside = engine.applyAnswer('a', '2', '');
    await expect(engine.answerOffer('a', '3', '')).rejects.toMatchObject(refusal);
    await expect(engine.applyAnswer('a', '3', '')).rejects.toMatchObject(refusal);
    await engine.createOffer('a', '3', { audio: 'sendrecv', video: undefined });
    answered.resolve('');
    await Promise.all([first, beside]);
    await engine.answerOffer('a', '3', '');
  });

  it('are refused one that a peer in another worker is about to have', async () => {
    await openEndpoints();
    for (const peer of ['ann', 'bob']) await engine.openPeer('a', peer);
    const peers = FakeWorker.all.findIndex(({ calls }) => calls.includes('openPeer'));
    expect(peers).toBe(1);
    const answered = Promise.withResolvers<null>();
    const request = { offer: '', tracks: [{ trackId: 'camera', mid: '0' }] };
    FakeWorker.all[1].answer = () => answered.promise;
    const first = engine.negotiate('a', 'ann', request);
    await expect(engine.answerOffer('a', '1', '')).rejects.toMatchObject({ code: 'track-exists' });
    answered.resolve(null);
    await first;
    await engine.answerOffer('a', '1', '');
  });

  it('that are not there claim nothing', async () => {
    await openEndpoints();
    FakeWorker.all[0].answer = () => Promise.reject(new CodedError('endpoint-unknown', 'None.'));
    await expect(engine.answerOffer('a', 'nobody', '')).rejects.toMatchObject({ code: 'endpoint-unknown' });
    await engine.answerOffer('a', '3', '');
  });
});

describe('a busy worker', () => {
  it('takes no more of its rooms, and no new ones, while another one has time', async () => {
    await engine.openRoom('a');
    await openPeers('1');
    loads = [0.7, 0.4, 0.1];
    await vi.advanceTimersByTimeAsync(2_000);
    await openPeers('2');
    await engine.openRoom('b');
    const opened = asked().map((calls) => calls.filter((call) => /open(Room|Peer)/.test(call)));
    expect(opened).toEqual([['openRoom', 'openPeer'], [], ['openRoom', 'openPeer', 'openRoom']]);
    loads = [0.1, 0.9, 0.9];
    await vi.advanceTimersByTimeAsync(2_000);
    await openPeers('3');
    expect(asked()[0].at(-1)).toBe('openPeer');
  });
});

describe('a branch that cannot be opened', () => {
  it('refuses who was to enter it; the room goes on, and tries again', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2');
    FakeWorker.all[1].answer = (method) =>
      method === 'openRoom' ? Promise.reject(new CodedError('worker-full', 'Full.')) : Promise.resolve(null);
    await expect(engine.openPeer('a', '3')).rejects.toMatchObject({ code: 'worker-full' });
    expect(FakeWorker.all[1].calls.slice(-2)).toEqual(['closeRoom', 'closeLink']);
    FakeWorker.all[1].answer = () => Promise.resolve(null);
    await openPeers('3');
    expect(FakeWorker.all[1].calls.at(-1)).toBe('openPeer');
  });

  it('does not take its peers from the count of the one that is opened after it', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2');
    const closed = Promise.withResolvers<null>();
    FakeWorker.all[1].answer = (method) => {
      if (method === 'openRoom') return Promise.reject(new CodedError('worker-full', 'Full.'));
      return method === 'closeRoom' ? closed.promise : Promise.resolve(null);
    };
    const refused = expect(engine.openPeer('a', '3')).rejects.toMatchObject({ code: 'worker-full' });
    await vi.advanceTimersByTimeAsync(1);
    FakeWorker.all[1].answer = () => Promise.resolve(null);
    await openPeers('4', '5');
    closed.resolve(null);
    await refused;
    asked();
    await openPeers('6');
    expect(asked().map((calls) => calls.includes('openPeer'))).toEqual([false, false, true]);
  });

  it('is forgotten by those that knew it already', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2');
    asked();
    FakeWorker.all[0].answer = (method) =>
      method === 'addBranch' ? Promise.reject(new CodedError('internal', 'A bug.')) : Promise.resolve(null);
    await expect(engine.openPeer('a', '3')).rejects.toMatchObject({ code: 'internal' });
    expect(asked()).toEqual([
      ['openLink', 'addBranch', 'removeBranch', 'closeLink'],
      ['openLink', 'openRoom', 'addBranch', 'closeRoom', 'closeLink'],
      [],
    ]);
  });

  it('does not keep another one from opening that is to know it', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2');
    asked();
    const [opened, told] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    const worker = FakeWorker.all[1];
    worker.answer = (method) => {
      if (method === 'openRoom') return opened.promise;
      // First it is told of the home.
      const isSecond = worker.calls.filter((call) => call === 'addBranch').length === 2;
      return method === 'addBranch' && isSecond ? told.promise : Promise.resolve(null);
    };
    const refused = ['3', '4'].map((peer) =>
      expect(engine.openPeer('a', peer)).rejects.toMatchObject({ code: 'worker-full' }),
    );
    const opening = engine.openPeer('a', '5');
    await vi.advanceTimersByTimeAsync(0);
    told.reject(new CodedError('room-unknown', 'None.'));
    await vi.advanceTimersByTimeAsync(0);
    opened.reject(new CodedError('worker-full', 'Full.'));
    await Promise.all([...refused, opening]);
    const [home, failed, late] = asked();
    expect(home).toEqual(['openLink', 'openLink', 'addBranch', 'removeBranch', 'closeLink']);
    expect(failed.at(-1)).toBe('closeLink');
    expect(late).toContain('removeBranch');
    expect(late.at(-1)).toBe('openPeer');
  });

  it('is not taken for the one that is opened after it by one that was to tell it of itself', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2');
    const [opened, known] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    const [, first, second] = FakeWorker.all;
    first.answer = (method) => (method === 'openRoom' ? opened.promise : Promise.resolve(null));
    second.answer = (method) => (method === 'addBranch' ? known.promise : Promise.resolve(null));
    const refused = ['3', '4'].map((peer) =>
      expect(engine.openPeer('a', peer)).rejects.toMatchObject({ code: 'worker-full' }),
    );
    const beside = openPeers('5');
    const full = openPeers('6');
    opened.reject(new CodedError('worker-full', 'Full.'));
    await Promise.all(refused);
    asked();
    first.answer = () => Promise.resolve(null);
    const next = openPeers('7');
    known.resolve(null);
    await Promise.all([beside, full, next]);
    // Of the home and of the one beside it, once each.
    expect(asked()[1]).toEqual(['openLink', 'openRoom', 'addBranch', 'addBranch', 'openPeer']);
  });

  it('is passed over where the room was closed meanwhile', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2');
    const opened = Promise.withResolvers<null>();
    FakeWorker.all[1].answer = (method) => (method === 'openRoom' ? opened.promise : Promise.resolve(null));
    const opening = engine.openPeer('a', '3');
    const closing = engine.closeRoom('a');
    opened.reject(new CodedError('room-lost', 'It ended.'));
    await expect(opening).rejects.toMatchObject({ code: 'room-lost' });
    await closing;
    expect(FakeWorker.all[1].calls.filter((call) => call === 'closeRoom')).toHaveLength(1);
  });
});

describe('a room with branches', () => {
  it('is closed in all of its workers', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2', '3');
    asked();
    await engine.closeRoom('a');
    expect(asked()).toEqual([['closeRoom', 'closeLink'], ['closeRoom', 'closeLink'], []]);
    await expect(engine.statistics('a')).rejects.toMatchObject({ code: 'room-unknown' });
  });

  it('is lost, and told as lost once, when a bug ends one of them; the others are closed', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2', '3');
    asked();
    FakeWorker.all[1].handlers.onRoomLost('a');
    expect(events).toEqual([{ type: 'rooms-lost', roomIds: ['a'] }]);
    expect(asked()[0]).toEqual(['closeRoom']);
    FakeWorker.all[0].handlers.onRoomLost('a');
    expect(events).toHaveLength(1);
    await engine.openRoom('a');
  });

  it('is lost when a bug ends a branch that the others are only told of; it can be opened anew', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2');
    asked();
    const told = Promise.withResolvers<null>();
    FakeWorker.all[0].answer = (method) => (method === 'addBranch' ? told.promise : Promise.resolve(null));
    const opening = expect(engine.openPeer('a', '3')).rejects.toMatchObject({ code: 'room-unknown' });
    await vi.advanceTimersByTimeAsync(0);
    FakeWorker.all[1].handlers.onRoomLost('a');
    expect(events).toEqual([{ type: 'rooms-lost', roomIds: ['a'] }]);
    told.resolve(null);
    await opening;
    expect(asked()[0]).toEqual(['openLink', 'addBranch', 'closeRoom', 'closeLink']);
    await expect(engine.statistics('a')).rejects.toMatchObject({ code: 'room-unknown' });
    await engine.openRoom('a');
    await openPeers('1', '2', '3');
  });

  it('is lost when the worker of a branch dies; a new worker there is linked anew', async () => {
    await engine.openRoom('a');
    await openPeers('1', '2', '3');
    asked();
    FakeWorker.all[1].handlers.onDeath('the test says so');
    await vi.advanceTimersByTimeAsync(0);
    expect(events).toEqual([{ type: 'rooms-lost', roomIds: ['a'] }]);
    expect(asked()[0]).toEqual(['closeRoom', 'closeLink']);
    await engine.openRoom('a');
    await openPeers('1', '2', '3', '4', '5');
    expect(
      asked()
        .flat()
        .filter((call) => call === 'openLink').length,
    ).toBeGreaterThan(0);
  });

  it('holds no more peers and endpoints in all than one worker’s room does', async () => {
    await engine.openRoom('a');
    const names = Array.from({ length: 4_000 }, (_, i) => String(i));
    const trackIds = { audio: 'a', video: 'v' };
    const options = { type: 'webrtc', trackIds, direction: 'sendrecv', certificate: 'ecdsa' } as const;
    await Promise.all(names.slice(0, 2_000).map((name) => engine.openPeer('a', name)));
    await expect(engine.openPeer('a', 'more')).rejects.toMatchObject({ code: 'room-full' });
    await Promise.all(names.map((name) => engine.openEndpoint('a', name, options)));
    await expect(engine.openEndpoint('a', 'more', options)).rejects.toMatchObject({ code: 'room-full' });
    await engine.closePeer('a', '7');
    await openPeers('more');
    const counts = asked().map((calls) => calls.filter((call) => /open(Peer|Endpoint)/.test(call)).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
  });
});
