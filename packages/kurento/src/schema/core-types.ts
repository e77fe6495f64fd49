import { type ComplexTypeDescription, enumeration, optional, required } from './description.ts';

function register(name: string, types: Readonly<Record<string, string>>): ComplexTypeDescription {
  return { format: 'REGISTER', name, properties: required(types) };
}

function registerOf(base: string, name: string, types: Readonly<Record<string, string>>): ComplexTypeDescription {
  return { format: 'REGISTER', name, extends: base, properties: required(types) };
}

/** Enumerations and records of the module `core` that our classes and their statistics use. */
export const coreTypes: readonly ComplexTypeDescription[] = [
  register('ServerInfo', {
    version: 'String',
    modules: 'ModuleInfo[]',
    type: 'ServerType',
    capabilities: 'String[]',
  }),
  enumeration('ServerType', 'KMS', 'KCS'),
  enumeration(
    'GstreamerDotDetails',
    'SHOW_MEDIA_TYPE',
    'SHOW_CAPS_DETAILS',
    'SHOW_NON_DEFAULT_PARAMS',
    'SHOW_STATES',
    'SHOW_FULL_PARAMS',
    'SHOW_ALL',
    'SHOW_VERBOSE',
  ),
  register('ModuleInfo', { version: 'String', name: 'String', generationTime: 'String', factories: 'String[]' }),
  enumeration('MediaState', 'DISCONNECTED', 'CONNECTED'),
  enumeration('MediaFlowState', 'FLOWING', 'NOT_FLOWING'),
  enumeration('MediaTranscodingState', 'TRANSCODING', 'NOT_TRANSCODING'),
  enumeration('ConnectionState', 'DISCONNECTED', 'CONNECTED'),
  enumeration('MediaType', 'AUDIO', 'DATA', 'VIDEO'),
  enumeration('VideoCodec', 'H265', 'AV1', 'VP9', 'VP8', 'H264', 'RAW'),
  enumeration('AudioCodec', 'OPUS', 'PCMU', 'PCMA', 'RAW'),
  register('Fraction', { numerator: 'int', denominator: 'int' }),
  register('AudioCaps', { codec: 'AudioCodec', bitrate: 'int' }),
  register('VideoCaps', { codec: 'VideoCodec', framerate: 'Fraction' }),
  register('ElementConnectionData', {
    source: 'MediaElement',
    sink: 'MediaElement',
    type: 'MediaType',
    sourceDescription: 'String',
    sinkDescription: 'String',
  }),
  register('Tag', { key: 'String', value: 'String' }),
  {
    format: 'REGISTER',
    name: 'RembParams',
    properties: [
      optional('packetsRecvIntervalTop', 'int', 100),
      optional('exponentialFactor', 'float', 0.04),
      optional('linealFactorMin', 'int'),
      optional('linealFactorGrade', 'float', 30),
      optional('decrementFactor', 'float', 0.5),
      optional('thresholdFactor', 'float', 0.8),
      optional('upLosses', 'int', 12),
      optional('rembOnConnect', 'int', 300_000),
    ],
  },
  {
    format: 'REGISTER',
    name: 'OfferOptions',
    properties: [optional('offerToReceiveAudio', 'boolean', true), optional('offerToReceiveVideo', 'boolean', true)],
  },
];

/** What `getStats` answers. */
export const statisticsTypes: readonly ComplexTypeDescription[] = [
  enumeration(
    'StatsType',
    'inboundrtp',
    'outboundrtp',
    'session',
    'datachannel',
    'track',
    'transport',
    'candidatepair',
    'localcandidate',
    'remotecandidate',
    'element',
    'endpoint',
  ),
  register('MediaLatencyStat', { name: 'String', type: 'MediaType', avg: 'double' }),
  register('Stats', { id: 'String', type: 'StatsType', timestampMillis: 'int64' }),
  registerOf('Stats', 'ElementStats', { inputLatency: 'MediaLatencyStat[]' }),
  registerOf('ElementStats', 'EndpointStats', { E2ELatency: 'MediaLatencyStat[]' }),
  registerOf('Stats', 'RTCStats', {}),
  registerOf('RTCStats', 'RTCRTPStreamStats', {
    ssrc: 'String',
    associateStatsId: 'String',
    isRemote: 'boolean',
    mediaTrackId: 'String',
    transportId: 'String',
    codecId: 'String',
    firCount: 'int64',
    pliCount: 'int64',
    nackCount: 'int64',
    sliCount: 'int64',
    remb: 'int64',
    packetsLost: 'int64',
    fractionLost: 'double',
  }),
  registerOf('RTCStats', 'RTCCodec', {
    payloadType: 'int64',
    codec: 'String',
    clockRate: 'int64',
    channels: 'int64',
    parameters: 'String',
  }),
  registerOf('RTCRTPStreamStats', 'RTCInboundRTPStreamStats', {
    packetsReceived: 'int64',
    bytesReceived: 'int64',
    jitter: 'double',
  }),
  registerOf('RTCRTPStreamStats', 'RTCOutboundRTPStreamStats', {
    packetsSent: 'int64',
    bytesSent: 'int64',
    targetBitrate: 'double',
    roundTripTime: 'double',
  }),
  registerOf('RTCStats', 'RTCTransportStats', {
    bytesSent: 'int64',
    bytesReceived: 'int64',
    rtcpTransportStatsId: 'String',
    activeConnection: 'boolean',
    selectedCandidatePairId: 'String',
    localCertificateId: 'String',
    remoteCertificateId: 'String',
  }),
  enumeration('RTCStatsIceCandidateType', 'host', 'serverreflexive', 'peerreflexive', 'relayed'),
  registerOf('RTCStats', 'RTCIceCandidateAttributes', {
    ipAddress: 'String',
    portNumber: 'int64',
    transport: 'String',
    candidateType: 'RTCStatsIceCandidateType',
    priority: 'int64',
    addressSourceUrl: 'String',
  }),
  enumeration('RTCStatsIceCandidatePairState', 'frozen', 'waiting', 'inprogress', 'failed', 'succeeded', 'cancelled'),
  registerOf('RTCStats', 'RTCIceCandidatePairStats', {
    transportId: 'String',
    localCandidateId: 'String',
    remoteCandidateId: 'String',
    state: 'RTCStatsIceCandidatePairState',
    priority: 'int64',
    nominated: 'boolean',
    writable: 'boolean',
    readable: 'boolean',
    bytesSent: 'int64',
    bytesReceived: 'int64',
    roundTripTime: 'double',
    availableOutgoingBitrate: 'double',
    availableIncomingBitrate: 'double',
  }),
  registerOf('RTCStats', 'RTCCertificateStats', {
    fingerprint: 'String',
    fingerprintAlgorithm: 'String',
    base64Certificate: 'String',
    issuerCertificateId: 'String',
  }),
];
