import type { WallClockMs } from '@rivero/core';
import type { EndpointEngine, MediaEngine } from '@rivero/engine';
import { graphDot, MediaGraph } from '../graph/index.ts';
import type { ObjectFactory } from '../objects/kurento-object.ts';
import { dispatcherFactory } from './dispatcher.ts';
import { dispatcherOneToManyFactory } from './dispatcher-one-to-many.ts';
import type { ElementsContext } from './elements-context.ts';
import { hubPortFactory, passThroughFactory } from './graph-elements.ts';
import { HubTable } from './hub-table.ts';
import { PipelineTable } from './pipeline-table.ts';
import { rtpEndpointFactory } from './rtp-endpoint.ts';
import { webRtcEndpointFactory } from './webrtc-endpoint.ts';

interface ElementsOptions {
  readonly engine: EndpointEngine & Pick<MediaEngine, 'onEvent'>;
  /** Whether latencies are asked for in a pipeline. */
  readonly hasLatencyStats: (pipelineId: string) => boolean;
  readonly now: () => WallClockMs;
  /** Told of bugs at what nobody waits for. */
  readonly tellBug: (error: unknown) => void;
}

/**
 * The media elements and hubs of all pipelines. It listens to the engine from the beginning: made before the objects, it
 * tells elements that their room is lost while they can still be heard.
 */
export class Elements {
  readonly factories: readonly ObjectFactory[];
  readonly #pipelines: PipelineTable;
  readonly #hubs = new HubTable();
  readonly #stopListening: () => void;

  constructor({ engine, hasLatencyStats, now, tellBug }: ElementsOptions) {
    let count = 0;
    const nextNumber = (): number => count++;
    this.#pipelines = new PipelineTable(engine, nextNumber);
    const context: ElementsContext = {
      engine,
      pipelines: this.#pipelines,
      hubs: this.#hubs,
      nextNumber,
      hasLatencyStats,
      now,
      tellBug,
    };
    this.factories = [
      passThroughFactory(context),
      hubPortFactory(context),
      dispatcherFactory(context),
      dispatcherOneToManyFactory(context),
      webRtcEndpointFactory(context),
      rtpEndpointFactory(context),
    ];
    this.#stopListening = engine.onEvent((event) => {
      try {
        this.#pipelines.handleEngineEvent(event);
      } catch (error) {
        // The engine, and whoever else listens to it, goes on.
        tellBug(error);
      }
    });
  }

  /** What is open: nothing, when all objects are released. */
  get sizes(): { readonly pipelines: number; readonly hubs: number } {
    return { pipelines: this.#pipelines.size, hubs: this.#hubs.size };
  }

  /** The media graph of a pipeline in the dot language (Graphviz). */
  readonly graphText = (pipelineId: string): string =>
    this.#pipelines.find(pipelineId)?.dot(pipelineId) ?? graphDot(pipelineId, new MediaGraph(), []);

  close(): void {
    this.#stopListening();
  }
}
