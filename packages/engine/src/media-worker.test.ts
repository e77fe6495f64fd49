import { CodedError } from '@rivero/core';
import { expect, it, vi } from 'vitest';
import { MediaWorker, pendingCallsMax, silentLooksMax, stopPatience } from './media-worker.ts';

const settings = { port: 0, udp: true, tcp: false };
const request = { roomId: 'a', peerId: 'ann', trackIds: [], pausedTrackIds: [] };
const handlers = {
  onPeerState: () => {},
  onSpeakers: () => {},
  onEndpoint: () => {},
  onRoomLost: () => {},
  onLog: () => {},
  onDeath: () => {},
};

function codeOf(error: unknown): string {
  return error instanceof CodedError ? error.code : String(error);
}

it('refuses more calls than it queues, but closes peers, endpoints and rooms, so that their names are free again', async () => {
  const worker = new MediaWorker(settings, handlers);
  await worker.started();
  await worker.call('openRoom', { roomId: 'a' });
  await worker.call('openPeer', { roomId: 'a', peerId: 'ann' });
  const trackIds = { audio: 'sound', video: 'camera' };
  const options = { type: 'webrtc', trackIds, direction: 'sendrecv', certificate: 'ecdsa' } as const;
  await worker.call('openEndpoint', { roomId: 'a', endpointId: 'eve', options });
  const pending = Array.from({ length: pendingCallsMax }, () => worker.call('subscribe', request));
  const refused = worker.call('subscribe', request).catch(codeOf);
  const closed = [
    worker.call('closePeer', request),
    worker.call('closeEndpoint', { roomId: 'a', endpointId: 'eve' }),
    worker.call('closeRoom', { roomId: 'a' }),
  ];
  await expect(refused).resolves.toBe('worker-busy');
  await expect(Promise.all(closed)).resolves.toEqual([null, null, null]);
  await Promise.all(pending);
  await worker.call('openRoom', { roomId: 'a' });
  await worker.stop();
});

it(`ends when it says nothing between ${silentLooksMax + 1} looks, and not while it does, whatever else it is asked`, async () => {
  const onDeath = vi.fn();
  const worker = new MediaWorker(settings, { ...handlers, onDeath });
  await worker.started();
  const call = vi.spyOn(worker, 'call');
  for (let i = 0; i < 2 * silentLooksMax; i++) {
    worker.look();
    await call.mock.results.at(-1)?.value;
  }
  // No answer can come before this is through.
  for (let i = 0; i < silentLooksMax; i++) worker.look();
  expect(onDeath).not.toHaveBeenCalled();
  worker.look();
  await expect.poll(() => onDeath.mock.calls).toEqual([['it hung: it answered nothing for some time']]);
  await expect(worker.call('openRoom', { roomId: 'a' }).catch(codeOf)).resolves.toBe('room-lost');
});

it('is stopped though it does not answer', async () => {
  const onDeath = vi.fn();
  const worker = new MediaWorker(settings, { ...handlers, onDeath });
  await worker.started();
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  vi.spyOn(worker, 'call').mockReturnValue(new Promise(() => {}));
  const stopping = worker.stop();
  await vi.advanceTimersByTimeAsync(stopPatience);
  vi.useRealTimers();
  await stopping;
  expect(onDeath).not.toHaveBeenCalled();
});
