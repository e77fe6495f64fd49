import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DatapathChoice } from '@rivero/datapath';
import type { Benchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { rounded } from '../rounded.ts';
import { CFloor } from './c-floor.ts';
import { FanOut, packetBytes } from './fan-out.ts';
import { NodeFloor } from './node-floor.ts';

const receivers = 100;
const packetsPerRound = 304;
const rounds = 15;

/** What is measured against what. */
interface Contest {
  readonly name: string;
  readonly datapath: DatapathChoice;
  /** Packets that one wake-up brings. */
  readonly packetsAtOnce: number;
  readonly floor: 'node' | 'c';
  readonly ratioMax: number;
}

/** Sends so many packets to every receiver and answers the CPU time that it took, in microseconds. */
interface Floor {
  sendToAll(packets: number): Promise<number>;
  close(): void;
}

/** Receivers in a process of their own, which never reads. */
async function openReceivers(): Promise<{ readonly sink: ChildProcess; readonly ports: readonly number[] }> {
  const file = fileURLToPath(new URL('sink.ts', import.meta.url));
  const sink = spawn(process.execPath, [file, String(receivers)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: sink.stdout }), 'line');
  return { sink, ports: JSON.parse(String(line)) };
}

function openFloor({ floor, packetsAtOnce }: Contest, ports: readonly number[]): Promise<Floor> {
  if (floor === 'node') return NodeFloor.open(packetBytes, ports);
  return Promise.resolve(new CFloor(packetBytes, packetsAtOnce, ports));
}

/** CPU time of this process, user and system, in microseconds. */
async function forwardAll(fanOut: FanOut, packetsAtOnce: number): Promise<number> {
  const before = process.cpuUsage();
  for (let sent = 0; sent < packetsPerRound; sent += packetsAtOnce) {
    fanOut.forward(packetsAtOnce);
    await nextTurn();
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** CPU per forwarded packet, one publisher to a hundred receivers, against the floor in the same run. */
function benchmarkOf(contest: Contest): Benchmark {
  const { name, datapath, packetsAtOnce, floor: floorName, ratioMax } = contest;
  return {
    name,
    sentence: `forwards ${packetBytes}-byte packets 1 → ${receivers}, ${packetsAtOnce} at once, by turns with a floor in ${floorName}`,
    run: async (tell) => {
      const { sink, ports } = await openReceivers();
      const floor = await openFloor(contest, ports);
      const fanOut = new FanOut(datapath);
      const udp = await fanOut.open(ports);
      const perPacket = (microseconds: number): number => microseconds / (packetsPerRound * receivers);
      const floorTimes: number[] = [];
      const ownTimes: number[] = [];
      for (let round = 0; round < rounds + 2; round++) {
        tell(`round ${round + 1} of ${rounds + 2}`);
        const floorTime = perPacket(await floor.sendToAll(packetsPerRound));
        const sentBefore = fanOut.sentCount;
        const ownTime = perPacket(await forwardAll(fanOut, packetsAtOnce));
        const sent = fanOut.sentCount - sentBefore;
        if (sent !== packetsPerRound * receivers) throw new Error(`${sent} packets were sent instead of all`);
        // The first rounds warm up.
        if (round < 2) continue;
        floorTimes.push(floorTime);
        ownTimes.push(ownTime);
      }
      await udp.close();
      floor.close();
      sink.kill('SIGKILL');
      const ratios = ownTimes.map((time, i) => time / floorTimes[i]);
      return {
        what: `CPU per forwarded packet against the floor in ${floorName}, median`,
        measured: rounded(median(ratios)),
        limit: ratioMax,
        unit: '× floor',
        details: {
          receivers,
          packetBytes,
          packetsAtOnce,
          floorMicroseconds: rounded(median(floorTimes)),
          microseconds: rounded(median(ownTimes)),
          least: rounded(Math.min(...ratios)),
          most: rounded(Math.max(...ratios)),
        },
      };
    },
  };
}

/** The native datapath against a C program that seals and sends without segmentation offload. */
export const forward = benchmarkOf({
  name: 'forward',
  datapath: 'native',
  packetsAtOnce: 1,
  floor: 'c',
  ratioMax: 1.25,
});

/** The same where each wake-up brings a keyframe, or packets of several publishers. */
export const forwardBursts = benchmarkOf({
  name: 'forward-bursts',
  datapath: 'native',
  packetsAtOnce: 8,
  floor: 'c',
  ratioMax: 0.7,
});

/** The twin against what Node itself needs to seal and send. */
export const forwardTwin = benchmarkOf({
  name: 'forward-twin',
  datapath: 'twin',
  packetsAtOnce: 1,
  floor: 'node',
  ratioMax: 1.3,
});
