import { readdirSync, readFileSync } from 'node:fs';

/** Of all threads that a process has now, in seconds since each began. */
export interface ProcessorTimes {
  readonly ran: number;
  /** That they could have run, and other threads had the processors. */
  readonly waited: number;
}

/** As Linux counts it (Documentation/scheduler/sched-stats.rst, `/proc/<pid>/schedstat`). */
export function processorTimes(pid: number): ProcessorTimes {
  const tasks = `/proc/${pid}/task`;
  let [ran, waited] = [0, 0];
  for (const task of readdirSync(tasks)) {
    const [ranNanoseconds, waitedNanoseconds] = readSchedstat(`${tasks}/${task}/schedstat`);
    ran += ranNanoseconds / 1e9;
    waited += waitedNanoseconds / 1e9;
  }
  return { ran, waited };
}

/** Of the time in which it wanted processors, the share in which it had them, from one moment to another. */
export function processorShare(from: ProcessorTimes, to: ProcessorTimes): number {
  const ran = to.ran - from.ran;
  const wanted = ran + to.waited - from.waited;
  return wanted === 0 ? 1 : ran / wanted;
}

/** Nothing of a thread that ended meanwhile. */
function readSchedstat(file: string): readonly number[] {
  try {
    return readFileSync(file, 'utf8').split(' ').map(Number);
  } catch {
    return [0, 0];
  }
}
