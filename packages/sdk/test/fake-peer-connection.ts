import type { TrackKind } from '@rivero/api';
import { FakeTrack } from './fake-track.ts';

interface FakeIceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

interface FakeConfiguration {
  readonly iceServers?: readonly FakeIceServer[];
  readonly iceTransportPolicy?: string;
  readonly bundlePolicy?: string;
  readonly rtcpMuxPolicy?: string;
}

interface FakeParameters {
  readonly transactionId: string;
  readonly encodings: readonly Record<string, number>[];
}

interface FakeSender {
  track: FakeTrack | null;
  /** What the encoding is held to. */
  encoding: Record<string, number>;
  replaceTrack(track: FakeTrack | null): Promise<void>;
  getParameters(): FakeParameters;
  setParameters(parameters: FakeParameters): Promise<void>;
}

interface FakeTransceiver {
  mid: string | null;
  direction: string;
  readonly sender: FakeSender;
  readonly receiver: { readonly track: FakeTrack };
  /** Names of the codecs in their order; empty: that of the browser. */
  codecs: readonly string[];
  setCodecPreferences(codecs: readonly { readonly mimeType: string }[]): void;
}

/** Comes behind the microtasks of what is under way, as a task that a browser queues does. */
async function queuedTask(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function invalidState(what: string): DOMException {
  return new DOMException(what, 'InvalidStateError');
}

/**
 * As much of an RTCPeerConnection as the SDK touches; its rules are those of the W3C: nothing on a closed one, an answer
 * only to an offer, no offer without a section (as Chromium has it), sections get their `mid` from an offer and lose it by a rollback. An offer's text names its sections.
 */
export class FakePeerConnection {
  /** Every one that was made, in order. */
  static readonly made: FakePeerConnection[] = [];

  configuration: FakeConfiguration;
  /** Servers of these addresses are refused by the browser. */
  static refusedUrls: readonly string[] = [];
  connectionState = 'new';
  iceConnectionState = 'new';
  iceGatheringState: 'new' | 'complete' = 'new';
  signalingState: 'stable' | 'have-local-offer' | 'closed' = 'stable';
  localDescription: { readonly type: 'offer'; readonly sdp: string } | null = null;
  /** What it reports. */
  stats: ReadonlyMap<string, unknown> = new Map();
  /** How often ICE was restarted. */
  restartCount = 0;
  /** Applying an answer waits for this. */
  answersHeld: Promise<void> = Promise.resolve();
  readonly #transceivers: FakeTransceiver[] = [];
  readonly #events = new EventTarget();
  #agreedCount = 0;

  constructor(configuration: FakeConfiguration) {
    this.configuration = configuration;
    FakePeerConnection.made.push(this);
  }

  /** The policies of bundling stay as they were (W3C webrtc-pc section 4.4.1.6). */
  setConfiguration(configuration: FakeConfiguration): void {
    this.#assertOpen();
    const isRefused = ({ urls }: FakeIceServer): boolean =>
      urls.some((url) => FakePeerConnection.refusedUrls.includes(url));
    if (configuration.iceServers?.some(isRefused) === true) throw new DOMException('refused', 'SyntaxError');
    const { bundlePolicy, rtcpMuxPolicy } = configuration;
    if (bundlePolicy !== this.configuration.bundlePolicy || rtcpMuxPolicy !== this.configuration.rtcpMuxPolicy) {
      throw new DOMException('another policy', 'InvalidModificationError');
    }
    this.configuration = configuration;
  }

  addEventListener(name: string, listener: (event: Event) => void): void {
    this.#events.addEventListener(name, listener);
  }

  addTransceiver(trackOrKind: FakeTrack | TrackKind, { direction }: { readonly direction: string }): FakeTransceiver {
    this.#assertOpen();
    const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind;
    const transceiver: FakeTransceiver = {
      mid: null,
      direction,
      sender: this.#sender(typeof trackOrKind === 'string' ? null : trackOrKind),
      receiver: { track: new FakeTrack(kind) },
      codecs: [],
      setCodecPreferences: (codecs) => {
        transceiver.codecs = codecs.map(({ mimeType }) => mimeType.slice('video/'.length));
      },
    };
    this.#transceivers.push(transceiver);
    return transceiver;
  }

  getTransceivers(): readonly FakeTransceiver[] {
    return [...this.#transceivers];
  }

  /** Sections of a direction and kind. */
  sections(direction: string, kind: TrackKind): readonly FakeTransceiver[] {
    return this.#transceivers.filter(
      (transceiver) => transceiver.direction === direction && transceiver.receiver.track.kind === kind,
    );
  }

  async setLocalDescription(description?: { readonly type: 'rollback' }): Promise<void> {
    await Promise.resolve();
    this.#assertOpen();
    if (description?.type === 'rollback') {
      if (this.signalingState !== 'have-local-offer') throw invalidState('there is no offer to take back');
      for (const transceiver of this.#transceivers.slice(this.#agreedCount)) transceiver.mid = null;
      this.signalingState = 'stable';
      return;
    }
    if (this.signalingState !== 'stable') throw invalidState('two offers at once');
    if (this.#transceivers.length === 0) throw new DOMException('max-bundle without a section', 'OperationError');
    for (const [i, transceiver] of this.#transceivers.entries()) transceiver.mid = `${i}`;
    const sections = this.#transceivers.map(
      ({ mid, direction, receiver }) => `${mid} ${receiver.track.kind} ${direction}`,
    );
    this.localDescription = { type: 'offer', sdp: sections.join('\n') };
    this.signalingState = 'have-local-offer';
  }

  async setRemoteDescription(description: { readonly type: 'answer'; readonly sdp: string }): Promise<void> {
    const offered = this.#transceivers.filter(({ mid }) => mid !== null).length;
    await this.answersHeld;
    this.#assertOpen();
    if (this.signalingState !== 'have-local-offer') throw invalidState('an answer without an offer');
    if (description.sdp === '') throw new DOMException('no session description', 'OperationError');
    this.#agreedCount = offered;
    this.signalingState = 'stable';
  }

  async getStats(): Promise<ReadonlyMap<string, unknown>> {
    this.#assertOpen();
    return this.stats;
  }

  restartIce(): void {
    this.restartCount++;
  }

  close(): void {
    this.signalingState = 'closed';
    this.connectionState = 'closed';
  }

  /** A STUN or TURN server failed. */
  failServer(errorCode: number, url: string, errorText = ''): void {
    const event = Object.assign(new Event('icecandidateerror'), { errorCode, errorText, url });
    this.#events.dispatchEvent(event);
  }

  /** All candidates were gathered; this is how many there are. */
  endGathering(candidates: number): void {
    const { sdp = '' } = this.localDescription ?? {};
    this.localDescription = { type: 'offer', sdp: `${sdp}${'\na=candidate:1'.repeat(candidates)}` };
    this.iceGatheringState = 'complete';
    this.#events.dispatchEvent(new Event('icegatheringstatechange'));
  }

  /** The path to the server changed. */
  become(state: 'connecting' | 'connected' | 'disconnected' | 'failed'): void {
    this.connectionState = state;
    this.iceConnectionState = state;
    this.#events.dispatchEvent(new Event('connectionstatechange'));
  }

  /** A track is replaced in a queued task (W3C webrtc-pc section 5.2, replaceTrack). Parameters are taken only as they were got last, and once (W3C webrtc-pc section 5.2, setParameters). */
  #sender(track: FakeTrack | null): FakeSender {
    let got: string | undefined;
    const sender: FakeSender = {
      track,
      encoding: {},
      replaceTrack: async (next) => {
        this.#assertOpen();
        await queuedTask();
        sender.track = next;
      },
      getParameters: () => {
        got = crypto.randomUUID();
        return { transactionId: got, encodings: [{ ...sender.encoding }] };
      },
      setParameters: async ({ transactionId, encodings }) => {
        const isLast = transactionId === got;
        got = undefined;
        await Promise.resolve();
        this.#assertOpen();
        if (!isLast) throw new DOMException('other parameters were got since', 'InvalidModificationError');
        sender.encoding = { ...encodings[0] };
      },
    };
    return sender;
  }

  #assertOpen(): void {
    if (this.signalingState === 'closed') throw invalidState('the peer connection is closed');
  }
}
