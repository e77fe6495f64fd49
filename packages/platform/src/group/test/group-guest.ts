import type { GroupMessage } from '@rivero/api';
import type { CodedError } from '@rivero/core';
import { fakeSdp, type FakeEndpoint } from '../../../test/fake-endpoints.ts';
import { settle } from '../../../test/fake-engine.ts';
import type { Scene } from '../../rooms/test/scene.ts';
import { GroupClient } from '../group-client.ts';

/** Somebody who speaks the group protocol, in the rooms of a scene. */
export class GroupGuest {
  readonly client: GroupClient;
  readonly heard: GroupMessage[] = [];
  session = '';
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: (text: string) => scene.logged.push(text) };
    const client: GroupClient = new GroupClient({
      socket: {
        send: (message) => this.#hear(message as GroupMessage),
        refuse: (error: CodedError) => client.onRefused(error),
      },
      iceServers: (participantId = 'socket') => ({
        iceServers: [{ urls: ['turn:192.0.2.1'], username: participantId, credential: 'secret' }],
        lifetime: 60,
      }),
      rooms: scene.service,
      log,
      now: () => scene.now,
    });
    this.client = client;
  }

  static join(scene: Scene, name: string, room: string | number = 'room'): GroupGuest {
    const guest = new GroupGuest(scene);
    guest.says({ id: 'join', room, user: { name } });
    return guest;
  }

  /** One frame. */
  says(message: object | string): void {
    this.client.onText(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** What it was told since the last call. */
  take(): readonly GroupMessage[] {
    return this.heard.splice(0);
  }

  /** The same without our candidates. */
  takeMessages(): readonly GroupMessage[] {
    return this.take().filter(({ id }) => id !== 'ice-candidate');
  }

  async publish(
    sections: Parameters<typeof fakeSdp>[0] = { audio: 'sendonly', video: 'sendonly' },
    session?: string,
  ): Promise<void> {
    this.says({ id: 'offer', sdpOffer: fakeSdp(sections, session) });
    await settle();
  }

  async request(...sessions: readonly string[]): Promise<void> {
    this.says(sessions.length === 0 ? { id: 'requestStream' } : { id: 'requestStream', sessions });
    await settle();
  }

  async answer(session: string): Promise<void> {
    const user = { name: '', session };
    this.says({ id: 'answer', user, sdpAnswer: fakeSdp({ audio: 'recvonly', video: 'recvonly' }) });
    await settle();
  }

  /** Its endpoint in the engine by which it publishes. */
  get publication(): FakeEndpoint {
    return this.#endpoint(`${this.session}/published/`);
  }

  /** Its endpoint in the engine by which it receives somebody. */
  viewOf(session: string): FakeEndpoint {
    return this.#endpoint(`${this.session}/of/${session}/`);
  }

  endpointIdOf(part: string): string {
    const found = this.#scene.engine.endpointIds('room').filter((id) => id.startsWith(`${this.session}/${part}`));
    if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} endpoints ${part}`);
    return found[0];
  }

  #endpoint(prefix: string): FakeEndpoint {
    return this.#scene.engine.endpoint('room', this.endpointIdOf(prefix.slice(this.session.length + 1)));
  }

  #hear(message: GroupMessage): void {
    if (message.id === 'participants') this.session = message.self.session;
    this.heard.push(message);
  }
}
