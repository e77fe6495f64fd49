import { monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import chromium from '../fixtures/chromium156_dtls_client_datagrams.json' with { type: 'json' };
import firefox from '../fixtures/firefox153_dtls_client_datagrams.json' with { type: 'json' };
import { handshakeType } from '../parameters.ts';
import { parseRecords } from '../record/record.ts';
import { certificate, datagramsOf, drain, pair } from './pair.ts';
import { splitRecords } from './tampering.ts';

const browsers = [
  ['Chromium 156', chromium],
  ['Firefox 153', firefox],
] as const;

/** The datagrams of the first flight; the recorded server then asked for a cookie and got a second ClientHello. */
function clientHelloOf(recorded: readonly string[]): Uint8Array[] {
  const datagrams = recorded.map((hex) => new Uint8Array(Buffer.from(hex, 'hex')));
  return datagrams.filter((bytes) => bytes[0] === 22 && bytes[13] === handshakeType.clientHello && bytes[18] === 0);
}

function messageTypes(datagrams: readonly Uint8Array[]): number[] {
  return datagrams.flatMap((bytes) => parseRecords(bytes).records).map(({ fragment }) => fragment[0]);
}

const serverFlight = [
  handshakeType.serverHello,
  handshakeType.certificate,
  handshakeType.serverKeyExchange,
  handshakeType.certificateRequest,
  handshakeType.serverHelloDone,
];

describe.each(browsers)('the ClientHello of %s', (_, recorded) => {
  const hello = clientHelloOf(recorded);
  const clock = monotonicMs(0);

  it.each(['ecdsa', 'rsa'] as const)('is answered with a whole flight and an %s certificate', (type) => {
    const { server } = pair({}, { certificate: certificate(type) });
    for (const bytes of hello) server.handleDatagram(bytes, clock);
    expect(messageTypes(datagramsOf(drain(server)))).toEqual(serverFlight);
    expect(server.state).toBe('handshaking');
    expect(server.bytesHeld).toBe(0);
  });

  it.each(['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'] as const)('offers %s', (profile) => {
    const { server } = pair({}, { srtpProfiles: [profile] });
    for (const bytes of hello) server.handleDatagram(bytes, clock);
    expect(messageTypes(datagramsOf(drain(server)))).toEqual(serverFlight);
  });

  it('is answered once it is whole, in whatever order its records come, twice each', () => {
    const { server } = pair();
    const records = hello.flatMap(splitRecords).toReversed();
    for (const bytes of records.slice(0, -1).flatMap((record) => [record, record])) server.handleDatagram(bytes, clock);
    expect(drain(server)).toEqual([]);
    for (const bytes of records.slice(-1)) server.handleDatagram(bytes, clock);
    expect(messageTypes(datagramsOf(drain(server)))).toEqual(serverFlight);
  });

  it('is asked for a cookie when that is wanted', () => {
    const { server } = pair({}, { cookie: { secret: new Uint8Array(32), address: Uint8Array.of(1) } });
    for (const bytes of hello) server.handleDatagram(bytes, clock);
    expect(messageTypes(datagramsOf(drain(server)))).toEqual([handshakeType.helloVerifyRequest]);
  });
});

describe.each(browsers)('the whole recorded handshake of %s, which was with somebody else', (_, recorded) => {
  it('comes to nothing, and to no exception', () => {
    const { server } = pair();
    for (const hex of recorded) server.handleDatagram(new Uint8Array(Buffer.from(hex, 'hex')), monotonicMs(0));
    expect(drain(server).some(({ type }) => type === 'connected')).toBe(false);
  });
});
