import { describe, expect, it } from 'vitest';
import type { Json } from '../model.ts';
import { isRecord, type JsonRecord } from '../objects/arguments.ts';
import { moduleText } from './kmd.ts';
import { findClass, findEvent, modules, saysItsType } from './schema.ts';

/** The classes as clients of 7.3 know them: a line for each constructor, property, method and event. */
const classes: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  core: {
    MediaObject: [
      'mediaPipeline: MediaPipeline final',
      'parent: MediaObject final',
      'id: String final',
      'children: MediaObject[] read-only',
      'name: String',
      'sendTagsInEvents: boolean',
      'creationTime: int final',
      'addTag(key: String, value: String)',
      'removeTag(key: String)',
      'getTag(key: String): String',
      'getTags(): Tag[]',
      'event Error',
    ],
    'ServerManager < MediaObject': [
      'info: ServerInfo read-only',
      'pipelines: MediaPipeline[] read-only',
      'sessions: String[] read-only',
      'metadata: String read-only',
      'getKmd(moduleName: String): String',
      'getCpuCount(): int',
      'getUsedCpu(interval: int): float',
      'getUsedMemory(): int64',
      'event ObjectCreated',
      'event ObjectDestroyed',
    ],
    'SessionEndpoint < Endpoint': ['event MediaSessionTerminated', 'event MediaSessionStarted'],
    'Hub < MediaObject': [
      'getGstreamerDot(details?: GstreamerDotDetails): String',
      'dumpGstreamerDot(details?: GstreamerDotDetails)',
    ],
    'Endpoint < MediaElement': [],
    'HubPort < MediaElement': ['new(hub: Hub)'],
    'PassThrough < MediaElement': ['new(mediaPipeline: MediaPipeline)'],
    'MediaPipeline < MediaObject': [
      'new()',
      'latencyStats: boolean',
      'getGstreamerDot(details?: GstreamerDotDetails): String',
      'dumpGstreamerDot(details?: GstreamerDotDetails)',
    ],
    'SdpEndpoint < SessionEndpoint': [
      'maxAudioRecvBandwidth: int',
      'maxVideoRecvBandwidth: int',
      'generateOffer(options?: OfferOptions): String',
      'processOffer(offer: String): String',
      'processAnswer(answer: String): String',
      'getLocalSessionDescriptor(): String',
      'getRemoteSessionDescriptor(): String',
    ],
    'BaseRtpEndpoint < SdpEndpoint': [
      'minVideoRecvBandwidth: int',
      'minVideoSendBandwidth: int',
      'maxVideoSendBandwidth: int',
      'mediaState: MediaState read-only',
      'connectionState: ConnectionState read-only',
      'mtu: int',
      'rembParams: RembParams',
      'requestKeyframe()',
      'event MediaStateChanged',
      'event ConnectionStateChanged',
    ],
    'MediaElement < MediaObject': [
      'encoderBitrate: int',
      'minEncoderBitrate: int',
      'maxEncoderBitrate: int',
      'getSourceConnections(mediaType?: MediaType, description?: String): ElementConnectionData[]',
      'getSinkConnections(mediaType?: MediaType, description?: String): ElementConnectionData[]',
      'connect(sink: MediaElement, mediaType?: MediaType, sourceMediaDescription?: String, sinkMediaDescription?: String)',
      'disconnect(sink: MediaElement, mediaType?: MediaType, sourceMediaDescription?: String, sinkMediaDescription?: String)',
      'setAudioFormat(caps: AudioCaps)',
      'setVideoFormat(caps: VideoCaps)',
      'dumpGstreamerDot(details?: GstreamerDotDetails)',
      'getGstreamerDot(details?: GstreamerDotDetails): String',
      'getStats(mediaType?: MediaType): Stats<>',
      'isMediaFlowingIn(mediaType: MediaType, sinkMediaDescription?: String = "default"): boolean',
      'isMediaFlowingOut(mediaType: MediaType, sourceMediaDescription?: String = "default"): boolean',
      'isMediaTranscoding(mediaType: MediaType, binName?: String = "default"): boolean',
      'event ElementConnected',
      'event ElementDisconnected',
      'event MediaFlowOutStateChanged',
      'event MediaFlowInStateChanged',
      'event MediaTranscodingStateChanged',
    ],
  },
  elements: {
    'Dispatcher < Hub': ['new(mediaPipeline: MediaPipeline)', 'connect(source: HubPort, sink: HubPort)'],
    'RtpEndpoint < BaseRtpEndpoint': [
      'new(mediaPipeline: MediaPipeline, crypto?: SDES = {}, useIpv6?: boolean = false)',
      'event OnKeySoftLimit',
    ],
    'WebRtcEndpoint < BaseRtpEndpoint': [
      'new(mediaPipeline: MediaPipeline, recvonly?: boolean = false, sendonly?: boolean = false, useDataChannels?: boolean = false, certificateKeyType?: CertificateKeyType = "RSA", qosDscp?: DSCPValue = "NO_VALUE")',
      'networkInterfaces: String',
      'iceTcp: boolean',
      'stunServerAddress: String',
      'stunServerPort: int',
      'turnUrl: String',
      'externalIPv4: String',
      'externalIPv6: String',
      'ICECandidatePairs: IceCandidatePair[] read-only',
      'IceConnectionState: IceConnection[] read-only',
      'DtlsConnectionState: DtlsConnection[] read-only',
      'gatherCandidates()',
      'addIceCandidate(candidate: IceCandidate)',
      'createDataChannel(label?: String = "", ordered?: boolean = true, maxPacketLifeTime?: int = -1, maxRetransmits?: int = -1, protocol?: String = "")',
      'closeDataChannel(channelId: int)',
      'event IceCandidateFound',
      'event IceGatheringDone',
      'event IceComponentStateChanged',
      'event DtlsConnectionStateChange',
      'event DataChannelOpened',
      'event DataChannelClosed',
      'event NewCandidatePairSelected',
    ],
    'DispatcherOneToMany < Hub': ['new(mediaPipeline: MediaPipeline)', 'setSource(source: HubPort)', 'removeSource()'],
  },
};

/** Records and enumerations. */
const types: readonly string[] = [
  'ServerInfo {version: String, modules: ModuleInfo[], type: ServerType, capabilities: String[]}',
  'ServerType: KMS | KCS',
  'GstreamerDotDetails: SHOW_MEDIA_TYPE | SHOW_CAPS_DETAILS | SHOW_NON_DEFAULT_PARAMS | SHOW_STATES | SHOW_FULL_PARAMS | SHOW_ALL | SHOW_VERBOSE',
  'ModuleInfo {version: String, name: String, generationTime: String, factories: String[]}',
  'MediaState: DISCONNECTED | CONNECTED',
  'MediaFlowState: FLOWING | NOT_FLOWING',
  'MediaTranscodingState: TRANSCODING | NOT_TRANSCODING',
  'ConnectionState: DISCONNECTED | CONNECTED',
  'MediaType: AUDIO | DATA | VIDEO',
  'VideoCodec: H265 | AV1 | VP9 | VP8 | H264 | RAW',
  'AudioCodec: OPUS | PCMU | PCMA | RAW',
  'Fraction {numerator: int, denominator: int}',
  'AudioCaps {codec: AudioCodec, bitrate: int}',
  'VideoCaps {codec: VideoCodec, framerate: Fraction}',
  'ElementConnectionData {source: MediaElement, sink: MediaElement, type: MediaType, sourceDescription: String, sinkDescription: String}',
  'Tag {key: String, value: String}',
  'StatsType: inboundrtp | outboundrtp | session | datachannel | track | transport | candidatepair | localcandidate | remotecandidate | element | endpoint',
  'MediaLatencyStat {name: String, type: MediaType, avg: double}',
  'Stats {id: String, type: StatsType, timestampMillis: int64}',
  'ElementStats < Stats {inputLatency: MediaLatencyStat[]}',
  'EndpointStats < ElementStats {E2ELatency: MediaLatencyStat[]}',
  'RTCStats < Stats {}',
  'RTCRTPStreamStats < RTCStats {ssrc: String, associateStatsId: String, isRemote: boolean, mediaTrackId: String, transportId: String, codecId: String, firCount: int64, pliCount: int64, nackCount: int64, sliCount: int64, remb: int64, packetsLost: int64, fractionLost: double}',
  'RTCCodec < RTCStats {payloadType: int64, codec: String, clockRate: int64, channels: int64, parameters: String}',
  'RTCInboundRTPStreamStats < RTCRTPStreamStats {packetsReceived: int64, bytesReceived: int64, jitter: double}',
  'RTCOutboundRTPStreamStats < RTCRTPStreamStats {packetsSent: int64, bytesSent: int64, targetBitrate: double, roundTripTime: double}',
  'RTCTransportStats < RTCStats {bytesSent: int64, bytesReceived: int64, rtcpTransportStatsId: String, activeConnection: boolean, selectedCandidatePairId: String, localCertificateId: String, remoteCertificateId: String}',
  'RTCStatsIceCandidateType: host | serverreflexive | peerreflexive | relayed',
  'RTCIceCandidateAttributes < RTCStats {ipAddress: String, portNumber: int64, transport: String, candidateType: RTCStatsIceCandidateType, priority: int64, addressSourceUrl: String}',
  'RTCStatsIceCandidatePairState: frozen | waiting | inprogress | failed | succeeded | cancelled',
  'RTCIceCandidatePairStats < RTCStats {transportId: String, localCandidateId: String, remoteCandidateId: String, state: RTCStatsIceCandidatePairState, priority: int64, nominated: boolean, writable: boolean, readable: boolean, bytesSent: int64, bytesReceived: int64, roundTripTime: double, availableOutgoingBitrate: double, availableIncomingBitrate: double}',
  'RTCCertificateStats < RTCStats {fingerprint: String, fingerprintAlgorithm: String, base64Certificate: String, issuerCertificateId: String}',
  'RembParams {packetsRecvIntervalTop?: int = 100, exponentialFactor?: float = 0.04, linealFactorMin?: int, linealFactorGrade?: float = 30, decrementFactor?: float = 0.5, thresholdFactor?: float = 0.8, upLosses?: int = 12, rembOnConnect?: int = 300000}',
  'OfferOptions {offerToReceiveAudio?: boolean = true, offerToReceiveVideo?: boolean = true}',
  'CryptoSuite: AES_128_CM_HMAC_SHA1_32 | AES_128_CM_HMAC_SHA1_80 | AES_256_CM_HMAC_SHA1_32 | AES_256_CM_HMAC_SHA1_80',
  'SDES {key?: String, keyBase64?: String, crypto?: CryptoSuite}',
  'IceCandidate {candidate: String, sdpMid: String, sdpMLineIndex: int}',
  'IceComponentState: DISCONNECTED | GATHERING | CONNECTING | CONNECTED | READY | FAILED',
  'DtlsConnectionState: NEW | CLOSED | FAILED | CONNECTING | CONNECTED',
  'IceCandidatePair {streamId: String, componentId: int, localCandidate: String, remoteCandidate: String}',
  'IceConnection {streamId: String, componentId: int, state: IceComponentState}',
  'DtlsConnection {streamId: String, componentId: String, connectionId: String, state: DtlsConnectionState}',
  'CertificateKeyType: RSA | ECDSA',
];

/** Events and what they tell. */
const events: readonly string[] = [
  'RaiseBase {source: MediaObject, timestampMillis: String, tags: Tag[]}',
  'Error < RaiseBase {description: String, errorCode: int, type: String}',
  'MediaSessionTerminated < Media {}',
  'MediaSessionStarted < Media {}',
  'Media < RaiseBase {type: String}',
  'ObjectCreated < RaiseBase {object: MediaObject}',
  'ObjectDestroyed < RaiseBase {objectId: String}',
  'MediaStateChanged < Media {oldState: MediaState, newState: MediaState}',
  'ConnectionStateChanged < Media {oldState: ConnectionState, newState: ConnectionState}',
  'MediaFlowOutStateChanged < Media {state: MediaFlowState, padName: String, mediaType: MediaType}',
  'MediaFlowInStateChanged < Media {state: MediaFlowState, padName: String, mediaType: MediaType}',
  'MediaTranscodingStateChanged < Media {state: MediaTranscodingState, binName: String, mediaType: MediaType}',
  'ElementConnected < Media {sink: MediaElement, mediaType: MediaType, sourceMediaDescription: String, sinkMediaDescription: String}',
  'ElementDisconnected < Media {sink: MediaElement, mediaType: MediaType, sourceMediaDescription: String, sinkMediaDescription: String}',
  'OnKeySoftLimit < Media {mediaType: MediaType}',
  'IceCandidateFound < Media {candidate: IceCandidate}',
  'IceGatheringDone < Media {}',
  'IceComponentStateChanged < Media {streamId: int, componentId: int, state: IceComponentState}',
  'DtlsConnectionStateChange < Media {streamId: String, componentId: String, connectionId: String, state: DtlsConnectionState}',
  'DataChannelOpened < Media {channelId: int}',
  'DataChannelClosed < Media {channelId: int}',
  'NewCandidatePairSelected < Media {candidatePair: IceCandidatePair}',
];

function kmd(name: string): JsonRecord {
  const json: Json = JSON.parse(moduleText(name) ?? 'null');
  if (!isRecord(json)) throw new Error(`module ${name} is described`);
  return json;
}

function records(value: Json | undefined): readonly JsonRecord[] {
  return Array.isArray(value) ? value.filter((entry) => isRecord(entry)) : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function parameterLine(parameter: JsonRecord): string {
  const { defaultValue } = parameter;
  const shown = defaultValue === undefined ? '' : ` = ${JSON.stringify(defaultValue)}`;
  return `${text(parameter['name'])}${parameter['optional'] === true ? '?' : ''}: ${text(parameter['type'])}${shown}`;
}

function parameterLines(value: Json | undefined): string {
  return records(value)
    .map((parameter) => parameterLine(parameter))
    .join(', ');
}

function heading(description: JsonRecord): string {
  const above = description['extends'];
  return above === undefined ? text(description['name']) : `${text(description['name'])} < ${text(above)}`;
}

function classLines(description: JsonRecord): readonly string[] {
  const made = description['constructor'];
  const raised = description['events'];
  const lines = isRecord(made) ? [`new(${parameterLines(made['params'])})`] : [];
  for (const property of records(description['properties'])) {
    const access = property['readOnly'] === true ? ' read-only' : property['final'] === true ? ' final' : '';
    lines.push(`${text(property['name'])}: ${text(property['type'])}${access}`);
  }
  for (const method of records(description['methods'])) {
    const answer = isRecord(method['return']) ? `: ${text(method['return']['type'])}` : '';
    lines.push(`${text(method['name'])}(${parameterLines(method['params'])})${answer}`);
  }
  return [...lines, ...(Array.isArray(raised) ? raised.map((event) => `event ${text(event)}`) : [])];
}

function typeLine(type: JsonRecord): string {
  const { values } = type;
  if (Array.isArray(values)) return `${text(type['name'])}: ${values.join(' | ')}`;
  return `${heading(type)} {${parameterLines(type['properties'])}}`;
}

describe('the description', () => {
  it.each(['core', 'elements'])('has the classes of %s as clients know them', (name) => {
    const described = new Map(
      records(kmd(name)['remoteClasses']).map((each) => [heading(each), classLines(each).toSorted()]),
    );
    const expected = Object.entries(classes[name] ?? {}).map(([key, lines]) => [key, lines.toSorted()] as const);
    expect(expected.length).toBeGreaterThan(3);
    expect(described).toEqual(new Map(expected));
  });

  it('says of each class that it is abstract or how it is made', () => {
    for (const each of [...records(kmd('core')['remoteClasses']), ...records(kmd('elements')['remoteClasses'])]) {
      expect(each['abstract'] === true, heading(each)).toBe(!isRecord(each['constructor']));
    }
  });

  it('has the records and enumerations as clients know them', () => {
    const described = ['core', 'elements'].flatMap((name) => records(kmd(name)['complexTypes']).map(typeLine));
    expect(described.filter((line) => !line.startsWith('DSCPValue')).toSorted()).toEqual(types.toSorted());
  });

  it('has the events as clients know them', () => {
    const described = ['core', 'elements'].flatMap((name) => records(kmd(name)['events']).map(typeLine));
    expect(described.toSorted()).toEqual(events.toSorted());
  });

  it('lists filters without classes: clients do not connect to a server without that module', () => {
    expect(kmd('filters')).toMatchObject({ name: 'filters', remoteClasses: [], complexTypes: [], events: [] });
  });

  it('names only types and events that it has', () => {
    const scalars = ['String', 'boolean', 'int', 'int64', 'float', 'double'];
    const known = new Set([
      ...scalars,
      ...modules.flatMap((module) => [...module.classes, ...module.complexTypes].map(({ name }) => name)),
    ]);
    const raised = new Set(modules.flatMap((module) => module.events.map(({ name }) => name)));
    for (const module of modules) {
      const named = module.classes.flatMap((each) => [
        ...each.properties.map(({ type }) => type),
        ...(each.constructorParams ?? []).map(({ type }) => type),
        ...each.methods.flatMap((method) => [method.returns ?? 'String', ...method.params.map(({ type }) => type)]),
      ]);
      expect(named.map((type) => type.replace(/(\[\]|<>)$/, '')).filter((type) => !known.has(type))).toEqual([]);
      expect(module.classes.flatMap((each) => each.events).filter((event) => !raised.has(event))).toEqual([]);
    }
  });
});

describe('lookups', () => {
  it('find a class by its bare and its qualified name', () => {
    expect(findClass('kurento.PassThrough')).toBe(findClass('PassThrough'));
    expect(findClass('core.PassThrough')).toBeUndefined();
    expect(findClass('toString')).toBeUndefined();
  });

  it('find events of the classes above', () => {
    const endpoint = findClass('WebRtcEndpoint');
    expect(endpoint && findEvent(endpoint, 'Error')).toBe('Error');
    expect(endpoint && findEvent(endpoint, 'MediaFlowInStateChange')).toBe('MediaFlowInStateChanged');
    expect(endpoint && findEvent(endpoint, 'ObjectCreated')).toBeUndefined();
    expect(['Error', 'ObjectCreated', 'IceCandidateFound'].map(saysItsType)).toEqual([false, false, true]);
  });
});
