import { CodedError } from '@rivero/core';
import type { EndpointCandidate, EndpointOptions, EndpointStatistics, MediaKind } from '@rivero/engine';

const kinds = ['audio', 'video'] as const;

/** A description that {@link FakeEndpoints} reads: one section of each kind with its direction, and who wrote it. */
export function fakeSdp(sections: Partial<Readonly<Record<MediaKind, string>>>, session = '1'): string {
  const lines = ['v=0', `o=- ${session} 2 IN IP4 127.0.0.1`, 's=-', 't=0 0', `a=fingerprint:sha-256 AA:${session}`];
  for (const kind of kinds) {
    const direction = sections[kind];
    if (direction !== undefined) lines.push(`m=${kind} 9 UDP/TLS/RTP/SAVPF 96`, `a=${direction}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** What an endpoint without media knows. */
export interface FakeEndpoint {
  readonly options: EndpointOptions & { readonly type: 'webrtc' };
  readonly published: Set<MediaKind>;
  readonly sources: Map<MediaKind, string | undefined>;
  readonly remoteCandidates: string[];
  description: string | undefined;
  isOffering: boolean;
  isAnswered: boolean;
}

function sectionsOf(sdp: string): ReadonlyMap<MediaKind, string> {
  if (!sdp.startsWith('v=0')) throw new CodedError('sdp-malformed', 'The text is no session description.');
  const sections = [...sdp.matchAll(/^m=(audio|video) .*\r\na=(\w+)\r$/gm)];
  return new Map(sections.map(([, kind, direction = '']) => [kind as MediaKind, direction]));
}

/** The endpoints of one room of an engine without media. */
export class FakeEndpoints {
  readonly #endpoints = new Map<string, FakeEndpoint>();

  get ids(): readonly string[] {
    return [...this.#endpoints.keys()];
  }

  get all(): readonly FakeEndpoint[] {
    return [...this.#endpoints.values()];
  }

  get(endpointId: string): FakeEndpoint {
    const endpoint = this.#endpoints.get(endpointId);
    if (endpoint === undefined) throw new CodedError('endpoint-unknown', 'There is no such endpoint; open it first.');
    return endpoint;
  }

  open(endpointId: string, options: EndpointOptions): void {
    if (this.#endpoints.has(endpointId)) throw new CodedError('endpoint-exists', 'There is one of this name.');
    if (options.type !== 'webrtc') throw new Error('rooms have no RTP endpoints');
    this.#endpoints.set(endpointId, {
      options,
      published: new Set(),
      sources: new Map(),
      remoteCandidates: [],
      description: undefined,
      isOffering: false,
      isAnswered: false,
    });
  }

  close(endpointId: string): void {
    this.get(endpointId);
    this.#endpoints.delete(endpointId);
  }

  offer(endpointId: string, directions: Readonly<Record<MediaKind, string | undefined>>): string {
    const endpoint = this.get(endpointId);
    endpoint.isOffering = true;
    const { audio, video } = directions;
    endpoint.description = fakeSdp(
      { ...(audio === undefined ? {} : { audio }), ...(video === undefined ? {} : { video }) },
      endpointId,
    );
    return endpoint.description;
  }

  answer(endpointId: string, offer: string): string {
    const endpoint = this.get(endpointId);
    const sections = sectionsOf(offer);
    endpoint.published.clear();
    const answer: Partial<Record<MediaKind, string>> = {};
    for (const [kind, direction] of sections) {
      const isReceived = direction.startsWith('send');
      answer[kind] = isReceived ? 'recvonly' : 'inactive';
      if (isReceived) endpoint.published.add(kind);
    }
    endpoint.description = fakeSdp(answer, endpointId);
    return endpoint.description;
  }

  applyAnswer(endpointId: string, answer: string): void {
    const endpoint = this.get(endpointId);
    if (!endpoint.isOffering) throw new CodedError('sdp-no-offer', 'No offer waits for an answer.');
    sectionsOf(answer);
    endpoint.isOffering = false;
    endpoint.isAnswered = true;
  }

  candidates(endpointId: string): readonly EndpointCandidate[] {
    this.get(endpointId);
    return [
      { candidate: 'candidate:1 1 udp 2 127.0.0.1 4000 typ host', mid: 'audio0', sectionIndex: 0 },
      { candidate: 'candidate:2 1 tcp 1 127.0.0.1 4000 typ host tcptype passive', mid: 'audio0', sectionIndex: 0 },
    ];
  }

  description(endpointId: string): string {
    const { description } = this.get(endpointId);
    if (description === undefined) throw new CodedError('sdp-no-description', 'It has none yet.');
    return description;
  }

  statistics(endpointId: string): EndpointStatistics {
    this.get(endpointId);
    const transport = {
      bytesSent: 0,
      bytesReceived: 0,
      iceState: undefined,
      dtlsState: undefined,
      selectedPair: undefined,
      localCertificate: undefined,
      remoteCertificate: undefined,
    };
    return { received: [], sent: [], transport };
  }
}
