import {
  assert,
  earliestOf,
  formatTransportAddress,
  type MonotonicMs,
  monotonicMs,
  never,
  type PathHandle,
  randomUint32,
  type TransportAddress,
  wallClockMs,
} from '@rivero/core';
import { DtlsAssociation, type DtlsCertificate, type SrtpKeys } from '@rivero/protocol/dtls';
import { generateIceCredentials, IceControllingAgent, type IceCredentials } from '@rivero/protocol/ice';
import { ntpFromWallClock, parseRtcpCompound, type RtcpPacket, serializeRtcpCompound } from '@rivero/protocol/rtcp';
import {
  createOffer,
  type Direction,
  offeredAudioCodecs,
  type MediaSection,
  offeredVideoCodecs,
  type OfferedSection,
  parseSessionDescription,
  serializeSessionDescription,
} from '@rivero/protocol/sdp';
import { rtpFixedHeaderLength } from '@rivero/protocol/rtp';
import { SrtpReceiver, SrtpSender } from '@rivero/protocol/srtp';
import type { SeededRandom } from '../seeded-random.ts';
import { answerSection } from './headless-answer.ts';
import { ReceivedVideo, SentVideo } from './headless-media.ts';
import { SentSound } from './sent-sound.ts';

export interface HeadlessPeerOptions {
  readonly random: SeededRandom;
  readonly certificate: DtlsCertificate;
  /** Where its packets come from. */
  readonly address: TransportAddress;
  /** It sends sound too. */
  readonly hasSound: boolean;
  /** Its sections send and receive; left out: they only send, and others are for receiving. */
  readonly isBothWays?: boolean;
  /** Number of its first frame, to tell its video from another one; left out: 0. */
  readonly firstFrame?: number;
  readonly send: (bytes: Uint8Array, from: TransportAddress, to: TransportAddress) => void;
}

/** Between frames: 25 a second. */
const frameIntervalMs = 40;
const soundIntervalMs = 20;
const feedbackIntervalMs = 20;
const reportIntervalMs = 1_000;

/** The mid of the section in which it sends. */
export const sentMid = 'sent';
export const sentSoundMid = 'sound';

/**
 * A browser without a browser: offers, checks, shakes hands, sends synthetic video with RTX, and receives and judges
 * what others send. Sans-IO: it is told datagrams and time.
 */
export class HeadlessPeer {
  readonly trackId: string;
  readonly sent: SentVideo;
  /** undefined: it sends no sound. */
  readonly sound: SentSound | undefined;
  readonly received = new Map<string, ReceivedVideo>();
  readonly #options: HeadlessPeerOptions;
  #ice: IceCredentials;
  readonly #localSsrc: number;
  readonly #receiveMids: string[] = [];
  #address: TransportAddress;
  #agent: IceControllingAgent | undefined;
  #dtls: DtlsAssociation | undefined;
  #sender: SrtpSender | undefined;
  #receiver: SrtpReceiver | undefined;
  #remotes: readonly TransportAddress[] = [];
  #frameAt = never;
  #soundAt = never;
  #feedbackAt = never;
  #reportAt = never;
  /** False: it publishes nothing. */
  isSending = true;
  /** When SRTP keys were there. */
  connectedAt: MonotonicMs | undefined;
  closeReason: string | undefined;

  constructor(options: HeadlessPeerOptions) {
    this.#options = options;
    this.#address = options.address;
    const { bytes } = options.random;
    this.#ice = generateIceCredentials(bytes);
    this.#localSsrc = randomUint32(bytes);
    this.trackId = `track-${randomUint32(bytes)}`;
    const [{ payloadType, rtxPayloadType }] = offeredVideoCodecs;
    assert(rtxPayloadType !== undefined, 'the first offered codec has RTX');
    const { firstFrame = 0 } = options;
    const ssrcs = { ssrc: randomUint32(bytes), rtxSsrc: randomUint32(bytes) };
    this.sent = new SentVideo({ ...ssrcs, payloadType, rtxPayloadType, firstFrame });
    if (!options.hasSound) return;
    const trackId = `sound-${this.trackId}`;
    const [opus] = offeredAudioCodecs;
    this.sound = new SentSound({ trackId, ssrc: randomUint32(bytes), payloadType: opus.payloadType });
  }

  /** The sections of its offer that carry its tracks. */
  get tracks(): readonly { readonly mid: string; readonly trackId: string }[] {
    const sound = this.sound === undefined ? [] : [{ mid: sentSoundMid, trackId: this.sound.trackId }];
    return [{ mid: sentMid, trackId: this.trackId }, ...sound];
  }

  /** An offer with its own section and that many receive sections more than the last one. */
  createOffer(moreSections: number): string {
    for (let i = 0; i < moreSections; i++) this.#receiveMids.push(`r${this.#receiveMids.length}`);
    const own: OfferedSection = {
      mid: sentMid,
      kind: 'video',
      direction: this.#ownDirection(),
      sent: {
        msid: { stream: 'own', track: this.trackId },
        cname: this.trackId,
        ssrc: this.sent.ssrc,
        rtxSsrc: this.sent.rtxSsrc,
      },
    };
    return serializeSessionDescription(
      createOffer({
        sessionId: '1',
        sessionVersion: 1,
        local: { ice: this.#ice, iceLite: false, fingerprint: this.#options.certificate.fingerprint, candidates: [] },
        sections: [
          own,
          ...this.#soundSections(),
          ...this.#receiveMids.map((mid) => ({ mid, kind: 'video', direction: 'recvonly' }) as const),
        ],
      }),
    );
  }

  #soundSections(): readonly OfferedSection[] {
    if (this.sound === undefined) return [];
    const { trackId, ssrc } = this.sound;
    const sent = { msid: { stream: 'own', track: trackId }, cname: this.trackId, ssrc };
    return [{ mid: sentSoundMid, kind: 'audio', direction: this.#ownDirection(), sent }];
  }

  #ownDirection(): Direction {
    if (this.#options.isBothWays === true) return this.isSending ? 'sendrecv' : 'recvonly';
    return this.isSending ? 'sendonly' : 'inactive';
  }

  /** Its next offer restarts ICE. */
  restartIce(): void {
    this.#ice = generateIceCredentials(this.#options.random.bytes);
  }

  /** Its answer to an offer, in whose sections it sends and receives. */
  createAnswer(offer: string, now: MonotonicMs): string {
    const description = parseSessionDescription(offer);
    this.#handleDescription(description.sections, now);
    const { fingerprint } = this.#options.certificate;
    const video = { kind: 'video', cname: this.trackId, ssrcs: [this.sent.ssrc, this.sent.rtxSsrc] } as const;
    const audio = {
      kind: 'audio',
      cname: this.trackId,
      ssrcs: this.sound === undefined ? [] : [this.sound.ssrc],
    } as const;
    const sections = description.sections.map((section) =>
      answerSection(section, section.kind === 'video' ? video : audio, { ice: this.#ice, fingerprint }),
    );
    return serializeSessionDescription({ ...description, iceLite: false, sections });
  }

  handleAnswer(answer: string, now: MonotonicMs): void {
    this.#handleDescription(parseSessionDescription(answer).sections, now);
  }

  #handleDescription(sections: readonly MediaSection[], now: MonotonicMs): void {
    const first = sections.find(({ ice }) => ice !== undefined);
    if (first !== undefined) this.#connect(first, now);
    for (const section of sections) {
      const [ssrc, rtxSsrc] = section.ssrcs;
      const track = section.msid?.track ?? '';
      const before = this.received.get(track);
      const isSending = section.direction === 'sendonly' || section.direction === 'sendrecv';
      if (!isSending || ssrc === undefined || before?.ssrc === ssrc) continue;
      const payloadType = section.codecs[0].payloadType;
      const video = new ReceivedVideo({
        ssrc,
        payloadType,
        ...(rtxSsrc === undefined ? {} : { rtxSsrc }),
        ...(before === undefined ? {} : { judge: before.judge }),
      });
      this.received.set(track, video);
    }
  }

  /** Goes on from another address, as a phone does that changes networks: checks and nominates from there. */
  moveTo(address: TransportAddress, now: MonotonicMs): void {
    this.#address = address;
    const path = this.#pathTo(this.#remotes[0]);
    this.#agent?.addPath(path, now);
    this.#agent?.nominate(path, now);
    this.#drain();
  }

  handleDatagram(bytes: Uint8Array, from: TransportAddress, now: MonotonicMs): void {
    const [first] = bytes;
    if (first <= 3) {
      const path = this.#pathTo(
        this.#remotes.find((remote) => formatTransportAddress(remote) === formatTransportAddress(from)) ?? from,
      );
      this.#agent?.handleStun(bytes, path, from, now);
    } else if (first <= 63) {
      this.#dtls?.handleDatagram(bytes, now);
    } else {
      this.#handleSrtp(bytes, now);
    }
    this.#drain(now);
  }

  handleTimeout(now: MonotonicMs): void {
    this.#agent?.handleTimeout(now);
    this.#dtls?.handleTimeout(now);
    if (now >= this.#frameAt) this.#sendFrame(now);
    if (now >= this.#soundAt) this.#sendSound(now);
    if (now >= this.#feedbackAt) this.#sendFeedback(now);
    if (now >= this.#reportAt) this.#sendReport(now);
    this.#drain(now);
  }

  deadline(): MonotonicMs {
    const agent = this.#agent?.deadline() ?? never;
    const dtls = this.#dtls?.deadline() ?? never;
    return earliestOf([agent, dtls, this.#frameAt, this.#soundAt, this.#feedbackAt, this.#reportAt]);
  }

  /** Says good-bye by DTLS. */
  close(): void {
    this.#dtls?.close();
    this.#drain();
    this.#frameAt = never;
    this.#soundAt = never;
    this.#feedbackAt = never;
    this.#reportAt = never;
  }

  #connect(section: MediaSection, now: MonotonicMs): void {
    const { ice: remote, fingerprints: remoteFingerprints } = section;
    assert(remote !== undefined, 'the description has ICE credentials');
    const isSame = this.#agent?.remoteCredentials.ufrag === remote.ufrag;
    if (isSame) return;
    const { random, certificate } = this.#options;
    this.#remotes = section.candidates
      .filter(({ protocol }) => protocol === 'udp')
      .map(({ address, port }) => ({ ip: address, port }));
    if (this.#agent !== undefined) this.#agent.restart(this.#ice, remote, now);
    this.#agent ??= new IceControllingAgent({ local: this.#ice, remote, random: random.bytes });
    for (const address of this.#remotes) this.#agent.addPath(this.#pathTo(address), now);
    this.#dtls ??= new DtlsAssociation({ role: 'client', certificate, remoteFingerprints, random: random.bytes });
    this.#agent.handleTimeout(now);
    this.#drain(now);
  }

  /** A path is our address and the remote's: two halves of one number are enough for a test's few. */
  #pathTo(remote: TransportAddress): PathHandle {
    const index = this.#remotes.findIndex((known) => known.ip === remote.ip && known.port === remote.port);
    return ((this.#address.port << 8) | (index + 1)) as PathHandle;
  }

  #drain(now: MonotonicMs = monotonicMs(0)): void {
    const agent = this.#agent;
    const dtls = this.#dtls;
    if (agent === undefined || dtls === undefined) return;
    for (let output = agent.pollOutput(); output !== undefined; output = agent.pollOutput()) {
      const remote = 'path' in output ? this.#remotes[(output.path & 0xff) - 1] : undefined;
      if (output.type === 'send' && remote !== undefined) this.#options.send(output.bytes, this.#address, remote);
      if (output.type === 'selected' && dtls.state === 'handshaking') dtls.start(now);
    }
    for (let output = dtls.pollOutput(); output !== undefined; output = dtls.pollOutput()) {
      if (output.type === 'datagram') this.#send(output.bytes);
      else if (output.type === 'connected') this.#begin(output.srtp, now);
      else if (output.type === 'closed') this.closeReason = output.reason;
    }
  }

  #begin(keys: SrtpKeys, now: MonotonicMs): void {
    const { profile, localKey, localSalt, remoteKey, remoteSalt } = keys;
    this.#sender = new SrtpSender({ profile, masterKey: localKey, masterSalt: localSalt });
    this.#receiver = new SrtpReceiver({ profile, masterKey: remoteKey, masterSalt: remoteSalt });
    this.connectedAt = now;
    this.#frameAt = this.isSending ? now : never;
    this.#soundAt = this.sound === undefined ? never : now;
    this.#feedbackAt = now;
    this.#reportAt = now;
  }

  #send(bytes: Uint8Array): void {
    const selected = this.#agent?.selectedPath;
    const remote = selected === undefined ? undefined : this.#remotes[(selected & 0xff) - 1];
    if (remote !== undefined) this.#options.send(bytes, this.#address, remote);
  }

  #sendFrame(now: MonotonicMs): void {
    this.#frameAt = monotonicMs(now + frameIntervalMs);
    for (const { packet, rolloverCounter } of this.sent.nextFrame(now)) this.#sendRtp(packet, rolloverCounter);
  }

  #sendSound(now: MonotonicMs): void {
    this.#soundAt = monotonicMs(now + soundIntervalMs);
    if (this.sound === undefined) return;
    const { packet, headerLength, rolloverCounter } = this.sound.nextPacket();
    this.#sendRtp(packet, rolloverCounter, headerLength);
  }

  #sendRtp(packet: Uint8Array, rolloverCounter: number, headerLength = rtpFixedHeaderLength): void {
    const out = new Uint8Array(packet.length + 16);
    out.set(packet);
    const length = this.#sender?.protectRtp(out, headerLength, packet.length, rolloverCounter);
    if (typeof length === 'number') this.#send(out.subarray(0, length));
  }

  #sendRtcp(packets: readonly RtcpPacket[]): void {
    const compound = serializeRtcpCompound(packets);
    const out = new Uint8Array(compound.length + 32);
    out.set(compound);
    const length = this.#sender?.protectRtcp(out, compound.length);
    if (typeof length === 'number') this.#send(out.subarray(0, length));
  }

  #sendFeedback(now: MonotonicMs): void {
    this.#feedbackAt = monotonicMs(now + feedbackIntervalMs);
    for (const video of this.received.values()) {
      for (const feedback of video.poll(this.#localSsrc, now)) this.#sendRtcp([feedback]);
    }
  }

  #sendReport(now: MonotonicMs): void {
    this.#reportAt = monotonicMs(now + reportIntervalMs);
    const rtpTimestamp = Math.round(now * 90) >>> 0;
    const ntp = ntpFromWallClock(wallClockMs(1_900_000_000_000 + now));
    this.#sendRtcp([
      { type: 'sr', ssrc: this.sent.ssrc, ntp, rtpTimestamp, packetCount: 0, octetCount: 0, reports: [] },
    ]);
  }

  #handleSrtp(bytes: Uint8Array, now: MonotonicMs): void {
    const receiver = this.#receiver;
    if (receiver === undefined) return;
    const isRtcp = bytes[1] >= 192 && bytes[1] <= 223;
    const packet = bytes.slice();
    const length = isRtcp ? receiver.unprotectRtcp(packet) : receiver.unprotectRtp(packet);
    if (typeof length === 'string') return;
    if (isRtcp) return this.#handleRtcp(packet.subarray(0, length));
    const ssrc = new DataView(packet.buffer).getUint32(8);
    for (const video of this.received.values()) {
      if (video.ssrc === ssrc || video.rtxSsrc === ssrc) video.handlePacket(packet.subarray(0, length), now);
    }
  }

  #handleRtcp(compound: Uint8Array): void {
    const packets = parseRtcpCompound(compound);
    if (typeof packets === 'string') return;
    for (const packet of packets) {
      if (packet.type === 'nack' && packet.mediaSsrc === this.sent.ssrc) {
        for (const rtx of this.sent.retransmit(packet.lostSequences)) this.#sendRtp(rtx, 0);
      } else if (packet.type === 'pli' && packet.mediaSsrc === this.sent.ssrc) {
        this.sent.video.requestKeyframe();
      } else if (packet.type === 'sr') {
        for (const video of this.received.values()) if (video.ssrc === packet.ssrc) video.handleSenderReport(packet);
      }
    }
  }
}
