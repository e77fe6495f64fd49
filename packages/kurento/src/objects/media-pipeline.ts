import type { MediaEngine } from '@rivero/engine';
import type { ObjectFactory } from './kurento-object.ts';

export interface MediaPipelineOptions {
  readonly engine: Pick<MediaEngine, 'openRoom' | 'closeRoom'>;
  /** The media graph of a pipeline in the dot language (Graphviz). */
  readonly graphText: (pipelineId: string) => string;
}

/** Pipelines: each one a room of the engine, of the same name. */
export function mediaPipelineFactory({ engine, graphText }: MediaPipelineOptions): ObjectFactory {
  return {
    type: 'MediaPipeline',
    open: async (object) => {
      await engine.openRoom(object.id);
      let hasLatencyStats = false;
      return {
        operations: {
          // Nothing waits in a pipeline of ours: there is no latency to measure.
          getLatencyStats: () => hasLatencyStats,
          setLatencyStats: (args) => {
            hasLatencyStats = args.boolean('latencyStats');
          },
          getGstreamerDot: () => graphText(object.id),
          // Files are the server's own.
          dumpGstreamerDot: () => undefined,
        },
        close: async () => engine.closeRoom(object.id),
      };
    },
  };
}
