/** Method of a message (RFC 8489 section 18.2, RFC 8656 section 17, RFC 6062 section 6.1). */
export type StunMethod =
  | 'binding'
  | 'allocate'
  | 'refresh'
  | 'send'
  | 'data'
  | 'create-permission'
  | 'channel-bind'
  | 'connect'
  | 'connection-bind'
  | 'connection-attempt';

export type StunClass = 'request' | 'indication' | 'success' | 'error';

/** One attribute as it stands on the wire: its value is a view into the message, without padding. */
export interface RawAttribute {
  readonly type: number;
  readonly value: Uint8Array;
  /** Where its type field begins in the message. */
  readonly offset: number;
}

/** A message whose framing was checked: header, lengths, and FINGERPRINT when there is one. Views into the given bytes. */
export interface StunMessage {
  readonly method: StunMethod;
  readonly class: StunClass;
  /** 12 bytes (RFC 8489 section 5). */
  readonly transactionId: Uint8Array;
  /** In order; those behind MESSAGE-INTEGRITY that the RFC says to ignore are left out. */
  readonly attributes: readonly RawAttribute[];
  readonly bytes: Uint8Array;
}

/** Why bytes are not a STUN message. */
export const stunDefects = [
  'truncated',
  'not-stun',
  'bad-length',
  'unknown-method',
  'bad-fingerprint',
  'too-many-attributes',
] as const;

export type StunDefect = (typeof stunDefects)[number];

/** RFC 8489 section 5. */
export const magicCookie = 0x2112a442;

export const stunHeaderLength = 20;

/** More than any real message has; a longer list is refused. */
export const stunAttributesMax = 64;

/** Attribute types (RFC 8489 section 18.3, RFC 8445 section 16.1). */
export const attributeType = {
  mappedAddress: 0x0001,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  realm: 0x0014,
  nonce: 0x0015,
  messageIntegritySha256: 0x001c,
  passwordAlgorithm: 0x001d,
  userhash: 0x001e,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  passwordAlgorithms: 0x8002,
  alternateDomain: 0x8003,
  software: 0x8022,
  alternateServer: 0x8023,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

/** Attribute types of TURN (RFC 8656 section 18, RFC 6062 section 6.2). */
export const turnAttributeType = {
  channelNumber: 0x000c,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  evenPort: 0x0018,
  requestedTransport: 0x0019,
  dontFragment: 0x001a,
  reservationToken: 0x0022,
  connectionId: 0x002a,
  additionalAddressFamily: 0x8000,
  addressErrorCode: 0x8001,
  icmp: 0x8004,
} as const;

/** The method bits of a message type, without the class bits between them. */
export const methodNumbers: Readonly<Record<StunMethod, number>> = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  'create-permission': 0x008,
  'channel-bind': 0x009,
  connect: 0x00a,
  'connection-bind': 0x00b,
  'connection-attempt': 0x00c,
};

/** `undefined`: a method that we do not know. */
export function methodOf(number: number): StunMethod | undefined {
  switch (number) {
    case methodNumbers.binding:
      return 'binding';
    case methodNumbers.allocate:
      return 'allocate';
    case methodNumbers.refresh:
      return 'refresh';
    case methodNumbers.send:
      return 'send';
    case methodNumbers.data:
      return 'data';
    case methodNumbers['create-permission']:
      return 'create-permission';
    case methodNumbers['channel-bind']:
      return 'channel-bind';
    case methodNumbers.connect:
      return 'connect';
    case methodNumbers['connection-bind']:
      return 'connection-bind';
    case methodNumbers['connection-attempt']:
      return 'connection-attempt';
    default:
      return undefined;
  }
}

/** Class bits C1 (0x100) and C0 (0x010) of a message type. */
export const classBits: Readonly<Record<StunClass, number>> = {
  request: 0x000,
  indication: 0x010,
  success: 0x100,
  error: 0x110,
};

export function findAttribute(message: StunMessage, type: number): RawAttribute | undefined {
  return message.attributes.find((attribute) => attribute.type === type);
}

const bindingAttributes: ReadonlySet<number> = new Set(Object.values(attributeType));
const turnAttributes: ReadonlySet<number> = new Set([...bindingAttributes, ...Object.values(turnAttributeType)]);

/** Attributes below 0x8000 must be understood (RFC 8489 section 14); these of them are not known to us: those of TURN are not in Binding. */
export function unknownRequiredAttributes({ method, attributes }: StunMessage): readonly number[] {
  const known = method === 'binding' ? bindingAttributes : turnAttributes;
  return attributes.map(({ type }) => type).filter((type) => type < 0x8000 && !known.has(type));
}
