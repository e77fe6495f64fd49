import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CodedError } from '@rivero/core';
import { type CompiledProgram, compileC } from '../compile-c.ts';
import { median } from '../median.ts';

/** What the floor forwards: in each room every publisher's packets to every receiver. */
export interface FloorTraffic {
  /** Of the forwarder; all else is on those before it. */
  readonly core: number;
  readonly rooms: number;
  readonly publishersPerRoom: number;
  readonly receiversPerRoom: number;
  readonly packetBytes: number;
  /** Of all publishers together. */
  readonly packetsPerSecond: number;
}

/** In milliseconds. */
export interface LatencyPercentiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** The program of c-floor.c, compiled for this run, and what it measured. */
export class CFloor {
  readonly #program: CompiledProgram;
  readonly #words: readonly string[];
  readonly #runs: LatencyPercentiles[] = [];

  private constructor(program: CompiledProgram, traffic: FloorTraffic) {
    this.#program = program;
    const { core, rooms, publishersPerRoom, receiversPerRoom, packetBytes, packetsPerSecond } = traffic;
    this.#words = [core, rooms, publishersPerRoom, receiversPerRoom, packetBytes, packetsPerSecond].map(String);
  }

  /** `undefined` without a C compiler: the figures stand alone then. */
  static open(traffic: FloorTraffic): CFloor | undefined {
    try {
      return new CFloor(compileC(new URL('c-floor.c', import.meta.url)), traffic);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      console.error(`latency: measured without a floor: ${error.message}`);
      return undefined;
    }
  }

  async run(seconds: number): Promise<void> {
    const { stdout } = await promisify(execFile)(this.#program.file, [String(seconds), ...this.#words]);
    const [p50, p99, p999] = stdout.split(' ').map((microseconds) => Number(microseconds) / 1_000);
    this.#runs.push({ p50, p99, p999 });
  }

  /** Medians of all runs. */
  percentiles(): LatencyPercentiles {
    const of = (name: keyof LatencyPercentiles): number =>
      Math.round(median(this.#runs.map((run) => run[name])) * 1_000) / 1_000;
    return { p50: of('p50'), p99: of('p99'), p999: of('p999') };
  }

  close(): void {
    this.#program.remove();
  }
}
