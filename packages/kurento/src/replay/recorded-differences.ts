import type { Json } from '../model.ts';
import { isRecord, type JsonRecord } from '../objects/arguments.ts';
import type { RecordedRequest } from './recorded-dialogue.ts';

/** Something that is not as with a Kurento Media Server. */
export interface Difference {
  /** The row of the table in docs/protocols/kurento.md begins with it. */
  readonly name: string;
  readonly answers?: {
    readonly isAbout: (request: RecordedRequest) => boolean;
    /** What is to be said instead of the recorded; `said`: what was said, of which some may not matter. */
    readonly ours: (request: RecordedRequest, said: JsonRecord) => JsonRecord;
  };
  /** Events that Kurento does not send. */
  readonly isOurEvent?: (event: JsonRecord) => boolean;
  /** An event that Kurento sends: its type, object and state. */
  readonly missingState?: string;
  /** Names in records and events that Kurento does not have there. */
  readonly fields?: ReadonlySet<string>;
}

/** Classes that later versions have. */
const laterClasses: ReadonlySet<Json> = new Set([
  'AlphaBlending',
  'Composite',
  'FaceOverlayFilter',
  'GStreamerFilter',
  'HttpPostEndpoint',
  'ImageOverlayFilter',
  'Mixer',
  'PlayerEndpoint',
  'RecorderEndpoint',
  'ZBarFilter',
]);

function param({ params }: RecordedRequest, name: string): Json {
  return (isRecord(params) ? params[name] : undefined) ?? null;
}

function isInvocation(request: RecordedRequest, ...operations: readonly Json[]): boolean {
  return request.method === 'invoke' && operations.includes(param(request, 'operation'));
}

function isEndpoint(object: Json): boolean {
  return typeof object === 'string' && object.startsWith('<WebRtcEndpoint');
}

function valueOf(outcome: JsonRecord): Json {
  const { result } = outcome;
  return (isRecord(result) ? result['value'] : undefined) ?? null;
}

function withValue(outcome: JsonRecord, value: Json): JsonRecord {
  const { result } = outcome;
  return { result: { ...(isRecord(result) ? result : {}), value } };
}

function without(value: Json, isLeftOut: (entry: Json) => boolean): Json {
  if (Array.isArray(value)) {
    return value.filter((entry: Json) => !isLeftOut(entry)).map((entry: Json) => without(entry, isLeftOut));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, without(entry ?? null, isLeftOut)]));
}

/** The statistics by their types, and the names of what each one tells. */
function statisticsNames(statistics: Json): ReadonlyMap<Json, string> {
  const entries = isRecord(statistics) ? Object.values(statistics) : [];
  return new Map(
    entries
      .filter((entry) => isRecord(entry))
      .map((entry) => [entry['__type__'] ?? null, Object.keys(entry).toSorted().join(' ')]),
  );
}

export const recordedDifferences: readonly Difference[] = [
  {
    name: 'players, recorders, mixers, filters, HTTP endpoints',
    answers: {
      isAbout: (request) =>
        (request.method === 'create' && laterClasses.has(param(request, 'type'))) || isInvocation(request, 'getInfo'),
      ours: (request) => {
        if (request.method === 'invoke') {
          return withValue(
            request.outcome,
            without(valueOf(request.outcome), (entry) => laterClasses.has(entry)),
          );
        }
        const message = `Factory '${JSON.stringify(param(request, 'type')).slice(1, -1)}' not found`;
        return { error: { code: 40108, data: { type: 'MEDIA_OBJECT_NOT_AVAILABLE' }, message } };
      },
    },
  },
  {
    name: 'events by names of before 7.0: 40106',
    answers: {
      isAbout: (request) => request.method === 'subscribe' && param(request, 'type') === 'OnIceCandidate',
      ours: () => ({ result: { sessionId: '<session>', value: '<uuid>' } }),
    },
    isOurEvent: ({ type }) => type === 'OnIceCandidate',
  },
  { name: 'events and statistics without `timestamp`', fields: new Set(['timestamp']) },
  {
    name: '`networkInterfaces` is what its settings say',
    answers: {
      isAbout: (request) => isInvocation(request, 'getNetworkInterfaces'),
      ours: (request) => withValue(request.outcome, ''),
    },
  },
  {
    name: 'a second `processOffer`: 40208',
    answers: {
      isAbout: (request) => isInvocation(request, 'processOffer') && 'error' in request.outcome && isSdp(request),
      ours: () => ({ result: { sessionId: '<session>', value: '<sdp again>' } }),
    },
  },
  {
    name: 'two ICE components',
    answers: {
      isAbout: (request) => isInvocation(request, 'getICECandidatePairs', 'getIceConnectionState'),
      ours: ({ outcome }) =>
        withValue(
          outcome,
          without(valueOf(outcome), (entry) => isRecord(entry) && entry['componentId'] === 2),
        ),
    },
  },
  {
    name: '`gatherCandidates` before the negotiation does nothing',
    missingState: 'IceComponentStateChanged <WebRtcEndpoint 1> GATHERING',
    // Which names the candidates.
    answers: {
      isAbout: (request) => isInvocation(request, 'processAnswer') && valueOf(request.outcome) === '<sdp 1>',
      ours: ({ outcome }) => withValue(outcome, '<sdp again>'),
    },
  },
  {
    name: '`getStats` of streams',
    answers: {
      isAbout: (request) => isInvocation(request, 'getStats') && isEndpoint(param(request, 'object')),
      ours: (request, said) => {
        const ours = statisticsNames(valueOf(said));
        const recorded = [...statisticsNames(valueOf(request.outcome))];
        return recorded.every(([type, names]) => ours.get(type) === names) ? said : request.outcome;
      },
    },
  },
  {
    name: '`release` of the ServerManager',
    isOurEvent: ({ type, data }) => type === 'ObjectDestroyed' && isRecord(data) && data['objectId'] !== '<HubPort 3>',
  },
];

function isSdp(request: RecordedRequest): boolean {
  const params = param(request, 'operationParams');
  return isRecord(params) && params['offer'] === '<sdp 1>';
}
