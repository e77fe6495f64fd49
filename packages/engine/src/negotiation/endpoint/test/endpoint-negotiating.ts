import { readFileSync } from 'node:fs';
import { bitsPerSecond } from '@rivero/core';
import {
  type MediaSection,
  parseSessionDescription,
  serializeSessionDescription,
  type SessionDescription,
} from '@rivero/protocol/sdp';
import type { EndpointDirection } from '../../../endpoint-contract.ts';
import { type EndpointNegotiation, EndpointNegotiator, type ReceiveLimits } from '../endpoint-negotiator.ts';

export const ourTransport = {
  ice: { ufrag: 'ours', pwd: 'o'.repeat(24) },
  fingerprint: { algorithm: 'sha-256', value: 'AB:CD' },
} as const;
export const freshTransport = { ...ourTransport, ice: { ufrag: 'fresh', pwd: 'f'.repeat(24) } };

/** Without any limit. */
export const unlimited: ReceiveLimits = { audio: bitsPerSecond(0), video: bitsPerSecond(0) };
export const bothKinds = { audio: 'sendrecv', video: 'sendrecv' } as const;

/** What a browser offered; its transceivers send only. */
export function recorded(name: string): string {
  const file = new URL(`../../../../../protocol/src/sdp/fixtures/${name}.sdp`, import.meta.url);
  return readFileSync(file, 'utf8');
}

/** The same by a browser that sends and receives. */
export function sendrecv(offer: string): string {
  return offer.replaceAll(/^a=sendonly/gm, 'a=sendrecv');
}

/** One endpoint's negotiations, each committed. */
export class Endpoint {
  readonly negotiator: EndpointNegotiator;
  receiveMax = unlimited;

  constructor(direction: EndpointDirection = 'sendrecv') {
    let next = 0;
    const random = (length: number): Uint8Array => {
      next += 1;
      return Uint8Array.from({ length }, (_, i) => (next >> (8 * (length - 1 - i))) & 0xff);
    };
    this.negotiator = new EndpointNegotiator({ random, direction, cname: 'our-cname' });
  }

  offer(directions: Parameters<EndpointNegotiator['createOffer']>[0]['directions'] = bothKinds): SessionDescription {
    const { receiveMax } = this;
    return this.negotiator.createOffer({ directions, receiveMax, transport: ourTransport });
  }

  /** Not committed. */
  read(offer: string): ReturnType<EndpointNegotiator['answerOffer']> {
    const { receiveMax } = this;
    const transport = (isIceRestart: boolean) => (isIceRestart ? freshTransport : ourTransport);
    return this.negotiator.answerOffer({ offer, receiveMax, transport });
  }

  answer(offer: string): ReturnType<EndpointNegotiator['answerOffer']> {
    const negotiation = this.read(offer);
    negotiation.commit();
    return negotiation;
  }

  apply(answer: string): EndpointNegotiation {
    const negotiation = this.negotiator.applyAnswer(answer);
    negotiation.commit();
    return negotiation;
  }
}

/** A full agent's answer to an offer, changed by `edit`. */
export function answerTo(offer: SessionDescription, edit: (text: string) => string = (text) => text): string {
  const { answer } = new Endpoint().answer(textOf(offer));
  const ice = { ufrag: 'remote', pwd: 'r'.repeat(24) };
  const sections = answer.sections.map((section) =>
    section.isRejected ? section : { ...section, ice, setup: 'active' as const },
  );
  return edit(textOf({ ...answer, iceLite: false, sections }));
}

export const textOf = serializeSessionDescription;

/** The description as its text reads. */
export function reread(description: SessionDescription): SessionDescription {
  return parseSessionDescription(textOf(description));
}

/** `mid direction` of each section. */
export function directionsOf({ sections }: SessionDescription): readonly string[] {
  return sections.map(({ mid, direction, isRejected }) => `${mid} ${isRejected ? 'rejected' : direction}`);
}

export function codecsOf({ codecs }: Pick<MediaSection, 'codecs'>): readonly string[] {
  return codecs.map(({ name, payloadType, rtxPayloadType }) =>
    rtxPayloadType === undefined ? `${name} ${payloadType}` : `${name} ${payloadType}/${rtxPayloadType}`,
  );
}
