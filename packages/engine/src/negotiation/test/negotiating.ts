import type { RandomBytes } from '@rivero/core';
import {
  createOffer,
  type LocalTransport,
  type MediaSection,
  offeredAudioCodecs,
  type OfferedSection,
  offeredVideoCodecs,
  parseSessionDescription,
  type RtpCodec,
  serializeSessionDescription,
  type SessionDescription,
} from '@rivero/protocol/sdp';
import { type Negotiation, Negotiator, type WantedTrack } from '../index.ts';

export const fingerprint = { algorithm: 'sha-256', value: 'AB:CD' } as const;
export const server: LocalTransport = {
  ice: { ufrag: 'server', pwd: 's'.repeat(24) },
  iceLite: true,
  fingerprint,
  candidates: [],
};
export const peer: LocalTransport = { ...server, ice: { ufrag: 'peer', pwd: 'p'.repeat(22) }, iceLite: false };

/** Bytes that count up: every SSRC is another. */
function countingRandom(): RandomBytes {
  let next = 0;
  return (length) => {
    next += 1;
    return Uint8Array.from({ length }, (_, i) => (next >> (8 * (length - 1 - i))) & 0xff);
  };
}

export function codecOf(name: string): RtpCodec {
  const found = [...offeredAudioCodecs, ...offeredVideoCodecs].find((codec) => codec.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

export const receive = (mid: string, kind: 'audio' | 'video' = 'video'): OfferedSection => ({
  mid,
  kind,
  direction: 'recvonly',
});

export function send(mid: string, kind: 'audio' | 'video', ssrc: number, rtxSsrc?: number): OfferedSection {
  const own = { msid: { stream: 's', track: 't' }, cname: 'peer-cname', ssrc };
  return { mid, kind, direction: 'sendonly', sent: rtxSsrc === undefined ? own : { ...own, rtxSsrc } };
}

interface OfferEdits {
  readonly local?: LocalTransport;
  readonly edit?: (section: MediaSection) => MediaSection;
}

export function offer(sections: readonly OfferedSection[], { local = peer, edit }: OfferEdits = {}): string {
  const made = createOffer({ sessionId: '1', sessionVersion: 1, local, sections });
  const edited = edit === undefined ? made.sections : made.sections.map(edit);
  const bundle = edited.filter(({ isRejected }) => !isRejected).map(({ mid }) => mid);
  return serializeSessionDescription({ ...made, bundle, sections: edited });
}

/** Stops the transceivers of these mids, as `transceiver.stop()` does. */
export function stopping(...mids: readonly string[]): (section: MediaSection) => MediaSection {
  return (section) => (mids.includes(section.mid) ? { ...section, isRejected: true, formats: '0' } : section);
}

export function track(trackId: string, codecName = 'VP8'): WantedTrack {
  const kind = codecName === 'opus' ? 'audio' : 'video';
  return { trackId, kind, codec: codecOf(codecName), streamId: `${trackId}-stream`, cname: `${trackId}-cname` };
}

export interface Step {
  readonly offer: string;
  /** `mid: trackId` of what the peer publishes. */
  readonly tracks?: Readonly<Record<string, string>>;
  readonly wanted?: readonly WantedTrack[];
  readonly local?: (isIceRestart: boolean) => LocalTransport;
}

/** One peer's negotiations, each committed. */
export class Negotiating {
  readonly negotiator = new Negotiator(countingRandom());

  negotiate(step: Step): Negotiation {
    const { tracks = {}, wanted = [], local = () => server } = step;
    return this.negotiator.negotiate({
      offer: step.offer,
      tracks: Object.entries(tracks).map(([mid, trackId]) => ({ mid, trackId })),
      wanted,
      local,
    });
  }

  step(step: Step): Negotiation {
    const negotiation = this.negotiate(step);
    negotiation.commit();
    return negotiation;
  }
}

export const answerOf = (negotiation: Negotiation): SessionDescription => parseSessionDescription(negotiation.answer);
export const directionsOf = (negotiation: Negotiation): readonly string[] =>
  answerOf(negotiation).sections.map(
    ({ mid, direction, isRejected }) => `${mid} ${isRejected ? 'rejected' : direction}`,
  );
export const sentOf = (negotiation: Negotiation): Readonly<Record<string, string>> =>
  Object.fromEntries(negotiation.sent.map(({ mid, trackId }) => [mid, trackId]));
export const nothingNeeded = { offer: false, audio: 0, video: 0 };
