import type { Participant, Track } from '@rivero/api';
import { afterEach, beforeEach, vi } from 'vitest';
import { type JoinOptions, joinRoom, type Room } from '../src/index.ts';
import { FakeBrowser } from './fake-browser.ts';
import { FakeServer } from './fake-server.ts';

/** Somebody else in the room, called by that name. */
export function personNamed(name: string, tracks: readonly Track[] = []): Participant {
  const participantId = name.charAt(0).toLowerCase();
  return { participantId, name, away: false, role: 'guest', handRaisedAt: null, tracks };
}

/** A page and a server for each test of a file, which replaces `io` of socket.io-client by `connectFake`; time is turned by hand. */
export function useMeeting(): Meeting {
  const meeting = new Meeting();
  beforeEach(() => {
    vi.useFakeTimers();
    meeting.begin();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  return meeting;
}

class Meeting {
  browser = new FakeBrowser();
  server = new FakeServer();
  /** Every event of the room that was joined, in order, as text. */
  readonly events: string[] = [];

  /** All anew. */
  begin(): void {
    this.browser = new FakeBrowser();
    this.server = new FakeServer();
    this.events.length = 0;
    FakeServer.sockets.length = 0;
    FakeServer.current = this.server;
    this.browser.install();
  }

  async join(options: Partial<JoinOptions> = {}): Promise<Room> {
    const room = await joinRoom({ room: 'room', name: 'Ann', ...options });
    const note = (...words: readonly unknown[]): void => void this.events.push(words.join(' '));
    room.on('stateChanged', (state, reason) => note('state', state, ...(reason === undefined ? [] : [reason.code])));
    room.on('mediaStateChanged', (state) => note('media', state));
    room.on('participantJoined', ({ name }) => note('joined', name));
    room.on('participantLeft', ({ name }) => note('left', name));
    room.on('participantChanged', ({ name }) => note('changed', name));
    room.on('trackSubscribed', ({ trackId }, { name }) => note('subscribed', trackId, name));
    room.on('trackUnsubscribed', ({ trackId }, { name }) => note('unsubscribed', trackId, name));
    room.on('localTrackChanged', ({ source, muted }) => note('local', source, muted ? 'muted' : 'on'));
    room.on('chatMessage', ({ name, text, isOwn }) => note('said', isOwn ? 'own' : name, text));
    room.on('reaction', (reaction, { name }) => note('reaction', reaction, name));
    room.on('handChanged', (at) => note('hand', at === null ? 'lowered' : 'raised'));
    room.on('roleChanged', (role) => note('role', role));
    room.on('hostTokenChanged', (token) => note('token', token));
    room.on('lockChanged', (isLocked) => note(isLocked ? 'locked' : 'unlocked'));
    room.on('relayOnlyChanged', (relayOnly) => note(relayOnly ? 'relay only' : 'any path'));
    room.on('iceErrorsChanged', (errors) => note('ice errors', errors.map(({ code }) => code).join(',')));
    room.on('muteAsked', (by, source) => note('mute', source, 'asks', by?.name));
    room.on('removed', ({ code }) => note('removed', code));
    room.on('error', ({ code }) => note('error', code));
    return room;
  }

  /** A socket that was cut is there again. */
  async reconnects(): Promise<void> {
    await vi.advanceTimersByTimeAsync(1_000);
  }

  /** The events since the last look. */
  takeEvents(): readonly string[] {
    return this.events.splice(0);
  }
}
