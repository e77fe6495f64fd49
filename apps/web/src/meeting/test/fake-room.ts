type Listener = (...values: readonly unknown[]) => void;

/** A room of the SDK that does nothing but remember what it was asked and tell what a test fires. */
export class FakeRoom {
  state = 'connected';
  mediaState = 'connecting';
  participants: readonly unknown[] = [];
  localTracks: readonly { readonly source: string; readonly muted?: boolean; readonly track?: unknown }[] = [];
  missing: readonly string[] = [];
  activeSpeakers: readonly string[] = [];
  quality = { level: 5, reason: 'good' };
  participantId = 'own';
  role = 'guest';
  hostToken: string | null = null;
  isLocked = false;
  relayOnly = false;
  hasRelay = true;
  iceTransportPolicy = 'all';
  iceErrors: readonly unknown[] = [];
  readonly peerConnection = { getConfiguration: (): unknown => ({ iceServers: this.iceServers }) };
  iceServers: readonly unknown[] = [];
  handRaisedAt: number | null = null;
  /** Why the next things that are asked of the server are refused. */
  refusal: Error | undefined;
  readonly chat = {
    messages: [] as readonly { readonly text: string; readonly isOwn?: boolean }[],
    send: (text: string): Promise<void> => this.#ask(`say ${text}`),
  };
  readonly calls: string[] = [];
  statistics = async (): Promise<unknown> => undefined;
  readonly moderation = {
    askToMute: async (id: string, source: string): Promise<void> =>
      void this.calls.push(`ask to mute ${source} of ${id}`),
    lowerHand: async (id: string): Promise<void> => void this.calls.push(`lower hand of ${id}`),
    remove: async (id: string): Promise<void> => void this.calls.push(`remove ${id}`),
    lock: (): Promise<void> => this.#lock(true),
    unlock: (): Promise<void> => this.#lock(false),
    setRelayOnly: async (relayOnly: boolean): Promise<void> => {
      await this.#ask(relayOnly ? 'relay only' : 'any path');
      this.relayOnly = relayOnly;
      this.iceTransportPolicy = relayOnly ? 'relay' : 'all';
      this.fire('relayOnlyChanged', relayOnly);
    },
    lowerAllHands: (): Promise<void> => this.#ask('lower all hands'),
    end: async (): Promise<void> => {
      await this.#ask('end');
      this.fire('stateChanged', 'left');
    },
  };
  readonly #listeners = new Map<string, Set<Listener>>();

  on(name: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  fire(name: string, ...values: readonly unknown[]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(...values);
  }

  async setCameraMuted(muted: boolean): Promise<void> {
    this.calls.push(`camera ${muted ? 'off' : 'on'}`);
    if (!muted) throw new Error('In use.');
    this.localTracks = this.localTracks.map((track) => (track.source === 'camera' ? { ...track, muted } : track));
  }

  async setMicrophoneMuted(muted: boolean): Promise<void> {
    this.calls.push(`microphone ${muted ? 'off' : 'on'}`);
  }

  async publishCamera(device: MediaTrackConstraints): Promise<void> {
    this.calls.push(`publish ${JSON.stringify(device.deviceId)}`);
    throw new Error('In use.');
  }

  async publishMicrophone(): Promise<void> {
    this.calls.push('publish microphone');
  }

  async publishScreen(options: unknown): Promise<void> {
    this.calls.push(`share ${JSON.stringify(options)}`);
    this.localTracks = [{ source: 'screen', muted: false, track: undefined }];
  }

  async unpublishScreen(): Promise<void> {
    this.calls.push('share no more');
    this.localTracks = [];
  }

  replaceCamera(device: MediaTrackConstraints): Promise<void> {
    return this.#ask(`replace camera ${JSON.stringify(device.deviceId)}`);
  }

  replaceMicrophone(device: MediaTrackConstraints): Promise<void> {
    return this.#ask(`replace microphone ${JSON.stringify(device.deviceId)}`);
  }

  react(reaction: string): Promise<void> {
    return this.#ask(`react ${reaction}`);
  }

  async setHandRaised(raised: boolean): Promise<void> {
    await this.#ask(raised ? 'raise hand' : 'lower hand');
    this.handRaisedAt = raised ? 1 : null;
    this.fire('handChanged', this.handRaisedAt);
  }

  async #lock(locked: boolean): Promise<void> {
    await this.#ask(locked ? 'lock' : 'unlock');
    this.isLocked = locked;
    this.fire('lockChanged', locked);
  }

  async #ask(call: string): Promise<void> {
    this.calls.push(call);
    if (this.refusal !== undefined) throw this.refusal;
  }

  async setVideoReceived(id: string, received: boolean): Promise<void> {
    this.calls.push(`${received ? 'receive' : 'stop'} video of ${id}`);
  }

  setSentTo(id: string, sent: boolean): Promise<void> {
    return this.#ask(`${sent ? 'send' : 'send nothing'} to ${id}`);
  }

  async setReceived(id: string, received: boolean): Promise<void> {
    this.calls.push(`${received ? 'receive' : 'stop'} track ${id}`);
  }

  async leave(): Promise<void> {
    this.calls.push('leave');
    this.fire('stateChanged', 'left');
  }
}

/** What `joinRoom` of the SDK does in a test, given to `vi.mock`; this file imports nothing of the SDK, or it would wait for itself. */
export const scene = {
  room: new FakeRoom(),
  joining: async (_options: unknown): Promise<FakeRoom> => scene.room,
};

export const fakeSdk = { joinRoom: (options: unknown): Promise<FakeRoom> => scene.joining(options) };
