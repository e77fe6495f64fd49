import { type BitsPerSecond, CodedError, type RandomBytes, randomUint32 } from '@rivero/core';
import {
  chooseCrypto,
  type CryptoAttribute,
  type CryptoKey,
  type CryptoSuite,
  cryptoSuites,
  isAddressedProtocol,
  type MediaSection,
  parseSessionDescription,
  type RtpAddresses,
  type SessionDescription,
} from '@rivero/protocol/sdp';
import type { MediaKind } from '../../contract.ts';
import type { EndpointDirection } from '../../endpoint-contract.ts';
import { type AnsweredPair, answeredCodecs } from '../endpoint/endpoint-codecs.ts';
import { commonDirection, reversedDirection } from '../endpoint/endpoint-direction.ts';
import type { EndpointReceived, EndpointSent } from '../endpoint/endpoint-section.ts';
import { freshMid, rejectedSection } from '../endpoint/local-description.ts';
import { negotiatedSection, sectionExtensions } from '../endpoint/negotiated-section.ts';
import { sectionsMoved } from '../endpoint/sections-moved.ts';
import { sentPlace } from '../endpoint/sent-place.ts';
import { answerableRtpCodecs, offeredRtpCodecs, understoodCodec } from './rtp-codecs.ts';
import { rtpSection } from './rtp-description.ts';
import type { RtpSection } from './rtp-section.ts';

export interface RtpNegotiatorOptions {
  readonly random: RandomBytes;
  /** Ties our streams together for lip sync (RFC 3550 section 6.5.1). */
  readonly cname: string;
  /** Left out: not encrypted. `key`: master key and salt in one; left out: made, another one for each kind. */
  readonly crypto?: { readonly suite: CryptoSuite; readonly key?: Uint8Array };
}

/** Our side of a negotiation. */
export interface RtpLocal {
  /** In o= and c=. */
  readonly address: string;
  /** The ports of that kind, which are opened when they are asked for. */
  readonly addresses: (kind: MediaKind) => RtpAddresses;
  /** What the remote side may send of each kind at most; 0: no limit. */
  readonly receiveMax: Readonly<Record<MediaKind, BitsPerSecond>>;
}

/** What a remote description led to. Nothing has changed before `commit`. */
export interface RtpNegotiation {
  /** Of each kind that is used. */
  readonly sections: readonly RtpSection[];
  /** Makes it the present state. */
  commit(): void;
}

/** The section that a kind uses, and its place for what is sent. */
interface Use {
  readonly index: number;
  readonly sent: EndpointSent;
}

/** What a negotiation fixes. */
interface State {
  /** What we said last, as we said it. */
  readonly described: SessionDescription;
  /** The same with what the answer left of it. */
  readonly sections: readonly MediaSection[];
  readonly uses: ReadonlyMap<MediaKind, Use>;
}

/** An offer of ours that waits for its answer. */
type PendingOffer = Pick<State, 'described' | 'uses'>;

const kinds = ['audio', 'video'] as const;

/** Tag of the one key that we offer. */
const offeredTag = 1;

/**
 * The offers and answers of one RTP endpoint, in either role: sections with addresses of their own, plain or with keys in
 * them, at most one of each kind. What does not fit is rejected. Pure: it is told descriptions, and names what the router and
 * the ports have to do.
 */
export class RtpNegotiator {
  readonly #options: RtpNegotiatorOptions;
  readonly #sessionId: string;
  readonly #keys: Readonly<Record<MediaKind, CryptoKey>> | undefined;
  #sessionVersion = 0;
  #state: State | undefined;
  #pending: PendingOffer | undefined;

  constructor(options: RtpNegotiatorOptions) {
    this.#options = options;
    const { random, crypto } = options;
    this.#sessionId = String(randomUint32(random));
    const key = (): CryptoKey | undefined => crypto && keyOf(crypto.suite, crypto.key, random);
    const [audio, video] = [key(), key()];
    this.#keys = audio && video && { audio, video };
  }

  /** Our last offer or answer; `undefined`: there was none. */
  get described(): SessionDescription | undefined {
    return (this.#pending ?? this.#state)?.described;
  }

  /** An offer; it waits for its answer until the next description. */
  createOffer(
    directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>,
    local: RtpLocal,
  ): SessionDescription {
    const sections = [...(this.#state?.sections ?? [])];
    const uses = new Map<MediaKind, Use>();
    for (const kind of kinds) {
      const use = this.#state?.uses.get(kind);
      const direction = directions[kind];
      if (use === undefined && direction === undefined) continue;
      const before = use && sections[use.index];
      const index = use?.index ?? sections.length;
      const sent = use?.sent ?? this.#place(kind, freshMid(kind, sections));
      uses.set(kind, { index, sent });
      sections[index] = rtpSection({
        direction: direction ?? 'inactive',
        protocol: before?.protocol ?? (this.#keys === undefined ? 'RTP/AVPF' : 'RTP/SAVPF'),
        codecs: before?.codecs ?? offeredRtpCodecs[kind],
        sent,
        receiveMax: local.receiveMax[kind],
        addresses: local.addresses(kind),
        rtcpMux: before?.rtcpMux ?? false,
        rtcpRsize: before?.rtcpRsize ?? false,
        crypto: before?.crypto?.[0] ?? this.#ownCrypto(kind, offeredTag),
      });
    }
    if (uses.size === 0) {
      throw new CodedError('sdp-no-sections', 'The offer would have no section: offer some kind.');
    }
    const described = this.#describe(sections, local.address);
    this.#pending = { described, uses };
    return described;
  }

  /** Reads an offer and works out the answer; what is no description is refused with a coded error. */
  answerOffer(text: string, local: RtpLocal): RtpNegotiation & { readonly answer: SessionDescription } {
    const offer = parseSessionDescription(text, { isMidOptional: true });
    const uses = new Map<MediaKind, Use>();
    const sections: RtpSection[] = [];
    const answers = offer.sections.map((section, index) => {
      const kind = kinds.find((candidate) => candidate === section.kind);
      const codecs = answerableRtpCodecs(section);
      const crypto = this.#chosenCrypto(section);
      const isUsable = kind !== undefined && !section.isRejected && codecs.length > 0 && crypto !== 'unusable';
      if (!isUsable || uses.has(kind)) return rejectedSection(section);
      const { mid: _, ...extensions } = sectionExtensions(section, false);
      const place = { kind, mid: section.mid, extensions, codecs, cname: this.#options.cname };
      const sent = sentPlace(place, this.#state?.uses.get(kind)?.sent, this.#options.random);
      const direction = reversedDirection(section.direction);
      uses.set(kind, { index, sent });
      const pairs = codecs.map((codec) => ({ offered: codec, answered: codec }));
      sections.push(this.#negotiated({ remote: section, direction, sent, pairs, crypto }));
      return rtpSection({
        direction,
        protocol: section.protocol,
        codecs,
        sent,
        receiveMax: local.receiveMax[kind],
        addresses: local.addresses(kind),
        rtcpMux: section.rtcpMux,
        rtcpRsize: section.rtcpRsize,
        crypto: crypto && this.#ownCrypto(kind, crypto.tag),
      });
    });
    const answer = this.#describe(answers, local.address);
    return { answer, sections, commit: () => this.#commit({ described: answer, sections: answers, uses }) };
  }

  /** Reads the answer to our last offer; refuses with a coded error what cannot be one. */
  applyAnswer(text: string): RtpNegotiation {
    const pending = this.#pending;
    if (pending === undefined) throw new CodedError('sdp-no-offer', 'No offer waits for an answer; create one first.');
    const offered = pending.described.sections;
    const answer = parseSessionDescription(text, { isMidOptional: true }).sections;
    const isMoved = answer.length !== offered.length || answer.some(({ kind }, i) => kind !== offered[i].kind);
    if (isMoved) throw sectionsMoved();
    const uses = new Map<MediaKind, Use>();
    const sections: RtpSection[] = [];
    for (const [kind, use] of pending.uses) {
      const own = offered[use.index];
      const remote = answer[use.index];
      const pairs = answeredCodecs(own.codecs, remote);
      const crypto = this.#chosenCrypto(remote);
      if (remote.isRejected || pairs.length === 0 || crypto === 'unusable') continue;
      uses.set(kind, use);
      const direction = commonDirection(reversedDirection(remote.direction), own.direction);
      sections.push(this.#negotiated({ remote, direction, sent: use.sent, pairs, crypto }));
    }
    const used = new Set([...uses.values()].map(({ index }) => index));
    const left = offered.map((section, index) => (used.has(index) ? section : rejectedSection(section)));
    return { sections, commit: () => this.#commit({ described: pending.described, sections: left, uses }) };
  }

  #commit(state: State): void {
    this.#state = state;
    this.#pending = undefined;
  }

  #describe(sections: readonly MediaSection[], address: string): SessionDescription {
    const sessionVersion = this.#sessionVersion++;
    return { sessionId: this.#sessionId, sessionVersion, iceLite: false, bundle: [], sections, address };
  }

  #negotiated(options: {
    readonly remote: MediaSection;
    readonly direction: MediaSection['direction'];
    readonly sent: EndpointSent;
    readonly pairs: readonly AnsweredPair[];
    readonly crypto: CryptoAttribute | undefined;
  }): RtpSection {
    const { remote, direction, sent, pairs, crypto } = options;
    const codecs = pairs.map(({ offered, answered }) => ({ offered, answered: understoodCodec(answered) }));
    const section = negotiatedSection({ remote, direction, sent, codecs });
    const local = this.#keys?.[sent.kind];
    return {
      ...section,
      received: section.received && withoutSsrcs(section.received),
      remote: { rtp: remote.addresses?.rtp, rtcp: remote.addresses?.rtcp, rtcpMux: remote.rtcpMux },
      ...(crypto === undefined || local === undefined ? {} : { keys: { local, remote: crypto.keys[0] } }),
    };
  }

  /** The line whose key the remote side sends with; `undefined`: neither side encrypts. */
  #chosenCrypto({ protocol, crypto = [] }: MediaSection): CryptoAttribute | 'unusable' | undefined {
    const { crypto: own } = this.#options;
    const isSecure = protocol.startsWith('RTP/S');
    if (!isAddressedProtocol(protocol) || isSecure !== (own !== undefined)) return 'unusable';
    return own && (chooseCrypto(crypto, own.suite) ?? 'unusable');
  }

  #ownCrypto(kind: MediaKind, tag: number): CryptoAttribute | undefined {
    const suite = this.#options.crypto?.suite;
    const key = this.#keys?.[kind];
    return suite && key && { tag, suite, keys: [key], sessionParameters: [] };
  }

  #place(kind: MediaKind, mid: string): EndpointSent {
    const { cname, random } = this.#options;
    return sentPlace({ kind, mid, extensions: {}, codecs: [], cname }, undefined, random);
  }
}

/** The port tells whose a packet is; what a=ssrc announces is often not what comes. */
function withoutSsrcs({ mid, kind, codecs, extensions }: EndpointReceived): EndpointReceived {
  return { mid, kind, codecs, extensions };
}

function keyOf(suite: CryptoSuite, given: Uint8Array | undefined, random: RandomBytes): CryptoKey {
  const { keyLength, saltLength } = cryptoSuites[suite];
  const bytes = given ?? random(keyLength + saltLength);
  if (bytes.length !== keyLength + saltLength) {
    throw new CodedError('crypto-key-length', `Master key and salt of ${suite} have ${keyLength + saltLength} bytes.`, {
      length: bytes.length,
    });
  }
  return { masterKey: bytes.slice(0, keyLength), masterSalt: bytes.slice(keyLength) };
}
