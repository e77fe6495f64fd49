import { type BrowserPage, eventually } from './browser.ts';
import { hasHue, hasTone, isMoving } from './judged-media.ts';
import type { KurentoObject } from './kurento-client.ts';

const received = `document.getElementById('remote')`;

/** Ends a function in the page: answers the description, once all candidates are inside. */
const withCandidates = `
  while (pc.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 20));
  return pc.localDescription.sdp;`;

/** The candidates of the pair that is used: `{ local, remote }`; Firefox names the pair in its own way. */
const usedPair = `(async () => {
  const entries = [...(await pc.getStats()).values()];
  const { selectedCandidatePairId: used } = entries.find(({ type }) => type === 'transport') ?? {};
  const pair = entries.find(({ id, type, selected }) => id === used || (type === 'candidate-pair' && selected)) ?? {};
  const end = (wanted) => entries.find(({ id }) => id === wanted) ?? {};
  return { local: end(pair.localCandidateId), remote: end(pair.remoteCandidateId) };
})()`;

/** One end of a pair, of the browser's own statistics. */
export interface UsedCandidate {
  readonly candidateType: string;
  /** How a relay is reached: `udp`, `tcp` or `tls`. */
  readonly relayProtocol?: string;
}

/**
 * A page with an `RTCPeerConnection` and no library, `pc`, whose descriptions go to an endpoint or another page and back
 * with all of their candidates inside (trickle off). What it receives is shown in one `<video>`.
 */
export class RawPeer {
  readonly page: BrowserPage;
  readonly name: string;

  private constructor(page: BrowserPage, name: string) {
    this.page = page;
    this.name = name;
  }

  /** `url`: a page with `<video id="remote">`. */
  static async open(browser: BrowserPage, url: string, name: string): Promise<RawPeer> {
    await browser.goto(url);
    const peer = new RawPeer(browser, name);
    await peer.again();
    return peer;
  }

  /** A new connection in the place of the former one, with this `RTCConfiguration`. */
  async again(configuration: object = {}): Promise<void> {
    await this.page.evaluate(`(() => {
      window.pc?.close();
      window.pc = new RTCPeerConnection(${JSON.stringify(configuration)});
      const stream = new MediaStream();
      ${received}.srcObject = stream;
      pc.ontrack = ({ track }) => stream.addTrack(track);
    })()`);
  }

  /** Sends its camera or its microphone, and receives what comes back. */
  async adds(kind: 'audio' | 'video', direction: 'sendrecv' | 'sendonly' = 'sendrecv'): Promise<void> {
    await this.page.evaluate(`(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ ${kind}: true });
      pc.addTransceiver(stream.getTracks()[0], { direction: '${direction}', streams: [stream] });
    })()`);
  }

  /** Sends drawn pictures of 640 × 360: a small square that moves, and much that moves once `isBusy` is true. */
  async drawsFrames(): Promise<void> {
    await this.page.evaluate(`(() => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
      const context = canvas.getContext('2d');
      window.isBusy = false;
      let frame = 0;
      const draw = (colour, x, y, width, height) => { context.fillStyle = colour; context.fillRect(x, y, width, height); };
      setInterval(() => {
        frame += 1;
        if (!isBusy) { draw('#456', 0, 0, 640, 360); draw('#fff', frame * 4 % 600, 0, 40, 40); return; }
        for (let i = 0; i < 60; i++)
          draw('hsl(' + Math.random() * 360 + ', 80%, 50%)', Math.random() * 640, Math.random() * 360, 60, 45);
      }, 50);
      const stream = canvas.captureStream(20);
      pc.addTransceiver(stream.getTracks()[0], { direction: 'sendonly', streams: [stream] });
    })()`);
  }

  /** Sends drawn pictures of this colour of CSS, with a bar that moves through their upper quarter. */
  async draws(colour: string): Promise<void> {
    await this.page.evaluate(`(() => {
      clearInterval(window.drawing);
      const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
      const context = canvas.getContext('2d');
      let frame = 0;
      window.drawing = setInterval(() => {
        context.fillStyle = '${colour}';
        context.fillRect(0, 0, 320, 240);
        context.fillStyle = '#fff';
        context.fillRect(frame++ * 4 % 280, 0, 40, 60);
      }, 50);
      const stream = canvas.captureStream(20);
      pc.addTrack(stream.getTracks()[0], stream);
    })()`);
  }

  /** Receives, and takes only the codec of that name (`video/VP9`), all when it is left out. */
  async receives(kind: 'audio' | 'video', codec?: string): Promise<void> {
    const choice = `transceiver.setCodecPreferences(RTCRtpReceiver.getCapabilities('${kind}').codecs
      .filter(({ mimeType }) => mimeType === '${codec}'));`;
    await this.page.evaluate(`(() => {
      const transceiver = pc.addTransceiver('${kind}', { direction: 'recvonly' });
      ${codec === undefined ? '' : choice}
    })()`);
  }

  /** Offers to the endpoint, for the first time or again, and takes its answer; returns that. */
  async offersTo(endpoint: KurentoObject, options: { readonly iceRestart?: boolean } = {}): Promise<string> {
    const offer = await this.page.evaluate<string>(`(async () => {
      await pc.setLocalDescription(await pc.createOffer(${JSON.stringify(options)}));
      ${withCandidates}
    })()`);
    const gathered = new Promise((resolve) => endpoint.on('IceGatheringDone', resolve));
    await endpoint.processOffer(offer);
    await endpoint.gatherCandidates();
    await gathered;
    const answer = await endpoint.getLocalSessionDescriptor();
    await this.page.evaluate(`pc.setRemoteDescription({ type: 'answer', sdp: ${JSON.stringify(answer)} })`);
    return answer;
  }

  /** Offers to the other page, which answers. What both send was added before. */
  async calls(other: RawPeer): Promise<void> {
    const offer = await this.page.evaluate<string>(`(async () => {
      await pc.setLocalDescription();
      ${withCandidates}
    })()`);
    const answer = await other.page.evaluate<string>(`(async () => {
      await pc.setRemoteDescription({ type: 'offer', sdp: ${JSON.stringify(offer)} });
      await pc.setLocalDescription();
      ${withCandidates}
    })()`);
    await this.page.evaluate(`pc.setRemoteDescription({ type: 'answer', sdp: ${JSON.stringify(answer)} })`);
  }

  /** Between what the packets go. */
  async usedPair(): Promise<{ readonly local: UsedCandidate; readonly remote: UsedCandidate }> {
    return this.page.evaluate(usedPair);
  }

  async isConnected(): Promise<void> {
    await eventually(this.page, `pc.connectionState === 'connected'`, `${this.name} is connected`);
  }

  async seesHue(hue: number): Promise<void> {
    await eventually(this.page, hasHue(received, hue), `${this.name} sees the hue ${hue}`);
  }

  async seesMovement(): Promise<void> {
    await eventually(this.page, isMoving(received), `${this.name} sees movement`);
  }

  async hearsTone(hertz: number): Promise<void> {
    const track = `${received}.srcObject.getAudioTracks()[0]`;
    await eventually(this.page, hasTone(track, hertz), `${this.name} hears ${hertz} Hz`);
  }

  /** The browser's own statistics of this type and kind. */
  async statistics(type: string, kind?: 'audio' | 'video'): Promise<Readonly<Record<string, unknown>>> {
    return this.page.evaluate(`pc.getStats().then((report) =>
      [...report.values()].find(({ type, kind, nominated }) =>
        type === '${type}' && ${kind === undefined ? `nominated !== false` : `kind === '${kind}'`}) ?? {})`);
  }
}
