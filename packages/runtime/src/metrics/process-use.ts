import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** What the program takes of its machine, and how busy its main thread is. */
export interface ProcessUse {
  readonly version: string;
  /** Seconds since 1970. */
  readonly startedAt: number;
  /** Seconds, those of all threads together. */
  readonly cpu: number;
  readonly memory: NodeJS.MemoryUsage;
  /** Seconds in which the main thread had something to do. */
  readonly active: number;
  /** Seconds: by how much something was late on the main thread at most, since the last look. */
  readonly latenessMax: number;
}

/**
 * Between two looks at how late the main thread is. Each wakes the program: every 10 ms it would be 0.4 % of a core for
 * nothing, and so it is 0.1 %.
 */
const lookIntervalMs = 50;

/** Looks after the program from now on. */
export function watchProcess(version: string): () => ProcessUse {
  const delay = monitorEventLoopDelay({ resolution: lookIntervalMs });
  delay.enable();
  return () => {
    const { user, system } = process.cpuUsage();
    // What is measured is the time between two looks.
    const latenessMax = Math.max(0, delay.max / 1e9 - lookIntervalMs / 1e3);
    delay.reset();
    return {
      version,
      startedAt: performance.timeOrigin / 1e3,
      cpu: (user + system) / 1e6,
      memory: process.memoryUsage(),
      active: performance.eventLoopUtilization().active / 1e3,
      latenessMax,
    };
  };
}
