import { type HandshakeMessage, serializeFragment } from '../handshake/handshake-message.ts';
import { type ClientHello, parseClientHello, serializeClientHello } from '../message/client-hello.ts';
import { parseServerHello, serializeServerHello, type ServerHello } from '../message/server-hello.ts';
import { contentType, dtls12, handshakeType } from '../parameters.ts';
import { type DtlsRecord, parseRecords, serializeRecord } from '../record/record.ts';
import { concatBytes } from '../byte-writer.ts';

/** A plaintext record of epoch 0, as anybody can make one. */
export function plainRecord(type: number, fragment: Uint8Array, sequence = 40): Uint8Array {
  return serializeRecord({ type, version: dtls12, epoch: 0, sequence, fragment });
}

/** Each record in a datagram of its own. */
export function splitRecords(datagram: Uint8Array): Uint8Array[] {
  return parseRecords(datagram).records.map((record) => serializeRecord(record));
}

/** The same datagram with what `change` makes of each of its records. */
export function changeRecords(datagram: Uint8Array, change: (record: DtlsRecord) => readonly DtlsRecord[]): Uint8Array {
  return concatBytes(
    parseRecords(datagram)
      .records.flatMap(change)
      .map((record) => serializeRecord(record)),
  );
}

/** The message of a plaintext handshake record that holds a whole one. */
export function wholeMessage({ type, epoch, fragment }: DtlsRecord): HandshakeMessage | undefined {
  if (type !== contentType.handshake || epoch !== 0) return undefined;
  const view = new DataView(fragment.buffer, fragment.byteOffset, fragment.byteLength);
  return { type: fragment[0], sequence: view.getUint16(4), body: fragment.subarray(12) };
}

/** The same datagram with another body for each plaintext handshake message of that type. */
export function changeMessages(
  datagram: Uint8Array,
  type: number,
  change: (body: Uint8Array) => Uint8Array,
): Uint8Array {
  return changeRecords(datagram, (record) => {
    const message = wholeMessage(record);
    if (message?.type !== type) return [record];
    const body = change(message.body);
    return [{ ...record, fragment: serializeFragment({ ...message, body }, 0, body.length) }];
  });
}

export function changeClientHello(datagram: Uint8Array, change: (hello: ClientHello) => ClientHello): Uint8Array {
  return changeMessages(datagram, handshakeType.clientHello, (body) => {
    const hello = parseClientHello(body);
    return hello === 'malformed' ? body : serializeClientHello(change(hello));
  });
}

export function changeServerHello(datagram: Uint8Array, change: (hello: ServerHello) => ServerHello): Uint8Array {
  return changeMessages(datagram, handshakeType.serverHello, (body) => {
    const hello = parseServerHello(body);
    return hello === 'malformed' ? body : serializeServerHello(change(hello));
  });
}

/** The same hello without one of its extensions. */
export function without<Hello extends ClientHello | ServerHello>(hello: Hello, extension: number): Hello {
  return { ...hello, extensions: new Map([...hello.extensions].filter(([type]) => type !== extension)) };
}
