import type { Milliseconds } from '@rivero/core';
import { milliseconds } from '@rivero/core';
import { type AttributeToSend, turnAttributeType } from '../stun/index.ts';

/** Protocol number of UDP (RFC 8656 section 18.8): what relayed addresses speak. */
const udp = 17;

/** REQUESTED-TRANSPORT: a byte and three that are reserved. */
export function requestedTransport(): AttributeToSend {
  return { type: turnAttributeType.requestedTransport, value: Uint8Array.of(udp, 0, 0, 0) };
}

/** LIFETIME is in whole seconds (RFC 8656 section 18.2). */
export function lifetimeAttribute(lifetime: Milliseconds): AttributeToSend {
  const value = new Uint8Array(4);
  new DataView(value.buffer).setUint32(0, lifetime / 1_000);
  return { type: turnAttributeType.lifetime, value };
}

export function parseLifetime(value: Uint8Array): Milliseconds | undefined {
  if (value.length !== 4) return undefined;
  return milliseconds(new DataView(value.buffer, value.byteOffset, 4).getUint32(0) * 1_000);
}

/** CHANNEL-NUMBER and two reserved bytes (RFC 8656 section 18.1). */
export function channelNumber(channel: number): AttributeToSend {
  return { type: turnAttributeType.channelNumber, value: Uint8Array.of(channel >> 8, channel & 0xff, 0, 0) };
}
