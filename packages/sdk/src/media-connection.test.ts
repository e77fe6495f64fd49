import type { NegotiateRequest, NegotiateResponse, SectionsNeeded } from '@rivero/api';
import { CodedError } from '@rivero/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeBrowser } from '../test/fake-browser.ts';
import type { FakePeerConnection } from '../test/fake-peer-connection.ts';
import { noneNeeded } from '../test/fake-server.ts';
import { MediaConnection } from './media-connection.ts';
import { SendWishes } from './send-wishes.ts';

interface Exchange {
  readonly request: NegotiateRequest;
  answer(sectionsNeeded?: SectionsNeeded): void;
  refuse(code?: string): void;
}

const browser = new FakeBrowser();
/** Offers as the server gets them, still to be answered. */
let exchanges: Exchange[];
let answers: NegotiateResponse[];
let errors: unknown[];
let isReachable: boolean;
let media: MediaConnection;
let peerConnection: FakePeerConnection;

beforeEach(() => {
  vi.useFakeTimers();
  browser.install();
  exchanges = [];
  answers = [];
  errors = [];
  isReachable = true;
  media = new MediaConnection({
    wishes: new SendWishes(),
    ice: { iceServers: [], iceTransportPolicy: 'all' },
    refreshIce: async () => {},
    negotiate: (request) =>
      new Promise((resolve, reject) => {
        exchanges.push({
          request,
          answer: (sectionsNeeded = noneNeeded) =>
            resolve({ answer: 'v=0', published: [], subscribed: [], refused: [], sectionsNeeded }),
          refuse: (code = 'worker-lost') => reject(new CodedError(code, 'Gone.')),
        });
      }),
    isReachable: () => isReachable,
    onAnswer: (answer) => void answers.push(answer),
    onState: () => {},
    onIceErrors: () => {},
    onError: (error) => void errors.push(error),
  });
  ({ peerConnection } = browser);
});

afterEach(() => {
  media.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

/** The receive sections of every offer so far: `audio+video`. */
function receiveSections(): readonly string[] {
  return exchanges.map(({ request: { offer } }) =>
    ['audio', 'video'].map((kind) => offer.match(new RegExp(`${kind} recvonly`, 'g'))?.length ?? 0).join('+'),
  );
}

describe('negotiations', () => {
  it('run one at a time; all wishes that come meanwhile are one more', async () => {
    const negotiations = [media.negotiate(), media.negotiate(), media.negotiate()];
    await settle();
    expect(exchanges).toHaveLength(1);
    media.publish({ trackId: 'a', kind: 'video', source: 'camera', track: undefined, muted: false });
    negotiations.push(media.negotiate());
    exchanges[0]?.answer();
    await settle();
    expect(exchanges).toHaveLength(2);
    expect(exchanges[1]?.request.tracks).toEqual([{ mid: '1', trackId: 'a', source: 'camera', muted: false }]);
    exchanges[1]?.answer();
    await Promise.all(negotiations);
    expect(exchanges).toHaveLength(2);
    expect(answers).toHaveLength(2);
  });

  it.each(['rate-limited', 'room-busy', 'worker-busy'])(
    'that are refused as %s are tried again with the same offer',
    async (code) => {
      const negotiating = media.negotiate();
      for (let i = 0; i < 3; i++) {
        await settle();
        exchanges[i]?.refuse(code);
        await vi.advanceTimersByTimeAsync(499);
        expect(exchanges).toHaveLength(i + 1);
        await vi.advanceTimersByTimeAsync(1);
      }
      exchanges[3]?.answer();
      await negotiating;
      expect(new Set(exchanges.map(({ request }) => request.offer)).size).toBe(1);
      expect([exchanges.length, answers.length, errors.length]).toEqual([4, 1, 0]);
    },
  );

  it('that are refused as rate-limited are given up after 20 times, or when the connection is closed', async () => {
    const negotiating = expect(media.negotiate()).rejects.toMatchObject({ code: 'rate-limited' });
    for (let i = 0; i < 20; i++) {
      await vi.advanceTimersByTimeAsync(500);
      exchanges[i]?.refuse('rate-limited');
    }
    await negotiating;
    expect(exchanges).toHaveLength(20);
    const last = expect(media.negotiate()).rejects.toMatchObject({ code: 'room-busy' });
    await settle();
    media.close();
    exchanges[20]?.refuse('room-busy');
    await vi.advanceTimersByTimeAsync(500);
    await last;
  });

  it('that are refused as busy are not made again when the connection was closed meanwhile', async () => {
    const negotiating = expect(media.negotiate()).rejects.toMatchObject({ code: 'room-busy' });
    await settle();
    exchanges[0]?.refuse('room-busy');
    await vi.advanceTimersByTimeAsync(100);
    media.close();
    await vi.advanceTimersByTimeAsync(10_000);
    await negotiating;
    expect(exchanges).toHaveLength(1);
  });

  it('have a section to receive in when there is nothing to send, as browsers ask for', async () => {
    const negotiating = media.negotiate();
    await settle();
    exchanges[0]?.answer();
    await negotiating;
    await Promise.all([media.negotiate(), settle().then(() => exchanges[1]?.answer())]);
    expect(receiveSections()).toEqual(['1+0', '1+0']);
  });

  it('that are tried again say what was muted meanwhile', async () => {
    const track = { trackId: 'a', kind: 'video' as const, source: 'camera' as const, track: undefined, muted: false };
    media.publish(track);
    const negotiating = media.negotiate();
    await settle();
    track.muted = true;
    exchanges[0]?.refuse('room-busy');
    await vi.advanceTimersByTimeAsync(500);
    exchanges[1]?.answer();
    await negotiating;
    expect(exchanges.map(({ request: { tracks } }) => tracks[0]?.muted)).toEqual([false, true]);
  });

  it('answer sections-needed by an offer with that many receive sections', async () => {
    media.handleSectionsNeeded({ offer: true, audio: 3, video: 2 });
    await settle();
    exchanges[0]?.answer();
    await settle();
    media.handleSectionsNeeded({ offer: true, audio: 0, video: 1 });
    await settle();
    exchanges[1]?.answer();
    await settle();
    expect(receiveSections()).toEqual(['3+2', '3+3']);
  });

  it('go on as long as the answer needs more', async () => {
    const negotiating = media.negotiate();
    await settle();
    exchanges[0]?.answer({ offer: true, audio: 1, video: 1 });
    await settle();
    exchanges[1]?.answer({ offer: true, audio: 0, video: 1 });
    await settle();
    exchanges[2]?.answer();
    await negotiating;
    expect(receiveSections()).toEqual(['1+0', '2+1', '2+2']);
  });

  it('serve what was asked for while an answer was applied', async () => {
    let apply = (): void => {};
    peerConnection.answersHeld = new Promise((resolve) => (apply = resolve));
    const negotiating = media.negotiate();
    await settle();
    exchanges[0]?.answer();
    await settle();
    media.handleSectionsNeeded({ offer: true, audio: 1, video: 1 });
    apply();
    await settle();
    exchanges[1]?.answer();
    await negotiating;
    expect(receiveSections()).toEqual(['1+0', '2+1']);
  });

  it('take the answer for newer than what was asked for before it, and look once more when it needs nothing', async () => {
    const negotiating = media.negotiate();
    await settle();
    media.handleSectionsNeeded({ offer: true, audio: 1, video: 1 });
    exchanges[0]?.answer({ offer: true, audio: 2, video: 2 });
    await settle();
    media.handleSectionsNeeded({ offer: true, audio: 5, video: 5 });
    exchanges[1]?.answer();
    await settle();
    exchanges[2]?.answer();
    await negotiating;
    expect(receiveSections()).toEqual(['1+0', '3+2', '3+2']);
  });

  it('that are refused are taken back; the next one adds no section twice', async () => {
    media.handleSectionsNeeded({ offer: true, audio: 1, video: 1 });
    await settle();
    exchanges[0]?.refuse();
    await settle();
    expect(errors).toMatchObject([{ code: 'worker-lost' }]);
    expect(peerConnection.signalingState).toBe('stable');
    media.handleSectionsNeeded({ offer: true, audio: 1, video: 2 });
    await settle();
    exchanges[1]?.answer();
    await settle();
    expect(receiveSections()).toEqual(['1+1', '1+2']);
    expect(exchanges.map(({ request: { fresh } }) => fresh)).toEqual([true, true]);
  });

  it('that failed are made up for when we resume, and only then', async () => {
    const negotiating = expect(media.negotiate()).rejects.toMatchObject({ code: 'worker-lost' });
    await settle();
    exchanges[0]?.refuse();
    await negotiating;
    media.handleSectionsNeeded(noneNeeded);
    await settle();
    expect(exchanges).toHaveLength(1);
    media.handleResumed(noneNeeded);
    await settle();
    exchanges[1]?.answer();
    await settle();
    media.handleResumed(noneNeeded);
    await settle();
    expect(exchanges).toHaveLength(2);
  });

  it('that nobody answers are tried again with the same offer, but for the first', async () => {
    const first = expect(media.negotiate()).rejects.toMatchObject({ code: 'server-silent' });
    await settle();
    exchanges[0]?.refuse('server-silent');
    await first;
    media.handleSectionsNeeded({ offer: true, audio: 1, video: 0 });
    await settle();
    exchanges[1]?.answer();
    await settle();
    media.handleSectionsNeeded({ offer: true, audio: 0, video: 1 });
    await settle();
    exchanges[2]?.refuse('server-silent');
    await vi.advanceTimersByTimeAsync(500);
    exchanges[3]?.answer();
    await settle();
    expect(receiveSections()).toEqual(['1+0', '1+0', '1+1', '1+1']);
    expect([answers.length, errors.length]).toEqual([2, 0]);
  });

  it('that nobody answers twice in a row are told once, and tried again all the same', async () => {
    const first = media.negotiate();
    await settle();
    exchanges[0]?.answer();
    await first;
    const negotiating = media.negotiate();
    const told: number[] = [];
    for (let i = 1; i <= 4; i++) {
      await settle();
      exchanges[i]?.refuse('server-silent');
      await vi.advanceTimersByTimeAsync(500);
      told.push(errors.length);
    }
    exchanges[5]?.answer();
    await negotiating;
    expect(told).toEqual([0, 1, 1, 1]);
    expect(errors).toMatchObject([{ code: 'server-silent' }]);
  });

  it('that nobody answers while the server is out of reach wait until we resume', async () => {
    const first = media.negotiate();
    await settle();
    exchanges[0]?.answer();
    await first;
    const negotiating = expect(media.negotiate()).rejects.toMatchObject({ code: 'server-silent' });
    await settle();
    isReachable = false;
    exchanges[1]?.refuse('server-silent');
    await negotiating;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(exchanges).toHaveLength(2);
    isReachable = true;
    media.handleResumed(noneNeeded);
    await settle();
    expect(exchanges).toHaveLength(3);
  });

  it('that failed are followed by what the server asked for meanwhile', async () => {
    const negotiating = expect(media.negotiate()).rejects.toMatchObject({ code: 'sdp-refused' });
    await settle();
    media.handleSectionsNeeded({ offer: true, audio: 1, video: 2 });
    exchanges[0]?.refuse('sdp-refused');
    await negotiating;
    await settle();
    exchanges[1]?.answer();
    await settle();
    expect(receiveSections()).toEqual(['1+0', '1+2']);
    expect(errors).toEqual([]);
  });

  it('of a connection that was closed meanwhile change nothing any more', async () => {
    const negotiating = media.negotiate();
    await settle();
    media.close();
    exchanges[0]?.answer({ offer: true, audio: 1, video: 1 });
    await negotiating;
    expect(answers).toEqual([]);
    expect(exchanges).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
