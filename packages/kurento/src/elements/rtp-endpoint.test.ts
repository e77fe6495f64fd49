import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../model.ts';
import { TestElements } from '../test/test-elements.ts';

let server: TestElements;
let mediaPipeline: string;

beforeEach(async () => {
  server = new TestElements();
  mediaPipeline = await server.pipeline();
});

async function endpoint(options: Readonly<Record<string, Json>> = {}): Promise<string> {
  return server.create('r', 'RtpEndpoint', { mediaPipeline, ...options });
}

const text30 = 'abcdefghijklmnopqrstuvwxyz0123';
const text46 = `${text30}4567890123456789`;

describe('an RtpEndpoint', () => {
  it('is plain, over IPv4, unless it is asked for more', async () => {
    const id = await endpoint();
    expect(server.engine.get(id).options).toEqual({
      type: 'rtp',
      trackIds: { audio: `${id}/audio`, video: `${id}/video` },
      ip: 'ipv4',
    });
    expect(server.engine.get(await endpoint({ useIpv6: true })).options).toMatchObject({ ip: 'ipv6' });
    expect(server.engine.get(await endpoint({ crypto: { key: 'short' } })).options).not.toHaveProperty('crypto');
  });

  it.each([
    ['AES_128_CM_HMAC_SHA1_32', text30, 'AES_CM_128_HMAC_SHA1_32'],
    ['AES_128_CM_HMAC_SHA1_80', text30, 'AES_CM_128_HMAC_SHA1_80'],
    ['AES_256_CM_HMAC_SHA1_32', text46, 'AES_256_CM_HMAC_SHA1_32'],
    ['AES_256_CM_HMAC_SHA1_80', text46, 'AES_256_CM_HMAC_SHA1_80'],
  ])('encrypts with %s and a key of %s', async (crypto, key, suite) => {
    const bytes = Buffer.from(key);
    for (const sdes of [{ key }, { keyBase64: bytes.toString('base64') }]) {
      const id = await endpoint({ crypto: { crypto, ...sdes } });
      expect(server.engine.get(id).options).toMatchObject({ crypto: { suite, key: bytes } });
    }
    expect(server.engine.get(await endpoint({ crypto: { crypto } })).options).toMatchObject({ crypto: { suite } });
  });

  it.each([
    { crypto: 'AES_128_CM_HMAC_SHA1_80', key: 'short' },
    { crypto: 'AES_128_CM_HMAC_SHA1_80', key: text46 },
    { crypto: 'AES_256_CM_HMAC_SHA1_80', key: text30 },
    { crypto: 'AES_128_CM_HMAC_SHA1_80', keyBase64: Buffer.from(text46).toString('base64') },
    { crypto: 'AES_128_CM_HMAC_SHA1_80', keyBase64: '!'.repeat(40) },
    // 30 characters that are more bytes.
    { crypto: 'AES_128_CM_HMAC_SHA1_80', key: 'é'.repeat(30) },
  ])('refuses %o', async (crypto) => {
    await expect(endpoint({ crypto })).rejects.toMatchObject({
      type: 'MEDIA_OBJECT_ILLEGAL_PARAM_ERROR',
      message: 'Master key size is wrong',
    });
    expect(server.engine.endpoints.size).toBe(0);
  });

  it('is connected with the negotiation, in either role', async () => {
    const [a, b] = [await endpoint(), await endpoint()];
    server.takeEvents();
    await server.invoke(a, 'generateOffer');
    expect(await server.invoke(a, 'getConnectionState')).toBe('DISCONNECTED');
    await server.invoke(a, 'processAnswer', { answer: 'v=0\r\n' });
    await server.invoke(b, 'processOffer', { offer: 'v=0\r\n' });
    const events = ['r MediaSessionStarted', 'r ConnectionStateChanged DISCONNECTED CONNECTED'];
    expect(server.takeEvents()).toEqual([...events, ...events]);
    server.engine.flow(b, 'video', true);
    expect(server.takeEvents()).toContain('r MediaStateChanged DISCONNECTED CONNECTED');
  });

  it('tells when its key is nearly used up', async () => {
    const id = await endpoint({ crypto: { crypto: 'AES_128_CM_HMAC_SHA1_80' } });
    server.engine.change(id, { type: 'key-soft-limit', kind: 'video' });
    expect(server.takeEvents()).toEqual(['r OnKeySoftLimit VIDEO']);
  });

  it('has its bandwidths told to the engine', async () => {
    const id = await endpoint();
    await server.invoke(id, 'setMaxVideoRecvBandwidth', { maxVideoRecvBandwidth: 384 });
    expect(server.engine.get(id).settings).toMatchObject({ videoReceiveMax: 384_000 });
  });
});
