import type { MonotonicMs } from '@rivero/core';
import type { MediaRoom } from '../media-room.ts';
import type { EndpointCalls, EndpointMethod } from '../worker-protocol.ts';

type Answerers = {
  readonly [Method in EndpointMethod]: (
    room: MediaRoom,
    request: EndpointCalls[Method]['request'],
    now: MonotonicMs,
  ) => EndpointCalls[Method]['answer'];
};

const answerers: Answerers = {
  openEndpoint: ({ endpoints }, { endpointId, options }) => {
    endpoints.open(endpointId, options);
    return null;
  },
  closeEndpoint: ({ endpoints }, { endpointId }, now) => {
    endpoints.close(endpointId, now);
    return null;
  },
  configureEndpoint: ({ endpoints }, { endpointId, settings }, now) => {
    endpoints.get(endpointId).configure(settings, now);
    return null;
  },
  createOffer: ({ endpoints }, { endpointId, directions }, now) =>
    endpoints.get(endpointId).createOffer(directions, now),
  answerOffer: ({ endpoints }, { endpointId, offer }, now) => endpoints.get(endpointId).answerOffer(offer, now),
  applyAnswer: ({ endpoints }, { endpointId, answer }, now) => {
    endpoints.get(endpointId).applyAnswer(answer, now);
    return null;
  },
  gatherCandidates: ({ endpoints }, { endpointId }) => endpoints.get(endpointId).gatherCandidates(),
  localDescription: ({ endpoints }, { endpointId }) => endpoints.get(endpointId).localDescription(),
  addRemoteCandidate: ({ endpoints }, { endpointId, candidate }, now) => {
    endpoints.get(endpointId).addRemoteCandidate(candidate, now);
    return null;
  },
  setSource: ({ endpoints }, { endpointId, kind, trackId }, now) => {
    endpoints.get(endpointId).media.source(kind).setWish(trackId, now);
    return null;
  },
  requestKeyframe: ({ router }, { trackId }, now) => {
    router.requestKeyframe(trackId, now);
    return null;
  },
  endpointStatistics: ({ endpoints }, { endpointId }, now) => endpoints.get(endpointId).statistics(now),
};

export function isEndpointMethod(method: string): method is EndpointMethod {
  return Object.hasOwn(answerers, method);
}

/** What a room answers to a request about its endpoints; what is refused is a coded error. */
export function answerEndpointCall<Method extends EndpointMethod>(
  room: MediaRoom,
  call: { readonly method: Method; readonly request: EndpointCalls[Method]['request'] },
  now: MonotonicMs,
): EndpointCalls[Method]['answer'] {
  return answerers[call.method](room, call.request, now);
}
