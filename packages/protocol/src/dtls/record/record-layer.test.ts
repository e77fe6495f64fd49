import { describe, expect, it } from 'vitest';
import { nodeDtlsCrypto } from '../crypto/node-dtls-crypto.ts';
import { contentType } from '../parameters.ts';
import { type DtlsRecord, parseRecords } from './record.ts';
import { gcmOverhead, RecordLayer } from './record-layer.ts';

const keys = {
  clientKey: new Uint8Array(16).fill(1),
  serverKey: new Uint8Array(16).fill(2),
  clientIv: Uint8Array.of(1, 2, 3, 4),
  serverIv: Uint8Array.of(5, 6, 7, 8),
};

function layers() {
  const client = new RecordLayer(nodeDtlsCrypto);
  const server = new RecordLayer(nodeDtlsCrypto);
  client.installKeys(keys, 'client');
  server.installKeys(keys, 'server');
  return { client, server };
}

function only(datagram: Uint8Array): DtlsRecord {
  return parseRecords(datagram).records[0];
}

const plaintext = Uint8Array.of(1, 2, 3, 4, 5);

describe('RecordLayer', () => {
  it('opens what the other side sealed, both ways', () => {
    const { client, server } = layers();
    const up = client.seal(contentType.applicationData, 1, plaintext);
    expect(up).toHaveLength(13 + gcmOverhead + plaintext.length);
    expect(server.open(only(up))).toEqual(plaintext);
    // Not its own: the directions have different keys.
    expect(client.open(only(up))).toBe('authentication-failed');
    expect(client.open(only(server.seal(contentType.alert, 1, plaintext)))).toEqual(plaintext);
  });

  it('counts sequence numbers for each epoch from 0', () => {
    const { client } = layers();
    const numbers = ([0, 1, 0, 1] as const).map((epoch) => {
      const { epoch: written, sequence } = only(client.seal(contentType.handshake, epoch, plaintext));
      return [written, sequence];
    });
    expect(numbers).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
  });

  it('never uses a nonce twice', () => {
    const { client } = layers();
    const nonces = Array.from({ length: 300 }, () =>
      Buffer.from(only(client.seal(contentType.handshake, 1, plaintext)).fragment.subarray(0, 8)).toString('hex'),
    );
    expect(new Set(nonces).size).toBe(300);
  });

  it('refuses every change of a single bit of a sealed record, then takes the record', () => {
    const { client, server } = layers();
    const datagram = client.seal(contentType.applicationData, 1, plaintext);
    // The length of the record, bytes 11 and 12, is judged by the parser.
    const places = Array.from({ length: datagram.length }, (_, i) => i).filter((i) => i !== 11 && i !== 12);
    for (const place of places) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = datagram.slice();
        changed[place] ^= 1 << bit;
        const [record] = parseRecords(changed).records;
        // Epoch 0 is plain and says so; everything else of the header is authenticated.
        const isRefused = record === undefined || record.epoch === 0 || typeof server.open(record) === 'string';
        expect(isRefused, `byte ${place} bit ${bit}`).toBe(true);
      }
    }
    expect(server.open(only(datagram))).toEqual(plaintext);
  });

  it('refuses every truncation of a fragment', () => {
    const { client, server } = layers();
    const record = only(client.seal(contentType.applicationData, 1, plaintext));
    for (let length = 0; length < record.fragment.length; length++)
      expect(server.open({ ...record, fragment: record.fragment.subarray(0, length) })).toBe('authentication-failed');
  });

  it('opens a record once, and none older than the window', () => {
    const { client, server } = layers();
    const records = Array.from({ length: 70 }, () => only(client.seal(contentType.applicationData, 1, plaintext)));
    expect(server.open(records[69])).toEqual(plaintext);
    expect(server.open(records[69])).toBe('replayed');
    expect(server.open(records[6])).toEqual(plaintext);
    expect(server.open(records[5])).toBe('replayed');
    expect(server.counters.get('replayed')).toBe(2);
  });

  it('reads epoch 0 until it is closed, epoch 1 once there are keys, no other', () => {
    const { client, server } = layers();
    const plain = only(client.seal(contentType.handshake, 0, plaintext));
    const sealed = only(client.seal(contentType.handshake, 1, plaintext));
    const keyless = new RecordLayer(nodeDtlsCrypto);
    expect(keyless.hasKeys).toBe(false);
    expect(keyless.open(plain)).toEqual(plaintext);
    expect(keyless.open(sealed)).toBe('unexpected-epoch');
    expect(server.open({ ...sealed, epoch: 2 })).toBe('unexpected-epoch');
    server.closePlain();
    expect(server.open(plain)).toBe('unexpected-epoch');
    expect(server.open(sealed)).toEqual(plaintext);
  });
});
