import { CodedError, type RandomBytes, randomUint32 } from '@rivero/core';
import {
  codecNameOf,
  createAnswer,
  extensionIdsOf,
  isAnswerable,
  type LocalTransport,
  type MediaSection,
  parseSessionDescription,
  readRemoteTransport,
  type RemoteTransport,
  type SectionAnswer,
  serializeSessionDescription,
} from '@rivero/protocol/sdp';
import type { MediaKind, OfferedTrack, RefusedTrack, SectionsNeeded } from '../contract.ts';
import { codecFor, type FreeSection, FreeSections } from './free-sections.ts';
import { isSame } from './is-same.ts';
import type { ReceivedParameters, SentParameters, WantedTrack } from './media-parameters.ts';
import { receivedCodec } from './received-codec.ts';

export interface NegotiationRequest {
  /** The peer's offer, as SDP. */
  readonly offer: string;
  readonly tracks: readonly OfferedTrack[];
  readonly wanted: readonly WantedTrack[];
  /** Our side for the answer; `isIceRestart`: the peer's ICE credentials are new, so ours must be. */
  readonly local: (isIceRestart: boolean) => LocalTransport;
}

/** What an offer led to. Nothing has changed before `commit`. */
export interface Negotiation {
  readonly answer: string;
  readonly remote: RemoteTransport;
  readonly isIceRestart: boolean;
  /** Everything the peer sends from now on. */
  readonly received: readonly ReceivedParameters[];
  /** Everything the peer receives from now on. */
  readonly sent: readonly SentParameters[];
  readonly refused: readonly RefusedTrack[];
  readonly sectionsNeeded: SectionsNeeded;
  /** Makes it the present state. */
  commit(): void;
}

/** A section in which the peer can receive. */
interface ReceiveSection {
  readonly kind: MediaKind;
  /** What it carries; undefined: free. */
  sent?: SentParameters;
}

function kindOf(section: MediaSection): MediaKind {
  return section.kind === 'audio' ? 'audio' : 'video';
}

/**
 * One peer's offers and our answers: which sections carry the peer's tracks, and which tracks of others go into which
 * of its receive sections. Pure: it is told offers and wishes, and names what the router has to do.
 */
export class Negotiator {
  readonly #random: RandomBytes;
  readonly #sessionId: string;
  #sessionVersion = 0;
  /** The mids of the last offer, whose order no later one may change; a rejected section may be recycled (RFC 8829 section 5.2.2). */
  #mids: readonly (string | undefined)[] = [];
  #remoteUfrag: string | undefined;
  #receiveSections = new Map<string, ReceiveSection>();

  constructor(random: RandomBytes) {
    this.#random = random;
    this.#sessionId = String(randomUint32(random));
  }

  /** Reads an offer and works out the answer; refuses with a coded error what cannot be answered. */
  negotiate(request: NegotiationRequest): Negotiation {
    const offer = parseSessionDescription(request.offer);
    const remote = readRemoteTransport(offer);
    const mids = offer.sections.map(({ mid }) => mid);
    if (this.#mids.length > mids.length || this.#mids.some((mid, i) => mid !== undefined && mids[i] !== mid)) {
      throw new CodedError(
        'sdp-sections-moved',
        'A later offer keeps the sections of the earlier ones, in their order.',
      );
    }
    const isIceRestart = this.#remoteUfrag !== undefined && this.#remoteUfrag !== remote.ice.ufrag;
    const received = offer.sections.flatMap((section) => this.#receivedIn(section, request.tracks));
    const { sections: receiveSections, refused } = this.#assign(offer.sections, received, request.wanted);
    const answers = offer.sections.map((section) => answerOf(section, received, receiveSections, request.wanted));
    const answer = createAnswer(offer, {
      sessionId: this.#sessionId,
      sessionVersion: this.#sessionVersion,
      local: request.local(isIceRestart),
      sections: answers,
    });
    const sent = [...receiveSections.values()].flatMap((section) => (section.sent === undefined ? [] : [section.sent]));
    return {
      answer: serializeSessionDescription(answer),
      remote,
      isIceRestart,
      received,
      sent,
      refused,
      sectionsNeeded: neededFor(request.wanted, receiveSections, new Set(refused.map(({ trackId }) => trackId))),
      commit: () => {
        this.#sessionVersion += 1;
        this.#mids = answers.map((answer, i) => (answer.type === 'reject' ? undefined : mids[i]));
        this.#remoteUfrag = remote.ice.ufrag;
        this.#receiveSections = receiveSections;
      },
    };
  }

  /** What the peer would have to offer before it receives all of these. */
  sectionsNeeded(wanted: readonly WantedTrack[]): SectionsNeeded {
    return neededFor(wanted, this.#receiveSections, new Set());
  }

  /** Frees the sections of tracks that are not wanted any more; they carry others after the next negotiation. */
  release(wanted: readonly WantedTrack[]): void {
    const ids = new Set(wanted.map(({ trackId }) => trackId));
    for (const [mid, section] of this.#receiveSections) {
      if (section.sent !== undefined && !ids.has(section.sent.trackId)) {
        this.#receiveSections.set(mid, { kind: section.kind });
      }
    }
  }

  #receivedIn(section: MediaSection, tracks: readonly OfferedTrack[]): readonly ReceivedParameters[] {
    const track = tracks.find(({ mid }) => mid === section.mid);
    const isSending = section.direction === 'sendrecv' || section.direction === 'sendonly';
    if (track === undefined || !isSending || !isAnswerable(section)) return [];
    const codec = receivedCodec(section);
    const codecName = codec && codecNameOf(codec);
    if (codec === undefined || codecName === undefined) return [];
    const isSimulcast = section.rids.length > 0;
    const repair = section.ssrcGroups.find(({ semantics }) => semantics === 'FID')?.ssrcs;
    const ssrc = isSimulcast ? undefined : (repair?.[0] ?? section.ssrcs[0]);
    const rtxSsrc = isSimulcast || codec.rtxPayloadType === undefined ? undefined : repair?.[1];
    return [
      {
        trackId: track.trackId,
        mid: section.mid,
        kind: kindOf(section),
        codecName,
        codec,
        extensions: extensionIdsOf(section.extensions, true),
        ...(ssrc === undefined ? {} : { ssrc }),
        ...(rtxSsrc === undefined ? {} : { rtxSsrc }),
      },
    ];
  }

  /** Which track goes into which receive section: those that have one keep it, the others take the free ones. */
  #assign(
    offered: readonly MediaSection[],
    received: readonly ReceivedParameters[],
    wanted: readonly WantedTrack[],
  ): { sections: Map<string, ReceiveSection>; refused: readonly RefusedTrack[] } {
    const sections = new Map<string, ReceiveSection>();
    const receiving = offered.filter(
      (section) =>
        isAnswerable(section) &&
        (section.direction === 'recvonly' || section.direction === 'sendrecv') &&
        !received.some(({ mid }) => mid === section.mid),
    );
    const tracks = new Map(wanted.map((track) => [track.trackId, track]));
    const assigned = new Set<string>();
    for (const section of receiving) {
      const before = this.#receiveSections.get(section.mid)?.sent;
      const track = before && tracks.get(before.trackId);
      const codec = track && codecFor(section, track.codec);
      const kept = track && codec && this.#sentIn({ section, codec }, track, before);
      sections.set(section.mid, kept === undefined ? { kind: kindOf(section) } : { kind: kindOf(section), sent: kept });
      if (kept !== undefined) assigned.add(kept.trackId);
    }
    const free = receiving.filter(({ mid }) => sections.get(mid)?.sent === undefined);
    const freeOf = { audio: new FreeSections('audio', free), video: new FreeSections('video', free) };
    const refused: RefusedTrack[] = [];
    for (const track of wanted) {
      if (assigned.has(track.trackId)) continue;
      const isAnyFree = freeOf[track.kind].count > 0;
      const found = freeOf[track.kind].take(track.codec);
      const sent = found && this.#sentIn(found, track);
      if (sent !== undefined) sections.set(sent.mid, { kind: sent.kind, sent });
      else if (isAnyFree) refused.push({ trackId: track.trackId, reason: 'no-common-codec' });
    }
    return { sections, refused };
  }

  /**
   * The track as that section carries it. As it was `before` if nothing else changed, otherwise with fresh SSRCs: a
   * stream that begins anew may not use an index of SRTP twice (RFC 3711 section 9.1).
   */
  #sentIn({ section, codec }: FreeSection, track: WantedTrack, before?: SentParameters): SentParameters | undefined {
    const codecName = codecNameOf(codec);
    if (codecName === undefined) return undefined;
    const fixed = {
      trackId: track.trackId,
      mid: section.mid,
      kind: track.kind,
      codecName,
      codec,
      extensions: extensionIdsOf(section.extensions, false),
      cname: track.cname,
    };
    if (before !== undefined && isSame({ ...before, ...fixed }, before)) return before;
    const hasRtx = codec.rtxPayloadType !== undefined;
    return { ...fixed, ssrc: this.#freshSsrc(), ...(hasRtx ? { rtxSsrc: this.#freshSsrc() } : {}) };
  }

  /** 32 random bits; two of one peer's few streams are never alike in practice, and 0 is left to those who mean none. */
  #freshSsrc(): number {
    return randomUint32(this.#random) || 1;
  }
}

function answerOf(
  section: MediaSection,
  received: readonly ReceivedParameters[],
  receiveSections: ReadonlyMap<string, ReceiveSection>,
  wanted: readonly WantedTrack[],
): SectionAnswer {
  if (!isAnswerable(section)) return { type: 'reject' };
  const own = received.find(({ mid }) => mid === section.mid);
  if (own !== undefined) return { type: 'receive', codec: own.codec };
  const sent = receiveSections.get(section.mid)?.sent;
  const track = wanted.find(({ trackId }) => trackId === sent?.trackId);
  if (sent === undefined || track === undefined) return { type: 'inactive' };
  const { codec, ssrc, rtxSsrc, cname } = sent;
  const msid = { stream: track.streamId, track: track.trackId };
  return { type: 'send', codec, sent: { msid, cname, ssrc, ...(rtxSsrc === undefined ? {} : { rtxSsrc }) } };
}

function neededFor(
  wanted: readonly WantedTrack[],
  sections: ReadonlyMap<string, ReceiveSection>,
  refused: ReadonlySet<string>,
): SectionsNeeded {
  const all = [...sections.values()];
  const carried = new Set(all.flatMap(({ sent }) => (sent === undefined ? [] : [sent.trackId])));
  const waiting = wanted.filter(({ trackId }) => !carried.has(trackId) && !refused.has(trackId));
  const missing = (kind: MediaKind): number => {
    const free = all.filter((section) => section.kind === kind && section.sent === undefined).length;
    return Math.max(0, waiting.filter((track) => track.kind === kind).length - free);
  };
  return { offer: waiting.length > 0, audio: missing('audio'), video: missing('video') };
}
