import type { WallClockMs } from '@rivero/core';
import type { EndpointEngine } from '@rivero/engine';
import type { HubTable } from './hub-table.ts';
import type { NextNumber } from './pipeline-media.ts';
import type { PipelineTable } from './pipeline-table.ts';

/** What the factories of all elements share. */
export interface ElementsContext {
  readonly engine: EndpointEngine;
  readonly pipelines: PipelineTable;
  readonly hubs: HubTable;
  readonly nextNumber: NextNumber;
  /** Whether latencies are asked for in a pipeline. */
  readonly hasLatencyStats: (pipelineId: string) => boolean;
  readonly now: () => WallClockMs;
  /** Told of bugs at what nobody waits for. */
  readonly tellBug: (error: unknown) => void;
}
