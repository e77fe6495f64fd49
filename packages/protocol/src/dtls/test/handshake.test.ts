import { describe, expect, it } from 'vitest';
import { monotonicMs } from '@rivero/core';
import { type SrtpProfile, srtpProfiles } from '../../srtp/index.ts';
import { certificate, datagramsOf, drain, establish, pair, run } from './pair.ts';

const profiles: readonly SrtpProfile[] = ['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'];
const types = ['ecdsa', 'rsa'] as const;
const cookie = { secret: new Uint8Array(32).fill(7), address: Uint8Array.of(192, 0, 2, 1, 4, 5) };

const cases = types.flatMap((client) =>
  types.flatMap((server) =>
    profiles.flatMap((profile) => [true, false].map((hasCookie) => ({ client, server, profile, hasCookie }))),
  ),
);

describe('a DTLS handshake', () => {
  it.each(cases)(
    'gives both sides the same SRTP keys: client $client, server $server, $profile, cookie $hasCookie',
    ({ client, server, profile, hasCookie }) => {
      const { outcome } = establish(
        { certificate: certificate(client), srtpProfiles: [profile] },
        { certificate: certificate(server), ...(hasCookie ? { cookie } : {}) },
      );
      const { keyLength, saltLength } = srtpProfiles[profile];
      const [a, b] = [outcome.client.srtp, outcome.server.srtp];
      expect(a?.profile).toBe(profile);
      expect(b?.profile).toBe(profile);
      expect(a?.localKey).toHaveLength(keyLength);
      expect(a?.localSalt).toHaveLength(saltLength);
      expect(a?.localKey).toEqual(b?.remoteKey);
      expect(a?.remoteKey).toEqual(b?.localKey);
      expect(a?.localSalt).toEqual(b?.remoteSalt);
      expect(a?.remoteSalt).toEqual(b?.localSalt);
      expect(a?.localKey).not.toEqual(a?.remoteKey);
      expect(outcome.clock).toBe(0);
    },
  );

  it.each(types)("knows the peer's certificate once it is proved, and still when it is closed (%s)", (type) => {
    const own = { client: certificate(type), server: certificate(`${type}-other`) };
    const both = pair({ certificate: own.client }, { certificate: own.server });
    expect([both.client.remoteCertificate, both.server.remoteCertificate]).toEqual([undefined, undefined]);
    run(both);
    both.client.close();
    expect(both.client.remoteCertificate).toEqual(own.server.der);
    expect(both.server.remoteCertificate).toEqual(own.client.der);
  });

  it('begins once, however often it is told to', () => {
    const both = pair();
    for (let i = 0; i < 3; i++) both.client.start(monotonicMs(i));
    expect(drain(both.client)).toHaveLength(1);
  });

  it('tells no certificate of a peer that did not prove it', () => {
    const { client } = pair({ remoteFingerprints: [certificate('rsa-other').fingerprint] });
    const both = { client, server: pair().server };
    run(both);
    expect(client.remoteCertificate).toBeUndefined();
  });

  it("takes the server's best profile that the client offers", () => {
    const best = (client: readonly SrtpProfile[], server: readonly SrtpProfile[]) =>
      establish({ srtpProfiles: client }, { srtpProfiles: server }).outcome.client.srtp?.profile;
    expect(best(profiles, profiles)).toBe('AEAD_AES_128_GCM');
    expect(best(profiles, profiles.toReversed())).toBe('AES128_CM_HMAC_SHA1_80');
  });

  it('fails without a common profile', () => {
    const both = pair({ srtpProfiles: ['AEAD_AES_128_GCM'] }, { srtpProfiles: ['AES128_CM_HMAC_SHA1_80'] });
    expect(run(both).server.closed).toBe('no-common-srtp-profile');
  });

  it('exports the same keying material on both sides, another for another label', () => {
    const { client, server } = establish();
    const exported = client.exportKeyingMaterial('EXPERIMENTAL test', 100);
    expect(exported).toHaveLength(100);
    expect(server.exportKeyingMaterial('EXPERIMENTAL test', 100)).toEqual(exported);
    expect(server.exportKeyingMaterial('EXPERIMENTAL other', 100)).not.toEqual(exported);
  });

  it('makes keys that no other handshake has', () => {
    const [a, b] = [establish().outcome.client.srtp, establish().outcome.client.srtp];
    expect(a?.localKey).not.toEqual(b?.localKey);
  });

  it('sends no datagram longer than the MTU, whatever it is', () => {
    const options = { certificate: certificate('rsa') };
    const mtus = [1_200, 128, ...Array.from({ length: 60 }, (_, i) => 260 + i)];
    for (const mtu of mtus) {
      const { outcome } = establish({ ...options, mtu }, { ...options, mtu });
      const lengths = [...outcome.client.datagrams, ...outcome.server.datagrams].map(({ length }) => length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(mtu);
    }
  });

  it('refuses a cookie that was made for another address', () => {
    const elsewhere = { ...cookie, address: Uint8Array.of(192, 0, 2, 2, 4, 5) };
    const { client, server: first } = pair({}, { cookie });
    const { server: second } = pair({}, { cookie: elsewhere });
    const clock = monotonicMs(0);
    client.start(clock);
    const [hello] = datagramsOf(drain(client));
    first.handleDatagram(hello, clock);
    second.handleDatagram(hello, clock);
    const [request] = datagramsOf(drain(first));
    drain(second);
    client.handleDatagram(request, clock);
    const [withCookie] = datagramsOf(drain(client));
    second.handleDatagram(withCookie, clock);
    const answers = datagramsOf(drain(second));
    expect(answers).toHaveLength(1);
    // Another HelloVerifyRequest, not a flight.
    expect(answers[0][13]).toBe(3);
  });
});

describe('a client that was asked for a cookie', () => {
  it('is not asked again', () => {
    const { client, server } = pair({}, { cookie });
    const clock = monotonicMs(0);
    client.start(clock);
    for (const bytes of datagramsOf(drain(client))) server.handleDatagram(bytes, clock);
    const [request] = datagramsOf(drain(server));
    client.handleDatagram(request, clock);
    expect(datagramsOf(drain(client))).toHaveLength(1);
    const again = request.slice();
    // The message sequence number.
    again[18] += 1;
    client.handleDatagram(again, clock);
    expect(drain(client)).toEqual([]);
    expect(client.counters()['unexpected-message']).toBe(1);
    expect(client.state).toBe('handshaking');
  });
});

describe('an established association', () => {
  it('carries data both ways, and none before', () => {
    const { client, server } = pair();
    expect(client.sendData(Uint8Array.of(1))).toBe('not-established');
    run({ client, server });
    const clock = monotonicMs(1_000);
    expect(client.sendData(Uint8Array.of(1, 2, 3))).toBe('sent');
    for (const bytes of datagramsOf(drain(client))) server.handleDatagram(bytes, clock);
    expect(drain(server)).toEqual([{ type: 'data', bytes: Uint8Array.of(1, 2, 3) }]);
    server.sendData(Uint8Array.of(4));
    for (const bytes of datagramsOf(drain(server))) client.handleDatagram(bytes, clock);
    expect(drain(client)).toEqual([{ type: 'data', bytes: Uint8Array.of(4) }]);
  });

  it('sends no data longer than a record (RFC 5246 6.2.1)', () => {
    const { client } = establish();
    expect(client.sendData(new Uint8Array(16_384))).toBe('sent');
    expect(client.sendData(new Uint8Array(16_385))).toBe('too-long');
  });

  it('ends on both sides when one closes', () => {
    const { client, server } = establish();
    client.close();
    client.close();
    const farewell = drain(client);
    expect(farewell.map(({ type }) => type)).toEqual(['datagram', 'closed']);
    for (const bytes of datagramsOf(farewell)) server.handleDatagram(bytes, monotonicMs(1_000));
    expect(drain(server).at(-1)).toEqual({ type: 'closed', reason: 'close-notify' });
    expect(server.state).toBe('closed');
    expect(server.sendData(Uint8Array.of(1))).toBe('not-established');
    expect(server.deadline()).toBe(Number.POSITIVE_INFINITY);
  });
});
