import { coreEvents } from './core-events.ts';
import { coreTypes, statisticsTypes } from './core-types.ts';
import {
  type ClassDescription,
  type MethodDescription,
  type ModuleDescription,
  optional,
  properties,
  required,
} from './description.ts';

const dotMethods: readonly MethodDescription[] = [
  { name: 'getGstreamerDot', params: [optional('details', 'GstreamerDotDetails')], returns: 'String' },
  { name: 'dumpGstreamerDot', params: [optional('details', 'GstreamerDotDetails')] },
];

const connectionFilter = [optional('mediaType', 'MediaType'), optional('description', 'String')];
const connectionParams = [
  ...required({ sink: 'MediaElement' }),
  optional('mediaType', 'MediaType'),
  optional('sourceMediaDescription', 'String'),
  optional('sinkMediaDescription', 'String'),
];

/** Classes that say what others have in common. */
const abstractClasses: readonly ClassDescription[] = [
  {
    name: 'MediaObject',
    doc: 'Whatever has an id.',
    properties: [
      ...properties('final', { mediaPipeline: 'MediaPipeline', parent: 'MediaObject', id: 'String' }),
      ...properties('read-only', { children: 'MediaObject[]' }),
      ...properties('read-write', { name: 'String', sendTagsInEvents: 'boolean' }),
      ...properties('final', { creationTime: 'int' }),
    ],
    methods: [
      { name: 'addTag', params: required({ key: 'String', value: 'String' }) },
      { name: 'removeTag', params: required({ key: 'String' }) },
      { name: 'getTag', params: required({ key: 'String' }), returns: 'String' },
      { name: 'getTags', params: [], returns: 'Tag[]' },
    ],
    events: ['Error'],
  },
  {
    name: 'ServerManager',
    doc: 'The server itself; there is one, and its id is manager_ServerManager.',
    extends: 'MediaObject',
    properties: properties('read-only', {
      info: 'ServerInfo',
      pipelines: 'MediaPipeline[]',
      sessions: 'String[]',
      metadata: 'String',
    }),
    methods: [
      { name: 'getKmd', params: required({ moduleName: 'String' }), returns: 'String' },
      { name: 'getCpuCount', params: [], returns: 'int' },
      { name: 'getUsedCpu', params: required({ interval: 'int' }), returns: 'float' },
      { name: 'getUsedMemory', params: [], returns: 'int64' },
    ],
    events: ['ObjectCreated', 'ObjectDestroyed'],
  },
  {
    name: 'MediaElement',
    doc: 'What media goes through.',
    extends: 'MediaObject',
    properties: properties('read-write', { encoderBitrate: 'int', minEncoderBitrate: 'int', maxEncoderBitrate: 'int' }),
    methods: [
      { name: 'getSourceConnections', params: connectionFilter, returns: 'ElementConnectionData[]' },
      { name: 'getSinkConnections', params: connectionFilter, returns: 'ElementConnectionData[]' },
      { name: 'connect', params: connectionParams },
      { name: 'disconnect', params: connectionParams },
      { name: 'setAudioFormat', params: required({ caps: 'AudioCaps' }) },
      { name: 'setVideoFormat', params: required({ caps: 'VideoCaps' }) },
      ...dotMethods,
      { name: 'getStats', params: [optional('mediaType', 'MediaType')], returns: 'Stats<>' },
      {
        name: 'isMediaFlowingIn',
        params: [...required({ mediaType: 'MediaType' }), optional('sinkMediaDescription', 'String', 'default')],
        returns: 'boolean',
      },
      {
        name: 'isMediaFlowingOut',
        params: [...required({ mediaType: 'MediaType' }), optional('sourceMediaDescription', 'String', 'default')],
        returns: 'boolean',
      },
      {
        name: 'isMediaTranscoding',
        params: [...required({ mediaType: 'MediaType' }), optional('binName', 'String', 'default')],
        returns: 'boolean',
      },
    ],
    events: [
      'ElementConnected',
      'ElementDisconnected',
      'MediaFlowOutStateChanged',
      'MediaFlowInStateChanged',
      'MediaTranscodingStateChanged',
    ],
  },
  {
    name: 'Endpoint',
    doc: 'Where media enters and leaves the pipeline.',
    extends: 'MediaElement',
    properties: [],
    methods: [],
    events: [],
  },
  {
    name: 'SessionEndpoint',
    doc: 'An endpoint whose media begins and ends with a session.',
    extends: 'Endpoint',
    properties: [],
    methods: [],
    events: ['MediaSessionTerminated', 'MediaSessionStarted'],
  },
  {
    name: 'SdpEndpoint',
    doc: 'An endpoint that is negotiated with SDP.',
    extends: 'SessionEndpoint',
    properties: properties('read-write', { maxAudioRecvBandwidth: 'int', maxVideoRecvBandwidth: 'int' }),
    methods: [
      { name: 'generateOffer', params: [optional('options', 'OfferOptions')], returns: 'String' },
      { name: 'processOffer', params: required({ offer: 'String' }), returns: 'String' },
      { name: 'processAnswer', params: required({ answer: 'String' }), returns: 'String' },
      { name: 'getLocalSessionDescriptor', params: [], returns: 'String' },
      { name: 'getRemoteSessionDescriptor', params: [], returns: 'String' },
    ],
    events: [],
  },
  {
    name: 'BaseRtpEndpoint',
    doc: 'An endpoint that speaks RTP.',
    extends: 'SdpEndpoint',
    properties: [
      ...properties('read-write', {
        minVideoRecvBandwidth: 'int',
        minVideoSendBandwidth: 'int',
        maxVideoSendBandwidth: 'int',
      }),
      ...properties('read-only', { mediaState: 'MediaState', connectionState: 'ConnectionState' }),
      ...properties('read-write', { mtu: 'int', rembParams: 'RembParams' }),
    ],
    methods: [{ name: 'requestKeyframe', params: [] }],
    events: ['MediaStateChanged', 'ConnectionStateChanged'],
  },
  {
    name: 'Hub',
    doc: 'What passes media between its ports.',
    extends: 'MediaObject',
    properties: [],
    methods: dotMethods,
    events: [],
  },
];

/** The module `core`. */
export const coreModule: ModuleDescription = {
  name: 'core',
  imports: [],
  classes: [
    ...abstractClasses,
    {
      name: 'MediaPipeline',
      doc: 'Elements that can be connected with each other, on one media worker.',
      extends: 'MediaObject',
      constructorParams: [],
      properties: properties('read-write', { latencyStats: 'boolean' }),
      methods: dotMethods,
      events: [],
    },
    {
      name: 'HubPort',
      doc: 'An element through which media enters and leaves a hub.',
      extends: 'MediaElement',
      constructorParams: required({ hub: 'Hub' }),
      properties: [],
      methods: [],
      events: [],
    },
    {
      name: 'PassThrough',
      doc: 'Gives on what it gets.',
      extends: 'MediaElement',
      constructorParams: required({ mediaPipeline: 'MediaPipeline' }),
      properties: [],
      methods: [],
      events: [],
    },
  ],
  complexTypes: [...coreTypes, ...statisticsTypes],
  events: coreEvents,
};
