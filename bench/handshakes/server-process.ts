import { randomBytes } from 'node:crypto';
import { wallClockMs } from '@rivero/core';
import { type DtlsAssociation, generateCertificate } from '@rivero/protocol/dtls';
import { answerOf, startAssociation } from './datagrams.ts';
import type { ServerRequest, ServerResponse } from './handshake-server.ts';
import { NodeFloor } from './node-floor.ts';

/** The servers of handshakes, whose clients are another process's, and the floor: each says what CPU time it took. */
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const now = wallClockMs(Date.now());
const certificate = generateCertificate({ type: 'ecdsa', random, now });
const floor = new NodeFloor(certificate, generateCertificate({ type: 'ecdsa', random, now }));
let servers: readonly DtlsAssociation[] = [];

/** CPU time of this process, user and system, in microseconds. */
function measure<Result>(action: () => Result): { readonly result: Result; readonly microseconds: number } {
  const before = process.cpuUsage();
  const result = action();
  const { user, system } = process.cpuUsage(before);
  return { result, microseconds: user + system };
}

function answer(request: ServerRequest): ServerResponse {
  switch (request.type) {
    case 'floor': {
      const { microseconds } = measure(() => floor.handshake(request.count));
      return { microseconds, flights: [], establishedCount: 0 };
    }
    case 'open': {
      const { fingerprint, flights } = request;
      const remoteFingerprints = [fingerprint];
      const { result, microseconds } = measure(() => {
        servers = flights.map(() => startAssociation({ role: 'server', certificate, remoteFingerprints, random }));
        return servers.map((server, i) => answerOf(server, flights[i]));
      });
      return { microseconds, flights: result, establishedCount: 0 };
    }
    case 'go-on': {
      const { result, microseconds } = measure(() => servers.map((server, i) => answerOf(server, request.flights[i])));
      const establishedCount = servers.filter(({ state }) => state === 'established').length;
      return { microseconds, flights: result, establishedCount };
    }
  }
}

process.on('message', (request: ServerRequest) => process.send?.(answer(request)));
process.on('disconnect', () => process.exit(0));
process.send?.(certificate.fingerprint);
