export {
  type AnswerOptions,
  createAnswer,
  isAnswerable,
  type LocalTransport,
  readRemoteTransport,
  type RemoteTransport,
  type SectionAnswer,
  type SentTrack,
} from './create-answer.ts';
export {
  createOffer,
  offeredAudioCodecs,
  type OfferedSection,
  offeredVideoCodecs,
  type OfferOptions,
} from './create-offer.ts';
export {
  chooseCrypto,
  type CryptoAttribute,
  type CryptoDefect,
  type CryptoKey,
  type CryptoSuite,
  cryptoSuites,
  parseCrypto,
  serializeCrypto,
} from './crypto-attribute.ts';
export { isAddressedProtocol } from './parse-addresses.ts';
export { type ParseOptions, parseSessionDescription } from './parse-session-description.ts';
export { readSectionTransport, type SectionTransport } from './section-transport.ts';
export { serializeSessionDescription } from './serialize-session-description.ts';
export type {
  Direction,
  HeaderExtension,
  MediaSection,
  Msid,
  RtpAddresses,
  RtpCodec,
  SessionDescription,
  Setup,
  SsrcGroup,
} from './session-description.ts';
export {
  answeredCodec,
  codecIdentity,
  type CodecName,
  codecNameOf,
  endpointCodecIdentity,
  type EndpointCodecName,
  endpointCodecNameOf,
  isSameCodec,
} from './supported-codecs.ts';
export {
  type ExtensionIds,
  extensionIdsOf,
  type ExtensionName,
  extensionsOf,
  extensionUris,
} from './supported-extensions.ts';
