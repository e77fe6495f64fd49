import type { Track } from '@rivero/api';
import { describe, expect, it, vi } from 'vitest';
import { personNamed, useMeeting } from '../test/meeting.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const camera: Track = { trackId: 'ben-camera', kind: 'video', source: 'camera', muted: false };
const microphone: Track = { trackId: 'ben-microphone', kind: 'audio', source: 'microphone', muted: false };
const ben = personNamed('Ben');

const meeting = useMeeting();

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

describe('the events of a room', () => {
  it('tell who comes, publishes, mutes, is away and leaves, in the order of the server', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    server.tell('participant-joined', { participant: ben });
    server.tell('track-published', { participantId: 'b', track: camera });
    server.subscribed = [{ mid: '0', trackId: camera.trackId, participantId: 'b' }];
    server.tell('sections-needed', { offer: true, audio: 0, video: 1 });
    await settle();
    expect(meeting.takeEvents()).toEqual(['joined Ben', 'changed Ben', 'subscribed ben-camera Ben', 'changed Ben']);
    const [track] = room.participants[0]?.tracks ?? [];
    expect(track?.mediaStreamTrack).toBe(meeting.browser.peerConnection.getTransceivers()[0]?.receiver.track);

    server.tell('track-muted', { participantId: 'b', trackId: camera.trackId, muted: true });
    expect(track?.muted).toBe(true);
    server.tell('participant-away', { participantId: 'b', away: true });
    expect(room.participants[0]?.isAway).toBe(true);
    server.tell('track-unpublished', { participantId: 'b', trackId: camera.trackId });
    server.tell('participant-left', { participantId: 'b', reason: 'left' });
    expect(meeting.takeEvents()).toEqual([
      'changed Ben',
      'changed Ben',
      'unsubscribed ben-camera Ben',
      'changed Ben',
      'left Ben',
    ]);
    expect(room.participants).toEqual([]);
  });

  it('that come in one HTTP response with the answer to the join change what it says', async () => {
    const { server } = meeting;
    server.participants = [ben];
    server.behindAnswer = () => {
      server.tell('participant-joined', { participant: { ...ben, participantId: 'e', name: 'Eve' } });
      server.tell('participant-left', { participantId: 'b', reason: 'left' });
    };
    const room = await meeting.join();
    expect(room.participants.map(({ name }) => name)).toEqual(['Eve']);
  });

  it('end the tracks of somebody who leaves before saying so', async () => {
    const { server } = meeting;
    server.participants = [{ ...ben, tracks: [camera, microphone] }];
    server.sectionsNeeded = { offer: true, audio: 1, video: 1 };
    server.subscribed = [
      { mid: '0', trackId: microphone.trackId, participantId: 'b' },
      { mid: '1', trackId: camera.trackId, participantId: 'b' },
    ];
    const room = await meeting.join();
    expect(room.participants[0]?.tracks.map(({ mediaStreamTrack }) => mediaStreamTrack?.kind)).toEqual([
      'video',
      'audio',
    ]);
    server.tell('participant-left', { participantId: 'b', reason: 'lost' });
    expect(meeting.takeEvents()).toEqual([
      'unsubscribed ben-camera Ben',
      'unsubscribed ben-microphone Ben',
      'left Ben',
    ]);
  });

  it('say that a track cannot be received here', async () => {
    const { server } = meeting;
    server.participants = [{ ...ben, tracks: [camera] }];
    const room = await meeting.join();
    const refused = [{ trackId: camera.trackId, reason: 'no-common-codec' }] as const;
    server.answerOnce('negotiate', { ok: true, value: { ...server.answer(), refused } });
    server.tell('sections-needed', { offer: true, audio: 0, video: 0 });
    await settle();
    expect(room.participants[0]?.tracks[0]?.isRefused).toBe(true);
    expect(meeting.takeEvents()).toEqual(['changed Ben']);
  });

  it('have names: another one does not compile', async () => {
    const room = await meeting.join();
    // @ts-expect-error no event has this name
    room.on('participantJoin', () => {});
  });

  it('show what the page cannot change: that does not compile', async () => {
    meeting.server.participants = [{ ...ben, tracks: [camera] }];
    const room = await meeting.join({ camera: true });
    const [track] = room.participants[0]?.tracks ?? [];
    const [own] = room.localTracks;
    if (track === undefined || own === undefined) throw new Error('no tracks');
    // @ts-expect-error the server says so
    track.muted = true;
    // @ts-expect-error setCameraMuted() does it
    own.muted = true;
    // @ts-expect-error there is no such method
    expect(typeof room.participants[0]?.addTrack).toBe('function');
  });

  it('about somebody unknown are ignored', async () => {
    const { server } = meeting;
    await meeting.join();
    server.tell('participant-left', { participantId: 'x', reason: 'left' });
    server.tell('participant-away', { participantId: 'x', away: true });
    server.tell('track-published', { participantId: 'x', track: camera });
    server.tell('track-muted', { participantId: 'x', trackId: 'y', muted: true });
    expect(meeting.takeEvents()).toEqual([]);
  });

  it('go on when a listener of the page throws; the page is told', async () => {
    const room = await meeting.join({ camera: true });
    room.on('stateChanged', () => {
      throw new Error('broken page');
    });
    await room.leave();
    expect(meeting.browser.reported).toEqual([new Error('broken page')]);
    expect(meeting.server.socket.connected).toBe(false);
    expect(meeting.browser.liveCount).toBe(0);
  });
});

describe('own tracks', () => {
  it('are published later with one offer each', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join();
    await room.publishCamera();
    await room.publishMicrophone({ deviceId: 'a' });
    expect(meeting.takeEvents()).toEqual(['local camera on', 'local microphone on']);
    expect(server.offers().map(({ tracks }) => tracks.map(({ source }) => source))).toEqual([
      [],
      ['camera'],
      ['camera', 'microphone'],
    ]);
    expect(server.offers().map(({ fresh }) => fresh)).toEqual([true, false, false]);
    expect(browser.peerConnection.sections('sendonly', 'video')[0]?.sender.track).toBe(browser.opened[0]);
  });

  it('are opened once however often that is asked for', async () => {
    const room = await meeting.join();
    await Promise.all([room.publishCamera(), room.publishCamera(), room.setCameraMuted(false)]);
    expect(meeting.browser.opened).toHaveLength(1);
    expect(room.localTracks).toHaveLength(1);
  });

  it('camera: muted, the device is off; unmuted, it is opened as it was, without an offer', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join({ camera: { deviceId: 'a' } });
    const [{ trackId } = { trackId: '' }] = room.localTracks;
    await room.setCameraMuted(true);
    expect(browser.liveCount).toBe(0);
    const [section] = browser.peerConnection.sections('sendonly', 'video');
    expect(section?.sender.track).toBe(null);
    await room.setCameraMuted(false);
    expect(browser.liveCount).toBe(1);
    expect(browser.opened[1]?.constraints).toEqual({ deviceId: 'a' });
    expect(section?.sender.track).toBe(browser.opened[1]);
    expect(server.requests('set-muted')).toEqual([
      { trackId, muted: true },
      { trackId, muted: false },
    ]);
    expect(server.offers()).toHaveLength(1);
    expect(meeting.takeEvents()).toEqual(['local camera muted', 'local camera on']);
  });

  it('camera: two presses of the button open one device', async () => {
    const room = await meeting.join({ camera: true });
    await room.setCameraMuted(true);
    await Promise.all([room.setCameraMuted(false), room.setCameraMuted(false)]);
    expect(meeting.browser.liveCount).toBe(1);
    await room.leave();
    expect(meeting.browser.liveCount).toBe(0);
  });

  it('camera: refused when it is turned on, it stays muted, and the caller knows why', async () => {
    const room = await meeting.join({ camera: true });
    await room.setCameraMuted(true);
    meeting.browser.refusals.camera = 'NotReadableError';
    await expect(room.setCameraMuted(false)).rejects.toMatchObject({ code: 'device-busy' });
    expect(room.localTracks[0]?.muted).toBe(true);
    delete meeting.browser.refusals.camera;
    await room.setCameraMuted(false);
    expect(room.localTracks[0]?.muted).toBe(false);
  });

  it('that the page gave are muted without stopping them, and no device is opened in their place', async () => {
    const { browser } = meeting;
    const [given] = (await navigator.mediaDevices.getUserMedia({ video: true })).getTracks();
    const room = await meeting.join(given === undefined ? {} : { camera: given });
    await room.setCameraMuted(true);
    expect(browser.opened[0]).toMatchObject({ enabled: false, readyState: 'live' });
    await room.setCameraMuted(false);
    expect(browser.opened[0]).toMatchObject({ enabled: true, readyState: 'live' });
    expect(browser.opened).toHaveLength(1);
  });

  it('microphone: muted, it sends silence, and stays open', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join({ microphone: true });
    await room.setMicrophoneMuted(true);
    expect(browser.opened[0]).toMatchObject({ enabled: false, readyState: 'live' });
    await room.setMicrophoneMuted(false);
    expect(browser.opened[0]).toMatchObject({ enabled: true, readyState: 'live' });
    expect(server.requests('set-muted')).toHaveLength(2);
  });

  it('microphone: silent at once, while the server has not answered to the last press', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join({ microphone: true });
    await room.setMicrophoneMuted(true);
    server.answerOnce('set-muted', new Promise(() => {}));
    const unmuting = room.setMicrophoneMuted(false);
    await settle();
    expect(browser.opened[0]?.enabled).toBe(true);
    const muting = room.setMicrophoneMuted(true);
    expect(browser.opened[0]?.enabled).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all([unmuting, muting]);
    expect(browser.opened[0]?.enabled).toBe(false);
    expect(room.localTracks[0]?.muted).toBe(true);
    expect(meeting.takeEvents()).toContain('error server-silent');
  });

  it('microphone: silent also when it was unmuted just before that was its turn', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join({ microphone: true });
    server.answerOnce('set-muted', new Promise(() => {}));
    const presses = [true, false, true].map((muted) => room.setMicrophoneMuted(muted));
    const enabled: (boolean | undefined)[] = [];
    room.on('localTrackChanged', ({ track }) => enabled.push(track?.enabled));
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(presses);
    expect(enabled).toEqual([false, false, false]);
    expect(browser.opened[0]?.enabled).toBe(false);
  });

  it.each(['camera', 'microphone'] as const)('%s: published again while it is muted, it is unmuted', async (source) => {
    const { browser, server } = meeting;
    const isCamera = source === 'camera';
    const room = await meeting.join({ [source]: true });
    await (isCamera ? room.setCameraMuted(true) : room.setMicrophoneMuted(true));
    await (isCamera ? room.publishCamera() : room.publishMicrophone());
    expect(room.localTracks[0]).toMatchObject({ muted: false, track: { enabled: true } });
    expect(server.requests('set-muted').at(-1)).toMatchObject({ muted: false });
    expect(browser.liveCount).toBe(1);
  });

  it('microphone: is on when that was pressed last while the person was asked, and so is the next device', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join();
    let allow = (): void => {};
    browser.permission = new Promise((resolve) => (allow = resolve));
    const presses = [room.publishMicrophone(), room.setMicrophoneMuted(true), room.publishMicrophone()];
    await settle();
    allow();
    await Promise.all(presses);
    expect(room.localTracks[0]).toMatchObject({ muted: false, track: { enabled: true } });
    expect(server.requests('set-muted').at(-1)).toMatchObject({ muted: false });
    await room.replaceMicrophone({ deviceId: 'other' });
    expect(browser.opened[1]?.enabled).toBe(true);
  });

  it('that are unplugged are told as device-lost, also after muting; stopping them is not', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ camera: true });
    await room.setCameraMuted(true);
    await room.setCameraMuted(false);
    meeting.takeEvents();
    browser.opened[0]?.end();
    expect(meeting.takeEvents()).toEqual([]);
    browser.opened[1]?.end();
    expect(meeting.takeEvents()).toEqual(['error device-lost']);
  });
});

describe('leaving', () => {
  it('tells the server, stops devices, closes the peer connection and the socket, and takes listeners away', async () => {
    const { browser, server } = meeting;
    server.participants = [ben];
    const room = await meeting.join({ camera: true, microphone: true });
    await room.leave();
    expect(server.names.at(-1)).toBe('leave');
    expect(room.state).toBe('left');
    expect(room.participants).toEqual([]);
    expect(room.localTracks).toEqual([]);
    expect(browser.liveCount).toBe(0);
    expect(browser.peerConnection.signalingState).toBe('closed');
    expect(server.socket.connected).toBe(false);
    expect(server.socket.listenerCount).toBe(0);
    expect(meeting.takeEvents()).toEqual(['state left']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.getTimerCount()).toBe(0);
    expect(server.names.at(-1)).toBe('leave');
  });

  it('takes half a second at most when the server does not answer', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    server.answerOnce('leave', new Promise(() => {}));
    const leaving = room.leave();
    await vi.advanceTimersByTimeAsync(499);
    expect(server.socket.connected).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    await leaving;
    expect(server.socket.connected).toBe(false);
  });

  it('happens once, and with the tab', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join();
    browser.hide();
    await room.leave();
    browser.hide();
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.requests('leave')).toHaveLength(1);
  });

  it('while a device is being opened stops it as soon as it is', async () => {
    const { browser } = meeting;
    const room = await meeting.join();
    let permit = (): void => {};
    browser.permission = new Promise((resolve) => (permit = resolve));
    const publishing = room.publishCamera();
    const refused = expect(publishing).rejects.toMatchObject({ code: 'not-in-room' });
    await settle();
    await room.leave();
    permit();
    await refused;
    expect(browser.opened).toHaveLength(1);
    expect(browser.liveCount).toBe(0);
  });

  it('is for good: nothing is published afterwards', async () => {
    const room = await meeting.join();
    await room.leave();
    await expect(room.publishCamera()).rejects.toMatchObject({ code: 'not-in-room' });
    await expect(room.setCameraMuted(false)).rejects.toMatchObject({ code: 'not-in-room' });
    expect(meeting.browser.asked).toEqual([]);
  });

  it('by the will of the server is told with its reason', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join({ camera: true });
    server.tell('room-closed', { code: 'removed-by-host', message: 'You were removed.' });
    expect(meeting.takeEvents()).toEqual(['removed removed-by-host', 'state left']);
    expect(room.state).toBe('left');
    expect(browser.liveCount).toBe(0);
    expect(server.socket.connected).toBe(false);
  });
});
