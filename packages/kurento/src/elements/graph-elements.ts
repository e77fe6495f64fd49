import type { ObjectBody, ObjectFactory, KurentoObject } from '../objects/kurento-object.ts';
import { elementOperations } from './element-operations.ts';
import { elementStatisticsOperation } from './element-statistics.ts';
import type { ElementsContext } from './elements-context.ts';
import type { PipelineMedia } from './pipeline-media.ts';

/** Gives on what it gets. */
export function passThroughFactory(context: ElementsContext): ObjectFactory {
  return {
    type: 'PassThrough',
    open: (object) => {
      const pipeline = context.pipelines.open(object);
      pipeline.add(object, { type: 'pass-through' });
      return graphElementBody(context, object, pipeline);
    },
  };
}

/** Through which media enters and leaves a hub. */
export function hubPortFactory(context: ElementsContext): ObjectFactory {
  return {
    type: 'HubPort',
    open: async (object, args) => {
      const hub = context.hubs.get(args.object('hub').id);
      const pipeline = context.pipelines.open(object);
      pipeline.add(object, { type: 'hub-port' });
      await hub.openPort(object.id);
      const body = graphElementBody(context, object, pipeline);
      return {
        operations: body.operations,
        close: async () => {
          hub.closePort(object.id);
          await pipeline.remove(object);
        },
      };
    },
  };
}

/** An element that is nothing but its place in the graph. */
function graphElementBody(context: ElementsContext, object: KurentoObject, pipeline: PipelineMedia): ObjectBody {
  return {
    operations: { ...elementOperations(object, pipeline), ...elementStatisticsOperation(context, object) },
    close: async () => pipeline.remove(object),
  };
}
