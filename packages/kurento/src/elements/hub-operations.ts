import type { KurentoObject, Operations } from '../objects/kurento-object.ts';
import type { PipelineMedia } from './pipeline-media.ts';

/** What every hub does. */
export function hubOperations(hub: KurentoObject, pipeline: PipelineMedia, ports: ReadonlySet<string>): Operations {
  return {
    getGstreamerDot: () => pipeline.dot(hub.id, [...ports]),
    // Files are the server's own.
    dumpGstreamerDot: () => undefined,
  };
}
