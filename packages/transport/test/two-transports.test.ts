import { milliseconds } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { ServerPair } from './server-pair.ts';
import { certificate } from './simulated-server.ts';

const liteAddress = { ip: '198.51.100.1', port: 40_000 };
/** A record's header, the explicit nonce, the alert and the tag: what is answered to somebody who has gone. */
const closeNotifyLength = 13 + 8 + 2 + 16;
const controllingAddress = { ip: '203.0.113.1', port: 40_000 };

describe('two transports, one lite and one controlling', () => {
  it.each(['lite', 'controlling'] as const)(
    'connect, the %s one as DTLS client, and SRTP flows both ways',
    (dtlsClient) => {
      const pair = new ServerPair();
      const joint = pair.join({ dtlsClient });
      pair.turn(300);
      expect([joint.lite.state, joint.controlling.state]).toEqual(['connected', 'connected']);
      expect(pair.isHeard(joint, 'hello')).toBe(true);
    },
  );

  it.each([
    ['rsa', 'ecdsa'],
    ['ecdsa', 'rsa'],
    ['rsa', 'rsa'],
  ] as const)('connect with certificates of their own: %s and %s', (lite, controlling) => {
    for (const dtlsClient of ['lite', 'controlling'] as const) {
      const certificates = { lite: certificate(lite, 'lite'), controlling: certificate(controlling, 'controlling') };
      const pair = new ServerPair();
      const joint = pair.join({ dtlsClient, certificates });
      expect(joint.lite.remoteCertificate).toBeUndefined();
      pair.turn(300);
      expect(pair.isHeard(joint, 'hello')).toBe(true);
      expect(joint.lite.localCertificate).toBe(certificates.lite);
      expect(joint.lite.remoteCertificate).toEqual(certificates.controlling.der);
      expect(joint.controlling.remoteCertificate).toEqual(certificates.lite.der);
    }
  });

  it('tell what happens, in its order', () => {
    const pair = new ServerPair();
    const { lite, controlling } = pair.join();
    pair.turn(300);
    const inOrder = [
      'ice connecting',
      'pair',
      'ice connected',
      'dtls connecting',
      'dtls connected',
      'keys',
      'connected',
    ];
    expect(pair.lite.told(lite)).toEqual(inOrder);
    expect(pair.controlling.told(controlling)).toEqual(inOrder);
    pair.lite.close(lite);
    pair.turn(100);
    expect(pair.lite.told(lite).slice(inOrder.length)).toEqual(['dtls closed', 'closed']);
    expect(pair.controlling.told(controlling).slice(inOrder.length)).toEqual(['dtls closed', 'close-notify']);
  });

  it('know the selected pair from both ends, and who checks knows the round-trip time', () => {
    const pair = new ServerPair();
    const { lite, controlling } = pair.join();
    expect(controlling.selectedPair()).toBeUndefined();
    pair.turn(300);
    const protocol = 'udp';
    expect(lite.selectedPair()).toEqual({
      local: liteAddress,
      remote: controllingAddress,
      protocol,
      roundTripTime: undefined,
    });
    expect(controlling.selectedPair()).toEqual({
      local: controllingAddress,
      remote: liteAddress,
      protocol,
      roundTripTime: milliseconds(20),
    });
    pair.network.setLinks(liteAddress.ip, { up: { delay: milliseconds(90) } });
    pair.turn(7_000);
    expect(controlling.selectedPair()?.roundTripTime).toBe(100);
  });

  it('count what one sends as what the other receives, to the last byte, also after their end', () => {
    const pair = new ServerPair();
    const joint = pair.join();
    pair.turn(300);
    expect(joint.lite.traffic().bytesSent).toBeGreaterThan(500);
    pair.isHeard(joint, 'hello');
    pair.turn(60_000);
    pair.lite.close(joint.lite);
    pair.turn(100);
    const [lite, controlling] = [joint.lite.traffic(), joint.controlling.traffic()];
    expect(controlling).toEqual({ bytesSent: lite.bytesReceived + closeNotifyLength, bytesReceived: lite.bytesSent });
  });

  it('stay connected for ten minutes of silence', () => {
    const pair = new ServerPair();
    const joint = pair.join();
    pair.turn(600_000);
    expect(pair.isHeard(joint, 'still here')).toBe(true);
    expect(pair.lite.told(joint.lite).at(-1)).toBe('connected');
    expect(pair.controlling.told(joint.controlling).at(-1)).toBe('connected');
  });

  it('connect with 20 % loss, duplicates and reordering', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const up = { loss: 0.2, delay: milliseconds(30), jitter: milliseconds(20), reorder: 0.2, duplicate: 0.1 };
      const pair = new ServerPair({ up }, seed);
      const joint = pair.join();
      pair.turn(25_000);
      expect([joint.lite.state, joint.controlling.state], `seed ${seed}`).toEqual(['connected', 'connected']);
    }
  });

  it('leave nothing behind', () => {
    const pair = new ServerPair();
    const { lite, controlling } = pair.join();
    pair.turn(300);
    pair.controlling.close(controlling);
    pair.turn(100);
    pair.lite.close(lite);
    for (const { datapath, transport } of [pair.lite, pair.controlling]) {
      expect(datapath.sizes()).toMatchObject({ sessions: 0, streams: 0 });
      expect(transport.sessionCount).toBe(0);
      expect(datapath.pool.freeCount).toBe(datapath.pool.slotsMax);
    }
  });
});

describe('a controlling session that loses its peer', () => {
  it('is disconnected after 10 s without an answer, back with the next, and failed after 30 s (RFC 7675)', () => {
    const pair = new ServerPair();
    const joint = pair.join();
    pair.turn(1_000);
    const before = pair.controlling.told(joint.controlling).length;
    const outage = { up: { loss: 1 }, down: { loss: 1 } };
    pair.network.setLinks(liteAddress.ip, outage);
    pair.turn(16_000);
    pair.network.setLinks(liteAddress.ip, {});
    pair.turn(8_000);
    expect(pair.isHeard(joint, 'back')).toBe(true);
    pair.network.setLinks(liteAddress.ip, outage);
    pair.turn(37_000);
    expect(pair.controlling.told(joint.controlling).slice(before)).toEqual([
      'ice disconnected',
      'disconnected',
      'ice connected',
      'connected',
      'ice disconnected',
      'disconnected',
      'ice failed',
      'consent-expired',
    ]);
  });

  it('sends nothing more once it failed, until an ICE restart brings it back with the same keys', () => {
    const pair = new ServerPair();
    const joint = pair.join();
    pair.turn(1_000);
    pair.network.setLinks(liteAddress.ip, { down: { loss: 1 } });
    pair.turn(60_000);
    expect(joint.controlling.state).toBe('failed');
    expect(joint.controlling.selectedPair()).toBeUndefined();
    pair.controlling.sendRtp(joint.controlling, 'nobody hears');
    expect(pair.controlling.datapath.counters()['send-no-path']).toBe(1);
    const { bytesSent } = joint.controlling.traffic();
    pair.turn(60_000);
    expect(joint.controlling.traffic().bytesSent).toBe(bytesSent);

    pair.network.setLinks(liteAddress.ip, {});
    restart(pair, joint);
    pair.turn(500);
    expect(pair.isHeard(joint, 'again')).toBe(true);
    expect(pair.controlling.told(joint.controlling).slice(-4)).toEqual([
      'ice connecting',
      'pair',
      'ice connected',
      'connected',
    ]);
  });

  it('keeps sending by the selected path during a restart while it is connected', () => {
    const pair = new ServerPair();
    const joint = pair.join();
    pair.turn(1_000);
    restart(pair, joint);
    expect(pair.isHeard(joint, 'meanwhile')).toBe(true);
    pair.turn(60_000);
    expect(pair.isHeard(joint, 'later')).toBe(true);
    expect(pair.controlling.told(joint.controlling).at(-1)).toBe('connected');
    expect(pair.lite.told(joint.lite).at(-1)).toBe('connected');
  });
});

function restart(pair: ServerPair, { lite, controlling }: ReturnType<ServerPair['join']>): void {
  const credentials = { lite: lite.nextCredentials(), controlling: controlling.nextCredentials() };
  pair.lite.run(lite, (now) => lite.restartIce(credentials.lite, credentials.controlling, now));
  pair.controlling.run(controlling, (now) => {
    controlling.restartIce(credentials.controlling, credentials.lite, now);
    for (const candidate of pair.lite.candidates) controlling.addRemoteCandidate(candidate, now);
  });
}
