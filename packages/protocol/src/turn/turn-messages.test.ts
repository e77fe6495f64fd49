import * as fc from 'fast-check';
import { SeededRandom } from '@rivero/testkit';
import { describe, expect, it } from 'vitest';
import { attributeType, parseStunMessage, serializeStunMessage, type StunMessage } from '../stun/index.ts';
import { channelMax, channelMin, parseChannelData, serializeChannelData } from './channel-data.ts';
import { LongTermCredentials, longTermKey } from './long-term-credentials.ts';
import { ScriptedServer } from './test/scripted-server.ts';
import { turnMessageLengthMax, TurnStreamDeframer } from './turn-stream-deframer.ts';

function hex(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replaceAll(/\s/g, ''), 'hex'));
}

function parsed(bytes: Uint8Array): StunMessage {
  const message = parseStunMessage(bytes);
  return typeof message === 'string' ? expect.fail(message) : message;
}

const channels = fc.integer({ min: channelMin, max: channelMax });

describe('long-term credentials', () => {
  const vector = hex(`
    0001 0060 2112a442 78ad3433c6ad72c029da412e
    0006 0012 e3839ee38388e383aae38383e382afe382b9 0000
    0015 001c 662f2f3439396b393534643 64f4c33346f4c394653547679 36347341
    0014 000b 6578616d706c652e6f7267 00
    0008 0014 f67024656dd64a3e02b8e0712e85c9a28ca89666`);
  const { transactionId, attributes: printed } = parsed(vector);
  const protectedOnes = printed.filter(({ type }) => type !== attributeType.messageIntegrity);
  const user = { username: '\u30de\u30c8\u30ea\u30c3\u30af\u30b9', password: 'TheMatrIX' };

  it('seal a request as RFC 5769 section 2.4 prints it', () => {
    const attributes = protectedOnes.filter(({ type }) => type !== attributeType.username);
    const challenge = serializeStunMessage({ method: 'binding', class: 'error', transactionId, attributes });
    const credentials = new LongTermCredentials(user);
    expect(credentials.handleChallenge(parsed(challenge))).toBe(true);
    const { integrity = expect.fail(), attributes: given } = credentials;
    const order = protectedOnes.map(({ type }) => given.find((one) => one.type === type) ?? expect.fail());
    const head = { method: 'binding', class: 'request', transactionId } as const;
    expect(serializeStunMessage({ ...head, attributes: order, integrity })).toEqual(vector);
    expect(credentials.check(parsed(vector))).toBe('right');
  });

  it('take composed and decomposed passwords for the same (RFC 8265 section 4.2.2)', () => {
    const key = (password: string) => longTermKey({ username: 'ann', password }, 'realm');
    expect(key('u\u0308ber\u00a0all')).toEqual(key('\u00fcber all'));
  });

  it('are nothing without a nonce, or without a realm at first', () => {
    const only = (type: number) =>
      parsed(
        serializeStunMessage({
          method: 'allocate',
          class: 'error',
          transactionId,
          attributes: [{ type, value: Uint8Array.of(65) }],
        }),
      );
    const credentials = new LongTermCredentials(user);
    expect(credentials.handleChallenge(only(attributeType.realm))).toBe(false);
    expect(credentials.handleChallenge(only(attributeType.nonce))).toBe(false);
    expect(credentials.attributes).toEqual([]);
  });
});

describe('ChannelData (RFC 8656 section 12.4)', () => {
  it('is read as it was written, with and without padding, and not when anything is missing', () => {
    fc.assert(
      fc.property(channels, fc.uint8Array({ maxLength: 64 }), fc.boolean(), (channel, data, isPadded) => {
        const bytes = serializeChannelData(channel, data, isPadded);
        expect(parseChannelData(bytes)).toEqual({ channel, data });
        if (isPadded) expect(bytes.length % 4).toBe(0);
        expect(bytes.subarray(4 + data.length).every((byte) => byte === 0)).toBe(true);
        for (let length = 0; length < 4 + data.length; length++) {
          expect(parseChannelData(bytes.subarray(0, length))).toBe('truncated');
        }
      }),
    );
    expect(parseChannelData(Uint8Array.of(0x80, 0, 0, 0))).toBe('not-channel-data');
  });
});

describe('TurnStreamDeframer', () => {
  const stun = serializeStunMessage({
    method: 'refresh',
    class: 'success',
    transactionId: new Uint8Array(12),
    attributes: [{ type: 0x000d, value: Uint8Array.of(0, 0, 2, 88) }],
  });
  const data = serializeChannelData(0x4000, Uint8Array.of(1, 2, 3, 4, 5), true);
  const stream = Uint8Array.from([...stun, ...data, ...stun]);

  it('cuts messages wherever the chunks end', () => {
    for (let a = 0; a <= stream.length; a++) {
      for (let b = a; b <= stream.length; b++) {
        const deframer = new TurnStreamDeframer();
        const chunks = [stream.subarray(0, a), stream.subarray(a, b), stream.subarray(b)];
        const messages = chunks.flatMap((chunk) => {
          const cut = deframer.handleChunk(chunk);
          return typeof cut === 'string' ? expect.fail(cut) : [...cut];
        });
        expect(messages).toEqual([stun, data, stun]);
      }
    }
  });

  it('gives a connection up for good that sends something else, or too much', () => {
    for (const [bytes, defect] of [
      [[0x16, 3, 1, 0], 'not-turn'],
      [[0, 1, turnMessageLengthMax >> 8, 0], 'message-too-long'],
      [[0x40, 0, 0xff, 0xff], 'message-too-long'],
    ] as const) {
      const deframer = new TurnStreamDeframer();
      expect(deframer.handleChunk(Uint8Array.from(bytes))).toBe(defect);
      expect(deframer.handleChunk(stun)).toBe(defect);
    }
  });
});

describe('bytes of any kind', () => {
  it('never make a client throw, and what is changed on the way allocates nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 20 }), fc.nat(), (messages, seed) => {
        const server = new ScriptedServer({ random: new SeededRandom(seed).bytes });
        server.client.start(server.now);
        const request = server.client.pollSend() ?? expect.fail();
        for (const message of messages) {
          const answer = request.slice();
          answer.set(message.subarray(0, answer.length - 20), 20);
          answer[0] = 1;
          for (const bytes of [message, answer, answer.subarray(0, message.length)]) {
            server.client.handleMessage(bytes, server.now);
          }
        }
        expect(['allocating', 'over']).toContain(server.client.state);
      }),
      { numRuns: 200 },
    );
  });
});
