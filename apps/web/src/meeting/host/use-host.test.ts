import { CodedError } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ref } from 'vue';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import type { Meeting } from '../use-meeting.ts';
import { recallHostToken, rememberHostToken } from './host-token.ts';
import { type Host, useHost } from './use-host.ts';
import { type MuteRequests, useMuteAsked } from './use-mute-asked.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

let meeting: Meeting;
let host: Host;
let requests: MuteRequests;
const isMicrophoneOn = ref(true);
const isCameraOn = ref(true);
const devices = {
  isMicrophoneOn,
  isCameraOn,
  setMicrophoneOn: async (on: boolean): Promise<void> => void (isMicrophoneOn.value = on),
  setCameraOn: async (on: boolean): Promise<void> => void (isCameraOn.value = on),
};

beforeEach(() => {
  const stored = new Map<string, string>();
  vi.stubGlobal('window', {});
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  });
  isMicrophoneOn.value = true;
  isCameraOn.value = true;
  const page = openPage((meeting) => ({
    host: useHost(meeting, { name: 'a', address: 'https://here/meet/a' }),
    requests: useMuteAsked(meeting, devices),
  }));
  ({ meeting } = page);
  ({ host, requests } = page.inside);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function kept(): string | undefined {
  return recallHostToken('a', Date.now());
}

describe('a host', () => {
  it('has a link that makes hosts, and is one after a reload', async () => {
    Object.assign(scene.room, { role: 'host', hostToken: 'one' });
    await meeting.join(ann);
    expect(host.isHost.value).toBe(true);
    expect(host.link.value).toBe('https://here/meet/a#host=one');
    expect(kept()).toBe('one');
    scene.room.hostToken = 'two';
    scene.room.fire('hostTokenChanged', 'two');
    expect(host.link.value).toBe('https://here/meet/a#host=two');
    expect(kept()).toBe('two');
  });

  it('is told the role before the token, and keeps what it has until then', async () => {
    rememberHostToken('a', 'old', Date.now());
    scene.room.role = 'host';
    await meeting.join(ann);
    expect(kept()).toBe('old');
  });

  it('whose token is not valid any more is a guest, and forgets it', async () => {
    rememberHostToken('a', 'old', Date.now());
    await meeting.join({ ...ann, hostToken: 'old' });
    expect(host.isHost.value).toBe(false);
    expect(host.link.value).toBe(undefined);
    expect(kept()).toBe(undefined);
  });

  it('forgets no token but the one it came with', async () => {
    rememberHostToken('a', 'newer', Date.now());
    await meeting.join({ ...ann, hostToken: 'old' });
    expect(kept()).toBe('newer');
  });

  it.each(['removed-by-host', 'ended-by-host'])('forgets the token when it is told %s', async (code) => {
    Object.assign(scene.room, { role: 'host', hostToken: 'one' });
    await meeting.join(ann);
    scene.room.fire('removed', { code, message: '' });
    scene.room.fire('stateChanged', 'left');
    expect(kept()).toBe(undefined);
  });

  it('keeps the token when it leaves, or when the server stops', async () => {
    Object.assign(scene.room, { role: 'host', hostToken: 'one' });
    await meeting.join(ann);
    scene.room.fire('removed', { code: 'server-stopping', message: '' });
    await meeting.leave();
    expect(kept()).toBe('one');
  });

  it('has everything go through the relay, where there is one', async () => {
    Object.assign(scene.room, { role: 'host', hostToken: 'one', hasRelay: false });
    await meeting.join(ann);
    expect([host.hasRelay.value, host.isRelayOnly.value]).toEqual([false, false]);
    scene.room.hasRelay = true;
    scene.room.fire('stateChanged', 'connected');
    expect(host.hasRelay.value).toBe(true);
    await host.setRelayOnly(true);
    expect(host.isRelayOnly.value).toBe(true);
    await host.setRelayOnly(false);
    expect(host.isRelayOnly.value).toBe(false);
    scene.room.refusal = new CodedError('relay-unavailable', '');
    await host.setRelayOnly(true);
    expect(host.isRelayOnly.value).toBe(false);
    expect(meeting.problem.value?.code).toBe('relay-unavailable');
    expect(scene.room.calls).toEqual(['relay only', 'any path', 'relay only']);
  });

  it('locks, unlocks, lowers all hands, and ends the meeting for all', async () => {
    Object.assign(scene.room, { role: 'host', hostToken: 'one' });
    await meeting.join(ann);
    await host.setLocked(true);
    expect(host.isLocked.value).toBe(true);
    await host.setLocked(false);
    expect(host.isLocked.value).toBe(false);
    await host.lowerAllHands();
    await host.endForAll();
    expect(scene.room.calls).toEqual(['lock', 'unlock', 'lower all hands', 'end']);
    expect(kept()).toBe(undefined);
    expect(meeting.problem.value?.code).toBe('ended-by-host');
  });
});

describe('a guest in another tab of a host', () => {
  it('leaves the token alone, whatever happens in the room', async () => {
    await meeting.join(ann);
    rememberHostToken('a', 'of the host', Date.now());
    scene.room.isLocked = true;
    scene.room.fire('lockChanged', true);
    scene.room.fire('roleChanged', 'guest');
    scene.room.fire('removed', { code: 'removed-by-host', message: '' });
    expect(kept()).toBe('of the host');
  });
});

describe('somebody who is asked to mute', () => {
  it('is asked once for each device, and may say no', async () => {
    await meeting.join(ann);
    scene.room.fire('muteAsked', { name: 'Ben' }, 'microphone');
    scene.room.fire('muteAsked', undefined, 'camera');
    scene.room.fire('muteAsked', { name: 'Cleo' }, 'microphone');
    expect(requests.asked.value).toEqual([
      { source: 'camera', name: undefined },
      { source: 'microphone', name: 'Cleo' },
    ]);
    for (const asked of requests.asked.value) requests.dismiss(asked);
    expect(requests.asked.value).toEqual([]);
    expect([isMicrophoneOn.value, isCameraOn.value]).toEqual([true, true]);
  });

  it('is muted by a press', async () => {
    await meeting.join(ann);
    scene.room.fire('muteAsked', { name: 'Ben' }, 'camera');
    await requests.accept({ source: 'camera', name: 'Ben' });
    expect([isMicrophoneOn.value, isCameraOn.value]).toEqual([true, false]);
    expect(requests.asked.value).toEqual([]);
  });

  it('is not asked when the device is off, and no more when it is turned off', async () => {
    await meeting.join(ann);
    isCameraOn.value = false;
    scene.room.fire('muteAsked', { name: 'Ben' }, 'camera');
    expect(requests.asked.value).toEqual([]);
    scene.room.fire('muteAsked', { name: 'Ben' }, 'microphone');
    isMicrophoneOn.value = false;
    expect(requests.asked.value).toEqual([]);
  });
});
