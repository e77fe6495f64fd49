import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@rivero/core';
import type { Benchmark, TellProgress } from '../benchmark.ts';
import { median } from '../median.ts';
import { rounded } from '../rounded.ts';
import { BroadcastRoom, type GreatestRate, packetBytes } from './broadcast-room.ts';
import { DeafPeers } from './deaf-peers.ts';

const receivers = 300;
/** No worker waits for the load; a server's socket holds them all also where the kernel gives no larger buffers than by default. */
const packetsUnderWay = 128;
const roundMs = 400;
const rounds = 11;
const warmUpRounds = 2;
const workersMax = 3;
/** Two workers send at least 1.6 times as many in the same time. */
const timeMax = 1 / 1.6;
const names = ['One', 'Two', 'Three'];
/** For deaf peers to read what is left, and to tell the server that they are there. */
const wakeMs = 500;

/** What one room sent in each round. */
interface Contender {
  readonly workers: number;
  readonly room: BroadcastRoom;
  readonly rates: GreatestRate[];
}

/** What more media workers bring: as many as there are processors, less one for the load. */
export const broadcastCores: Benchmark = {
  name: 'broadcast-cores',
  sentence: `sends as many ${packetBytes}-byte packets 1 → ${receivers} as one, two and three media workers can, by turns`,
  run: async (tell) => {
    const processors = availableParallelism();
    if (processors === 1) {
      const message = 'This machine has one processor, which more media workers than one would have to share.';
      throw new CodedError('bench-processors-missing', message, { processors });
    }
    const deafPeers = new DeafPeers();
    const contenders: Contender[] = [];
    for (let workers = 1; workers <= Math.min(workersMax, Math.max(2, processors - 1)); workers++)
      contenders.push({ workers, room: await BroadcastRoom.open({ workers, receivers, deafPeers }, tell), rates: [] });
    await measure(contenders, deafPeers, tell);
    for (const { room } of contenders) await room.close();
    await deafPeers.close();
    const [one, two] = contenders;
    const rates = contenders.map((contender) => tableText(contender, one));
    const details = contenders.map((contender) => detailsOf(contender, one));
    return {
      what: `time for each packet of a broadcast by two media workers against one, median; packets/s: ${rates.join(', ')}`,
      measured: rounded(1 / timesAsMany(two, one)),
      limit: timeMax,
      unit: '× one worker',
      details: Object.assign({ receivers, packetsUnderWay }, ...details),
    };
  },
};

async function measure(contenders: readonly Contender[], deafPeers: DeafPeers, tell: TellProgress): Promise<void> {
  for (let round = 0; round < rounds + warmUpRounds; round++) {
    tell(`round ${round + 1} of ${rounds + warmUpRounds}`);
    await deafPeers.sleep();
    for (const { room, rates } of contenders) {
      const rate = await room.greatestRate(packetsUnderWay, roundMs);
      if (round >= warmUpRounds) rates.push(rate);
    }
    deafPeers.wake();
    await sleep(wakeMs);
  }
}

/** With all the processors that its threads could have used: what other programs took of them says nothing about ours. */
function undisturbed({ packetsPerSecond, processorShare }: GreatestRate): number {
  return packetsPerSecond / processorShare;
}

function timesAsMany({ rates }: Contender, one: Contender): number {
  return median(rates.map((rate, round) => undisturbed(rate) / undisturbed(one.rates[round])));
}

function tableText(contender: Contender, one: Contender): string {
  const rate = Math.round(median(contender.rates.map(undisturbed)) / 1_000) * 1_000;
  const times = contender === one ? '' : ` (${rounded(timesAsMany(contender, one))} ×)`;
  return `${rate.toLocaleString('en')} by ${names[contender.workers - 1].toLowerCase()}${times}`;
}

function detailsOf(contender: Contender, one: Contender): Readonly<Record<string, number>> {
  const { workers, rates } = contender;
  const name = names[workers - 1];
  const middle = (pick: (rate: GreatestRate) => number): number => median(rates.map(pick));
  return {
    [`rateBy${name}`]: Math.round(middle(undisturbed)),
    ...(contender === one ? {} : { [`timesOneBy${name}`]: rounded(timesAsMany(contender, one)) }),
    [`sentPerSecondBy${name}`]: Math.round(middle((rate) => rate.packetsPerSecond)),
    [`processorShareBy${name}`]: rounded(middle((rate) => rate.processorShare)),
    [`microsecondsBy${name}`]: rounded(middle((rate) => rate.microsecondsPerPacket)),
    [`lostPercentBy${name}`]: rounded(100 * middle((rate) => rate.lostShare)),
  };
}
