import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CodedError } from '@rivero/core';
import type { TlsPair } from './tls-pair.ts';

/** Reads the certificate and key that somebody brings: `tls-file-unreadable`, `tls-file-invalid`, `tls-pair-mismatch`. */
export async function readOwnCertificate(certFile: string, keyFile: string): Promise<TlsPair> {
  const cert = await readText(certFile, 'RIVERO_TLS_CERT');
  const key = await readText(keyFile, 'RIVERO_TLS_KEY');
  const parsedCert = parse(() => new X509Certificate(cert), certFile, 'RIVERO_TLS_CERT', 'a PEM certificate');
  const parsedKey = parse((): KeyObject => createPrivateKey(key), keyFile, 'RIVERO_TLS_KEY', 'a PEM private key');
  if (!parsedCert.checkPrivateKey(parsedKey)) {
    throw new CodedError(
      'tls-pair-mismatch',
      `The key ${keyFile} does not belong to the certificate ${certFile}; set RIVERO_TLS_CERT and RIVERO_TLS_KEY to a pair.`,
      { certFile, keyFile },
    );
  }
  return { cert, key };
}

async function readText(file: string, setting: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const cause = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CodedError(
      'tls-file-unreadable',
      `${setting} names ${file}, which cannot be read (${cause}); set it to another file.`,
      {
        setting,
        file,
        cause,
      },
    );
  }
}

function parse<Value>(read: () => Value, file: string, setting: string, what: string): Value {
  try {
    return read();
  } catch {
    throw new CodedError(
      'tls-file-invalid',
      `${setting} names ${file}, which is not ${what} without a password; set it to one.`,
      {
        setting,
        file,
      },
    );
  }
}
