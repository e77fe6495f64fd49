import { CodedError } from '@rivero/core';
import type { Benchmark, BenchmarkResult, TellProgress } from '../benchmark.ts';
import { median } from '../median.ts';
import { rounded } from '../rounded.ts';
import { type Round, type Traffic, TurnContender } from './turn-contender.ts';

const traffic: Traffic = { clients: 20, messagesPerClient: 2_000, messageBytes: 1_200, intervalMs: 2 };
const warmUps = 2;
const rounds = 9;
const ratioMax = { native: 1.5, twin: 2 } as const;

/** Where more is lost, other programs had the processor, and the figures of a round say nothing. */
const lostPercentMax = 1;
const attemptsMax = 40;

/** CPU per relayed message, against coturn with the same client in the same run. */
export const turn: Benchmark = {
  name: 'turn',
  sentence: `relays ${traffic.messageBytes}-byte messages of ${traffic.clients} clients, ${rounds} rounds by turns with coturn`,
  run: (tell) => besideCoturn('native', tell),
};

export const turnTwin: Benchmark = {
  name: 'turn-twin',
  sentence: `relays the same over Node's sockets, by turns with coturn`,
  run: (tell) => besideCoturn('twin', tell),
};

async function besideCoturn(datapath: 'native' | 'twin', tell: TellProgress): Promise<BenchmarkResult> {
  const coturn = await TurnContender.startCoturn();
  const own = await TurnContender.startOwn(datapath);
  const theirs: Round[] = [];
  const ours: Round[] = [];
  const everyOfTheirs: Round[] = [];
  const everyOfOurs: Round[] = [];
  let attempts = 0;
  for (; ours.length < rounds && attempts < attemptsMax; attempts++) {
    const again = everyOfOurs.length - ours.length;
    const lossy = again === 0 ? '' : `, ${again} more lost packets and are made again`;
    tell(`round ${ours.length + 1} of ${rounds}${attempts < warmUps ? ', warming up' : lossy}`);
    const their = await coturn.relay(traffic);
    const our = await own.relay(traffic);
    if (attempts < warmUps) continue;
    everyOfTheirs.push(their);
    everyOfOurs.push(our);
    if (lostPercent([their]) > lostPercentMax || lostPercent([our]) > lostPercentMax) continue;
    theirs.push(their);
    ours.push(our);
  }
  coturn.stop();
  own.stop();
  if (ours.length < rounds) throw machineBusy(ours.length, attempts);
  const ratios = ours.map(({ microseconds }, i) => microseconds / theirs[i].microseconds);
  const ourTime = median(ours.map(({ microseconds }) => microseconds));
  const theirTime = median(theirs.map(({ microseconds }) => microseconds));
  return {
    what: 'CPU per relayed packet against coturn, median',
    measured: rounded(median(ratios)),
    limit: ratioMax[datapath],
    unit: '× coturn',
    details: {
      ...traffic,
      microseconds: rounded(ourTime),
      coturnMicroseconds: rounded(theirTime),
      packetsPerSecondOfACore: Math.round(1_000_000 / ourTime),
      coturnPacketsPerSecondOfACore: Math.round(1_000_000 / theirTime),
      roundsWithLosses: everyOfOurs.length - rounds,
      lostPercent: lostPercent(everyOfOurs),
      coturnLostPercent: lostPercent(everyOfTheirs),
      least: rounded(Math.min(...ratios)),
      most: rounded(Math.max(...ratios)),
    },
  };
}

function machineBusy(good: number, attempts: number): CodedError {
  const message = `other programs have the processors: only ${good} of ${attempts} rounds lost next to nothing; end them and try again`;
  return new CodedError('bench-machine-busy', message);
}

function lostPercent(all: readonly Round[]): number {
  const sum = (of: (round: Round) => number): number => all.reduce((total, round) => total + of(round), 0);
  return rounded(100 * (1 - sum(({ relayed }) => relayed) / sum(({ sent }) => sent)));
}
