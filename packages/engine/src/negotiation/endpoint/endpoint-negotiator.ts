import { type BitsPerSecond, CodedError, type RandomBytes, randomUint32 } from '@rivero/core';
import {
  type ExtensionIds,
  extensionIdsOf,
  type MediaSection,
  parseSessionDescription,
  type SessionDescription,
} from '@rivero/protocol/sdp';
import type { MediaKind } from '../../contract.ts';
import type { EndpointDirection } from '../../endpoint-contract.ts';
import { joiningCodecs, joiningExtensions } from './added-section.ts';
import { type AnsweredPair, answerableCodecs, answeredCodecs, offeredCodecs } from './endpoint-codecs.ts';
import { commonDirection, isReceiving, reversedDirection } from './endpoint-direction.ts';
import type { EndpointSection, EndpointSent } from './endpoint-section.ts';
import {
  type DescriptionOrigin,
  type EndpointTransport,
  freshMid,
  localDescription,
  localSection,
  rejectedSection,
} from './local-description.ts';
import { negotiatedSection, sectionExtensions } from './negotiated-section.ts';
import { continuedEndpoint, readRemoteEndpoint, type RemoteEndpoint } from './remote-transport.ts';
import { sectionsMoved } from './sections-moved.ts';
import { answeredPlace, type PlaceOptions, sentPlace } from './sent-place.ts';

export interface EndpointNegotiatorOptions {
  readonly random: RandomBytes;
  readonly direction: EndpointDirection;
  /** Ties our streams together for lip sync (RFC 3550 section 6.5.1). */
  readonly cname: string;
}

/** What the remote side may send of each kind at most; 0: no limit. */
export type ReceiveLimits = Readonly<Record<MediaKind, BitsPerSecond>>;

export interface EndpointOfferRequest {
  /** `undefined`: no such section, or none that is used. */
  readonly directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>;
  readonly receiveMax: ReceiveLimits;
  readonly transport: Omit<EndpointTransport, 'iceLite'>;
}

export interface EndpointAnswerRequest {
  readonly offer: string;
  readonly receiveMax: ReceiveLimits;
  /** Our side; `isIceRestart`: the remote ICE credentials are new, so ours must be. */
  readonly transport: (isIceRestart: boolean) => Omit<EndpointTransport, 'iceLite'>;
}

/** What a remote description led to. Nothing has changed before `commit`. */
export interface EndpointNegotiation {
  /** `undefined`: no section is used, so there is no transport. */
  readonly remote: RemoteEndpoint | undefined;
  /** The remote agent is lite, or was at the beginning: ours has to check and to nominate. */
  readonly isControlling: boolean;
  readonly isIceRestart: boolean;
  /** Of each kind that is used. */
  readonly sections: readonly EndpointSection[];
  /** Makes it the present state. */
  commit(): void;
}

/** What a negotiation fixes. */
interface State {
  /** What we said last, as we said it. */
  readonly described: SessionDescription;
  /** The same with what the answer left of it. */
  readonly local: SessionDescription;
  /** The index of the section of each kind that is used. */
  readonly indexes: ReadonlyMap<MediaKind, number>;
  /** Places for what is sent, of all kinds that were ever used. */
  readonly sent: ReadonlyMap<MediaKind, EndpointSent>;
  readonly isControlling: boolean;
  /** As it was described last; `undefined`: never. */
  readonly remote: RemoteEndpoint | undefined;
}

/** An offer of ours that waits for its answer, and the places for what is sent that it names. */
interface PendingOffer {
  readonly local: SessionDescription;
  readonly sent: ReadonlyMap<MediaKind, EndpointSent>;
}

/** Header extension ids of our first offer. */
const offeredExtensions: Readonly<Record<MediaKind, ExtensionIds>> = {
  audio: { mid: 4, audioLevel: 1, transportSequence: 3 },
  video: { mid: 4, videoOrientation: 13, transportSequence: 3 },
};

const kinds = ['audio', 'video'] as const;

/** Profiles of DTLS-SRTP with feedback (RFC 5764); the last is how programs of the early days write it. */
const protocols: ReadonlySet<string> = new Set(['UDP/TLS/RTP/SAVPF', 'TCP/TLS/RTP/SAVPF', 'RTP/SAVPF']);

/** A rejected section may be recycled (RFC 8829 section 5.2.2); all others keep their places. */
function checkOrder(before: SessionDescription, { sections }: SessionDescription): void {
  const isMoved = before.sections.some(({ isRejected, mid, kind }, i) => {
    const section = sections.at(i);
    if (section === undefined) return true;
    return !isRejected && (section.kind !== kind || (mid !== '' && section.mid !== '' && section.mid !== mid));
  });
  if (isMoved) throw sectionsMoved();
}

/**
 * One endpoint's offers and answers, in either role: at most one section of each kind is used, with an SSRC of ours from
 * the beginning, so that what is sent may change without a negotiation. Pure: it is told descriptions, and names what the
 * router has to do.
 */
export class EndpointNegotiator {
  readonly #options: EndpointNegotiatorOptions;
  readonly #sessionId: string;
  #sessionVersion = 0;
  #state: State | undefined;
  #pending: PendingOffer | undefined;

  constructor(options: EndpointNegotiatorOptions) {
    this.#options = options;
    this.#sessionId = String(randomUint32(options.random));
  }

  /** Our last offer or answer; `undefined`: there was none. */
  get described(): SessionDescription | undefined {
    return this.#pending?.local ?? this.#state?.described;
  }

  /** The sections for which candidates are told, those of a first offer before there is any. */
  candidateSections(): readonly { readonly mid: string; readonly index: number }[] {
    const local = this.#pending?.local ?? this.#state?.local;
    if (local === undefined) return kinds.map((kind, index) => ({ mid: freshMid(kind, []), index }));
    return local.sections.flatMap(({ mid, isRejected }, index) => (isRejected ? [] : [{ mid, index }]));
  }

  /** An offer; it waits for its answer until the next description. A kind that was there before keeps its section. */
  createOffer(request: EndpointOfferRequest): SessionDescription {
    const { isControlling = false, indexes } = this.#state ?? {};
    const transport = { ...request.transport, iceLite: !isControlling };
    const sections = [...(this.#state?.local.sections ?? [])];
    const sent = new Map<MediaKind, EndpointSent>();
    for (const kind of kinds) {
      const index = indexes?.get(kind);
      const direction = request.directions[kind];
      if (index === undefined && direction === undefined) continue;
      const before = index === undefined ? undefined : sections[index];
      const codecs = before?.codecs ?? joiningCodecs(offeredCodecs[kind], sections);
      const extensions =
        before === undefined
          ? joiningExtensions(offeredExtensions[kind], sections)
          : extensionIdsOf(before.extensions, true);
      const mid = before?.mid ?? freshMid(kind, sections);
      const place = this.#offeredPlace({ kind, mid, codecs, extensions, cname: this.#options.cname });
      sent.set(kind, place);
      sections[index ?? sections.length] = localSection({
        direction: direction === undefined ? 'inactive' : commonDirection(direction, this.#options.direction),
        codecs,
        extensions,
        sent: place,
        receiveMax: request.receiveMax[kind],
        transport,
        setup: 'actpass',
        rtcpRsize: true,
        protocol: before?.protocol ?? 'UDP/TLS/RTP/SAVPF',
      });
    }
    if (sent.size === 0) throw new CodedError('sdp-no-sections', 'The offer would have no section: offer some kind.');
    const local = localDescription(this.#nextOrigin(), sections, transport.iceLite);
    this.#pending = { local, sent };
    return local;
  }

  /** Reads an offer and works out the answer; refuses with a coded error what cannot be answered. */
  answerOffer(request: EndpointAnswerRequest): EndpointNegotiation & { readonly answer: SessionDescription } {
    const offer = parseSessionDescription(request.offer, { isMidOptional: true });
    if (this.#state !== undefined) checkOrder(this.#state.local, offer);
    const indexes = this.#usedSections(offer);
    const remote = this.#remoteOf(offer, indexes);
    const isIceRestart = remote !== undefined && this.#hasOtherCredentials(remote);
    const isControlling = this.#isControllingWith(remote);
    const transport = { ...request.transport(isIceRestart), iceLite: !isControlling };
    const sections: EndpointSection[] = [];
    const answers = offer.sections.map((section, index) => {
      const kind = kinds.find((candidate) => indexes.get(candidate) === index);
      if (kind === undefined || remote === undefined) return rejectedSection(section);
      const codecs = answerableCodecs(section);
      const direction = commonDirection(reversedDirection(section.direction), this.#options.direction);
      const extensions = sectionExtensions(section, false);
      const place = { kind, mid: section.mid, extensions, codecs, cname: this.#options.cname };
      const sent = sentPlace(place, this.#state?.sent.get(kind), this.#options.random);
      const pairs = codecs.map((offered) => ({ offered, answered: offered }));
      sections.push(negotiatedSection({ remote: section, direction, sent, codecs: pairs }));
      return localSection({
        direction,
        codecs,
        extensions: sectionExtensions(section, isReceiving(direction)),
        sent,
        receiveMax: request.receiveMax[kind],
        transport,
        setup: remote.dtlsRole === 'client' ? 'active' : 'passive',
        rtcpRsize: section.rtcpRsize,
        protocol: section.protocol,
      });
    });
    const answer = localDescription(this.#nextOrigin(), answers, transport.iceLite);
    const fixed = { described: answer, local: answer, indexes, isControlling, remote };
    return { answer, remote, isControlling, isIceRestart, sections, commit: () => this.#commit(fixed, sections) };
  }

  /** Reads the answer to our last offer; refuses with a coded error what cannot be one. */
  applyAnswer(text: string): EndpointNegotiation {
    const pending = this.#pending;
    if (pending === undefined) throw new CodedError('sdp-no-offer', 'No offer waits for an answer; create one first.');
    const { local: offer } = pending;
    const answer = parseSessionDescription(text, { isMidOptional: offer.sections.length === 1 });
    if (answer.sections.length !== offer.sections.length) throw sectionsMoved();
    checkOrder(offer, answer);
    const indexes = new Map<MediaKind, number>();
    const sections: EndpointSection[] = [];
    const locals = offer.sections.map((offered, index) => {
      const kind = kinds.find((candidate) => candidate === offered.kind);
      const section = answer.sections[index];
      const place = kind && pending.sent.get(kind);
      const codecs = answeredCodecs(offered.codecs, section);
      const isRefused = offered.isRejected || section.isRejected || codecs.length === 0;
      if (isRefused || kind === undefined || place?.mid !== offered.mid) return rejectedSection(offered);
      indexes.set(kind, index);
      const direction = commonDirection(reversedDirection(section.direction), offered.direction);
      const sent = this.#answeredPlace(place, { ...section, mid: offered.mid }, codecs);
      sections.push(negotiatedSection({ remote: section, direction, sent, codecs }));
      return { ...offered, codecs: codecs.map((pair) => pair.offered) };
    });
    const remote = this.#remoteOf(answer, indexes);
    const isControlling = this.#isControllingWith(remote);
    const local = localDescription({ ...offer }, locals, offer.iceLite);
    const fixed = { described: offer, local, indexes, isControlling, remote };
    return { remote, isControlling, isIceRestart: false, sections, commit: () => this.#commit(fixed, sections) };
  }

  #commit(
    fixed: Pick<State, 'described' | 'local' | 'indexes' | 'isControlling' | 'remote'>,
    sections: readonly EndpointSection[],
  ): void {
    const sent = new Map(this.#state?.sent);
    for (const section of sections) sent.set(section.kind, section.sent);
    this.#state = { ...fixed, sent, remote: fixed.remote ?? this.#state?.remote };
    this.#pending = undefined;
  }

  #nextOrigin(): DescriptionOrigin {
    return { sessionId: this.#sessionId, sessionVersion: this.#sessionVersion++ };
  }

  /** Of each kind the section that was used before, or else the first that can be. */
  #usedSections(offer: SessionDescription): ReadonlyMap<MediaKind, number> {
    const used = new Map<MediaKind, number>();
    for (const kind of kinds) {
      const isUsable = (section: MediaSection | undefined): boolean =>
        section?.kind === kind &&
        !section.isRejected &&
        protocols.has(section.protocol) &&
        answerableCodecs(section).length > 0;
      const before = this.#state?.indexes.get(kind);
      const isKept = before !== undefined && isUsable(offer.sections[before]);
      const index = isKept ? before : offer.sections.findIndex(isUsable);
      if (index !== -1) used.set(kind, index);
    }
    return used;
  }

  #remoteOf(description: SessionDescription, indexes: ReadonlyMap<MediaKind, number>): RemoteEndpoint | undefined {
    const used = description.sections.filter((_, i) => [...indexes.values()].includes(i));
    if (used.length === 0) return undefined;
    return continuedEndpoint(this.#state?.remote, readRemoteEndpoint(description, used));
  }

  /** Whoever restarts ICE makes both anew (RFC 8839 section 4.4.3.1.1); either is enough to see it. */
  #hasOtherCredentials({ ice }: RemoteEndpoint): boolean {
    const before = this.#state?.remote?.ice;
    return before !== undefined && (before.ufrag !== ice.ufrag || before.pwd !== ice.pwd);
  }

  /** Roles stay as they were at the beginning. */
  #isControllingWith(remote: RemoteEndpoint | undefined): boolean {
    return this.#state?.remote === undefined ? remote?.isLite === true : this.#state.isControlling;
  }

  #offeredPlace(place: PlaceOptions): EndpointSent {
    const { transportSequence: _, ...extensions } = place.extensions;
    const before = this.#state?.sent.get(place.kind);
    if (before?.mid === place.mid) return before;
    return sentPlace({ ...place, extensions }, undefined, this.#options.random);
  }

  /** One that is open stays as it is: the offer named its SSRCs. */
  #answeredPlace(place: EndpointSent, section: MediaSection, codecs: readonly AnsweredPair[]): EndpointSent {
    if (this.#state?.sent.get(place.kind) === place) return place;
    const extensions = sectionExtensions(section, false);
    return answeredPlace(place, { extensions, codecs: codecs.map(({ answered }) => answered) });
  }
}
