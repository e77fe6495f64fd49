import { beforeEach, expect, it, vi } from 'vitest';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import type { Meeting } from '../use-meeting.ts';
import { type Relay, useRelay } from './use-relay.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

const iceServers = [{ urls: ['stun:192.0.2.7:3478'] }, { urls: ['turn:192.0.2.7:3478?transport=tcp'] }];
const tcp = { transport: 'tcp', host: '192.0.2.7', port: 3478 };
const error = { code: 401, text: 'Unauthorized.', url: 'turn:192.0.2.7:3478?transport=tcp' };

let meeting: Meeting;
let relay: Relay;

beforeEach(() => {
  vi.stubGlobal('window', {});
  const page = openPage((meeting) => useRelay(meeting));
  ({ meeting } = page);
  relay = page.inside;
});

it('a relay is the only way by our own wish, with the errors that come', async () => {
  Object.assign(scene.room, { iceTransportPolicy: 'relay', iceServers });
  expect(relay.isOnlyWay.value).toBe(false);
  await meeting.join(ann);
  expect(relay.isOnlyWay.value).toBe(true);
  expect(relay.addresses.value).toEqual([tcp]);
  scene.room.iceErrors = [error];
  scene.room.fire('iceErrorsChanged', scene.room.iceErrors);
  expect(relay.errors.value).toEqual([error]);
});

it('a relay becomes the only way when a host says so, until one says otherwise', async () => {
  Object.assign(scene.room, { iceServers });
  await meeting.join(ann);
  expect([relay.isOnlyWay.value, relay.addresses.value]).toEqual([false, [tcp]]);
  Object.assign(scene.room, { iceTransportPolicy: 'relay', relayOnly: true });
  scene.room.fire('relayOnlyChanged', true);
  expect(relay.isOnlyWay.value).toBe(true);
  Object.assign(scene.room, { iceTransportPolicy: 'all', relayOnly: false });
  scene.room.fire('relayOnlyChanged', false);
  expect(relay.isOnlyWay.value).toBe(false);
});
