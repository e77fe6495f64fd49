import { randomBytes } from 'node:crypto';
import { wallClockMs } from '@rivero/core';
import { generateCertificate } from '@rivero/protocol/dtls';
import type { Benchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { rounded } from '../rounded.ts';
import { measureEngineJoins } from './engine-joins.ts';
import { HandshakeServer } from './handshake-server.ts';

/** As many as begin before the first of them is through. */
const atOnce = 100;
const perRound = 500;
const rounds = 15;
const roundsToWarmUp = 5;
/** At least half as many handshakes a second as the floor makes. */
const ratioMax = 2;

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

/** CPU of the server's side of a DTLS handshake, against the primitives of node:crypto that it needs, in the same run. */
export const handshakes: Benchmark = {
  name: 'handshakes',
  sentence: `makes ${perRound} DTLS handshakes, ${rounds} times by turns with what they need of node:crypto`,
  run: async (tell) => {
    const server = await HandshakeServer.start();
    const certificate = generateCertificate({ type: 'ecdsa', random, now: wallClockMs(Date.now()) });
    const floorTimes: number[] = [];
    const ownTimes: number[] = [];
    for (let round = 0; round < roundsToWarmUp + rounds; round++) {
      tell(`round ${round + 1} of ${roundsToWarmUp + rounds}`);
      const floorTime = (await server.primitives(perRound)) / perRound;
      let ownTime = 0;
      for (let made = 0; made < perRound; made += atOnce)
        ownTime += (await server.handshakes(atOnce, certificate, random)) / perRound;
      if (round < roundsToWarmUp) continue;
      floorTimes.push(floorTime);
      ownTimes.push(ownTime);
    }
    await server.stop();
    const joinTime = await measureEngineJoins(tell);
    const ratios = ownTimes.map((time, i) => time / floorTimes[i]);
    const perSecond = (microseconds: number): number => Math.round(1_000_000 / microseconds);
    return {
      what: "CPU of a DTLS handshake's server side against its primitives in node:crypto, median",
      measured: rounded(median(ratios)),
      limit: ratioMax,
      unit: '× floor',
      details: {
        floorMicroseconds: Math.round(median(floorTimes)),
        microseconds: Math.round(median(ownTimes)),
        floorPerSecond: perSecond(median(floorTimes)),
        perSecond: perSecond(median(ownTimes)),
        least: rounded(Math.min(...ratios)),
        most: rounded(Math.max(...ratios)),
        engineMicrosecondsPerJoin: Math.round(joinTime),
        engineJoinsPerSecond: perSecond(joinTime),
      },
    };
  },
};
