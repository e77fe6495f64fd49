import type { MonotonicMs } from '@rivero/core';
import type { MediaKind } from '../../contract.ts';
import type {
  EndpointCandidate,
  EndpointDirection,
  EndpointSettings,
  EndpointStatistics,
} from '../../endpoint-contract.ts';
import type { EndpointMedia } from './endpoint-media.ts';

/** One endpoint in a worker, of whatever type. What is refused is a coded error, and changes nothing. */
export interface MediaEndpoint {
  readonly media: EndpointMedia;
  configure(settings: EndpointSettings, now: MonotonicMs): void;
  createOffer(directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>, now: MonotonicMs): string;
  answerOffer(offer: string, now: MonotonicMs): string;
  applyAnswer(answer: string, now: MonotonicMs): void;
  /** `onReady` is called once, when {@link gatherCandidates} has all that it will have: at once where nobody is asked. */
  prepareCandidates(onReady: () => void, now: MonotonicMs): void;
  gatherCandidates(): readonly EndpointCandidate[];
  localDescription(): string;
  addRemoteCandidate(candidate: string, now: MonotonicMs): void;
  statistics(now: MonotonicMs): EndpointStatistics;
  close(now: MonotonicMs): void;
}
