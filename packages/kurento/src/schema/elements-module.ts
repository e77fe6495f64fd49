import {
  type ComplexTypeDescription,
  enumeration,
  type EventDescription,
  type ModuleDescription,
  optional,
  properties,
  required,
} from './description.ts';

const inPipeline = required({ mediaPipeline: 'MediaPipeline' });

/** Differentiated services code points by their names (RFC 2474, RFC 8837), and what older clients call them. */
const dscpValues =
  'NO_DSCP NO_VALUE AUDIO_VERYLOW AUDIO_LOW AUDIO_MEDIUM AUDIO_HIGH VIDEO_VERYLOW VIDEO_LOW VIDEO_MEDIUM ' +
  'VIDEO_MEDIUM_THROUGHPUT VIDEO_HIGH VIDEO_HIGH_THROUGHPUT DATA_VERYLOW DATA_LOW DATA_MEDIUM DATA_HIGH ' +
  'CHROME_HIGH CHROME_MEDIUM CHROME_LOW CHROME_VERYLOW CS0 CS1 CS2 CS3 CS4 CS5 CS6 CS7 ' +
  'AF11 AF12 AF13 AF21 AF22 AF23 AF31 AF32 AF33 AF41 AF42 AF43 EF VOICEADMIT LE';

const complexTypes: readonly ComplexTypeDescription[] = [
  enumeration(
    'CryptoSuite',
    'AES_128_CM_HMAC_SHA1_32',
    'AES_128_CM_HMAC_SHA1_80',
    'AES_256_CM_HMAC_SHA1_32',
    'AES_256_CM_HMAC_SHA1_80',
  ),
  {
    format: 'REGISTER',
    name: 'SDES',
    properties: [optional('key', 'String'), optional('keyBase64', 'String'), optional('crypto', 'CryptoSuite')],
  },
  {
    format: 'REGISTER',
    name: 'IceCandidate',
    properties: required({ candidate: 'String', sdpMid: 'String', sdpMLineIndex: 'int' }),
  },
  enumeration('IceComponentState', 'DISCONNECTED', 'GATHERING', 'CONNECTING', 'CONNECTED', 'READY', 'FAILED'),
  enumeration('DtlsConnectionState', 'NEW', 'CLOSED', 'FAILED', 'CONNECTING', 'CONNECTED'),
  {
    format: 'REGISTER',
    name: 'IceCandidatePair',
    properties: required({
      streamId: 'String',
      componentId: 'int',
      localCandidate: 'String',
      remoteCandidate: 'String',
    }),
  },
  {
    format: 'REGISTER',
    name: 'IceConnection',
    properties: required({ streamId: 'String', componentId: 'int', state: 'IceComponentState' }),
  },
  {
    format: 'REGISTER',
    name: 'DtlsConnection',
    properties: required({
      streamId: 'String',
      componentId: 'String',
      connectionId: 'String',
      state: 'DtlsConnectionState',
    }),
  },
  enumeration('CertificateKeyType', 'RSA', 'ECDSA'),
  enumeration('DSCPValue', ...dscpValues.split(' ')),
];

function mediaEvent(name: string, types: Readonly<Record<string, string>>): EventDescription {
  return { name, extends: 'Media', properties: required(types) };
}

/** The module `elements`. */
export const elementsModule: ModuleDescription = {
  name: 'elements',
  imports: ['core'],
  classes: [
    {
      name: 'Dispatcher',
      doc: 'A hub that gives each of its ports what one other port gets.',
      extends: 'Hub',
      constructorParams: inPipeline,
      properties: [],
      methods: [{ name: 'connect', params: required({ source: 'HubPort', sink: 'HubPort' }) }],
      events: [],
    },
    {
      name: 'DispatcherOneToMany',
      doc: 'A hub that gives all of its ports what one of them gets.',
      extends: 'Hub',
      constructorParams: inPipeline,
      properties: [],
      methods: [
        { name: 'setSource', params: required({ source: 'HubPort' }) },
        { name: 'removeSource', params: [] },
      ],
      events: [],
    },
    {
      name: 'RtpEndpoint',
      doc: 'RTP, or SRTP with keys in the SDP.',
      extends: 'BaseRtpEndpoint',
      constructorParams: [...inPipeline, optional('crypto', 'SDES', {}), optional('useIpv6', 'boolean', false)],
      properties: [],
      methods: [],
      events: ['OnKeySoftLimit'],
    },
    {
      name: 'WebRtcEndpoint',
      doc: 'RTP as browsers speak it: with ICE and DTLS-SRTP.',
      extends: 'BaseRtpEndpoint',
      constructorParams: [
        ...inPipeline,
        optional('recvonly', 'boolean', false),
        optional('sendonly', 'boolean', false),
        optional('useDataChannels', 'boolean', false),
        optional('certificateKeyType', 'CertificateKeyType', 'RSA'),
        optional('qosDscp', 'DSCPValue', 'NO_VALUE'),
      ],
      properties: [
        ...properties('read-write', {
          networkInterfaces: 'String',
          iceTcp: 'boolean',
          stunServerAddress: 'String',
          stunServerPort: 'int',
          turnUrl: 'String',
          externalIPv4: 'String',
          externalIPv6: 'String',
        }),
        ...properties('read-only', {
          ICECandidatePairs: 'IceCandidatePair[]',
          IceConnectionState: 'IceConnection[]',
          DtlsConnectionState: 'DtlsConnection[]',
        }),
      ],
      methods: [
        { name: 'gatherCandidates', params: [] },
        { name: 'addIceCandidate', params: required({ candidate: 'IceCandidate' }) },
        {
          name: 'createDataChannel',
          params: [
            optional('label', 'String', ''),
            optional('ordered', 'boolean', true),
            optional('maxPacketLifeTime', 'int', -1),
            optional('maxRetransmits', 'int', -1),
            optional('protocol', 'String', ''),
          ],
        },
        { name: 'closeDataChannel', params: required({ channelId: 'int' }) },
      ],
      events: [
        'IceCandidateFound',
        'IceGatheringDone',
        'IceComponentStateChanged',
        'DtlsConnectionStateChange',
        'DataChannelOpened',
        'DataChannelClosed',
        'NewCandidatePairSelected',
      ],
    },
  ],
  complexTypes,
  events: [
    mediaEvent('OnKeySoftLimit', { mediaType: 'MediaType' }),
    mediaEvent('IceCandidateFound', { candidate: 'IceCandidate' }),
    mediaEvent('IceGatheringDone', {}),
    mediaEvent('IceComponentStateChanged', { streamId: 'int', componentId: 'int', state: 'IceComponentState' }),
    mediaEvent('DtlsConnectionStateChange', {
      streamId: 'String',
      componentId: 'String',
      connectionId: 'String',
      state: 'DtlsConnectionState',
    }),
    mediaEvent('DataChannelOpened', { channelId: 'int' }),
    mediaEvent('DataChannelClosed', { channelId: 'int' }),
    mediaEvent('NewCandidatePairSelected', { candidatePair: 'IceCandidatePair' }),
  ],
};
