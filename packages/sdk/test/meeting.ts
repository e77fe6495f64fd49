import { type JoinOptions, joinRoom, type Room } from '../src/index.ts';
import { FakeBrowser } from './fake-browser.ts';
import { FakeServer } from './fake-server.ts';

/** A page and a server. The test's file replaces `io` of socket.io-client by `connectFake`. */
export class Meeting {
  readonly browser = new FakeBrowser();
  readonly server = new FakeServer();
  /** Every event of the room that was joined, in order, as text. */
  readonly events: string[] = [];

  constructor() {
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

  /** The events since the last look. */
  takeEvents(): readonly string[] {
    return this.events.splice(0);
  }
}
