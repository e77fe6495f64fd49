import type { MediaEngine } from '@rivero/engine';
import type { ObjectFactory } from './kurento-object.ts';

export interface MediaPipelineOptions {
  readonly engine: Pick<MediaEngine, 'openRoom' | 'closeRoom'>;
  /** The media graph of a pipeline in the dot language (Graphviz). */
  readonly graphText: (pipelineId: string) => string;
  /** Pipelines in which latencies are asked for: kept here. */
  readonly latencyPipelines: Set<string>;
}

/** Pipelines: each one a room of the engine, of the same name. */
export function mediaPipelineFactory({ engine, graphText, latencyPipelines }: MediaPipelineOptions): ObjectFactory {
  return {
    type: 'MediaPipeline',
    open: async (object) => {
      await engine.openRoom(object.id);
      return {
        operations: {
          getLatencyStats: () => latencyPipelines.has(object.id),
          setLatencyStats: (args) => {
            if (args.boolean('latencyStats')) latencyPipelines.add(object.id);
            else latencyPipelines.delete(object.id);
          },
          getGstreamerDot: () => graphText(object.id),
          // Files are the server's own.
          dumpGstreamerDot: () => undefined,
        },
        close: async () => {
          latencyPipelines.delete(object.id);
          await engine.closeRoom(object.id);
        },
      };
    },
  };
}
