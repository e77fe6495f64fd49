import { monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { nodeDtlsCrypto } from '../crypto/node-dtls-crypto.ts';
import type { DtlsCrypto } from '../index.ts';
import { alertDescription, alertLevel, contentType, handshakeType } from '../parameters.ts';
import { datagramsOf, drain, establish, type Side } from './pair.ts';

const clock = monotonicMs(5_000);

/** Where the content type stands in what a record authenticates. */
const typeOffset = 8;

/** A peer that has the keys and says what no association of ours says: its data goes out as another content type. */
function misbehaving(side: Side, type: number) {
  const crypto: DtlsCrypto = {
    ...nodeDtlsCrypto,
    createRecordCipher: (key) => {
      const cipher = nodeDtlsCrypto.createRecordCipher(key);
      const seal: typeof cipher.seal = (nonce, additionalData, plaintext) => {
        const data = additionalData.slice();
        if (data[typeOffset] === contentType.applicationData) data[typeOffset] = type;
        return cipher.seal(nonce, data, plaintext);
      };
      return { ...cipher, seal };
    },
  };
  const both = side === 'client' ? establish({ crypto }, {}) : establish({}, { crypto });
  const [peer, target] = side === 'client' ? [both.client, both.server] : [both.server, both.client];
  const say = (plaintext: Uint8Array): void => {
    peer.sendData(plaintext);
    for (const datagram of datagramsOf(drain(peer))) {
      datagram[0] = type;
      target.handleDatagram(datagram, clock);
    }
  };
  return { target, say };
}

function messageHeader(type: number, sequence: number): Uint8Array {
  const header = new Uint8Array(12);
  header[0] = type;
  header[5] = sequence;
  return header;
}

describe.each(['client', 'server'] as const)('what an authentic %s says', (side) => {
  it('ends the association when it is a fatal alert', () => {
    const { target, say } = misbehaving(side, contentType.alert);
    say(Uint8Array.of(alertLevel.fatal, alertDescription.decryptError));
    expect(drain(target)).toEqual([{ type: 'closed', reason: 'peer-alert' }]);
  });

  it('ends the association when it is close_notify, which is answered', () => {
    const { target, say } = misbehaving(side, contentType.alert);
    say(Uint8Array.of(alertLevel.warning, alertDescription.closeNotify));
    const [answer, closed] = drain(target);
    expect(answer.type).toBe('datagram');
    expect(closed).toEqual({ type: 'closed', reason: 'close-notify' });
  });

  it('changes nothing when it is a warning or no alert at all', () => {
    const { target, say } = misbehaving(side, contentType.alert);
    say(Uint8Array.of(alertLevel.warning, alertDescription.noRenegotiation));
    say(Uint8Array.of(alertLevel.fatal));
    expect(drain(target)).toEqual([]);
    expect(target.state).toBe('established');
    expect(target.counters()['malformed-alert']).toBe(1);
  });

  it.each([handshakeType.helloRequest, handshakeType.clientHello])('is no renegotiation: message %i', (type) => {
    const { target, say } = misbehaving(side, contentType.handshake);
    for (let sequence = 0; sequence < 12; sequence++) say(messageHeader(type, sequence));
    expect(drain(target)).toEqual([]);
    expect(target.state).toBe('established');
    expect(target.counters()['renegotiation-refused']).toBe(12);
    expect(target.bytesHeld).toBe(0);
  });

  it('changes nothing when it is a ChangeCipherSpec', () => {
    const { target, say } = misbehaving(side, contentType.changeCipherSpec);
    say(Uint8Array.of(1));
    expect(drain(target)).toEqual([]);
    expect(target.state).toBe('established');
  });
});
