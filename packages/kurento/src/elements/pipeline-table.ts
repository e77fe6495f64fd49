import { assert } from '@rivero/core';
import type { EndpointEngine, EngineEvent } from '@rivero/engine';
import type { KurentoObject } from '../objects/kurento-object.ts';
import { type NextNumber, PipelineMedia } from './pipeline-media.ts';
import { mediaTypeOf, parseTrackId } from './track-id.ts';

/** The media of all pipelines that have elements or hubs. */
export class PipelineTable {
  readonly #engine: Pick<EndpointEngine, 'setSource'>;
  readonly #nextNumber: NextNumber;
  readonly #pipelines = new Map<string, PipelineMedia>();

  constructor(engine: Pick<EndpointEngine, 'setSource'>, nextNumber: NextNumber) {
    this.#engine = engine;
    this.#nextNumber = nextNumber;
  }

  /** How many there are. */
  get size(): number {
    return this.#pipelines.size;
  }

  find(pipelineId: string): PipelineMedia | undefined {
    return this.#pipelines.get(pipelineId);
  }

  /** That of the pipeline of an element or hub, to which it is added at once: closed with the last of them. */
  open(object: KurentoObject): PipelineMedia {
    const id = object.pipeline?.id;
    assert(id !== undefined, 'elements and hubs are in pipelines');
    const found = this.#pipelines.get(id);
    if (found !== undefined) return found;
    const pipeline = new PipelineMedia({
      id,
      engine: this.#engine,
      nextNumber: this.#nextNumber,
      onEmpty: () => this.#pipelines.delete(id),
    });
    this.#pipelines.set(id, pipeline);
    return pipeline;
  }

  /** The engine has rooms that are no pipelines: what happens in these is passed over. */
  handleEngineEvent(event: EngineEvent): void {
    if (event.type === 'rooms-lost') for (const id of event.roomIds) this.#pipelines.get(id)?.handleLoss();
    else if (event.type === 'endpoint') {
      this.#pipelines.get(event.roomId)?.handleChange(event.endpointId, event.change);
    } else if (event.type === 'track-flow') {
      const track = parseTrackId(event.trackId);
      if (track === undefined) return;
      this.#pipelines.get(event.roomId)?.handleFlow(track.endpointId, mediaTypeOf(track.kind), event.isFlowing);
    }
  }
}
