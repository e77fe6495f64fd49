import type { MediaType } from '../graph/index.ts';
import type { JsonRecord } from '../objects/arguments.ts';
import type { KurentoObject, Operations } from '../objects/kurento-object.ts';
import { complexValue } from '../schema/complex-value.ts';
import { optionalMediaType } from './element-operations.ts';
import type { ElementsContext } from './elements-context.ts';

/** `getStats` of what exists in the graph alone. */
export function elementStatisticsOperation(context: ElementsContext, object: KurentoObject): Operations {
  return {
    getStats: (args) => {
      const isAsked = context.hasLatencyStats(object.pipeline?.id ?? '');
      const statistics = complexValue('ElementStats', {
        id: object.id,
        type: 'element',
        timestampMillis: context.now(),
        inputLatency: isAsked ? noLatency(optionalMediaType(args)) : [],
      });
      return { [object.id]: statistics };
    },
  };
}

/** Packets do not come by such an element: they lose no time there. */
function noLatency(asked: MediaType | undefined): readonly JsonRecord[] {
  const types = ['AUDIO', 'VIDEO'] as const;
  return types
    .filter((type) => asked === undefined || asked === type)
    .map((type) => complexValue('MediaLatencyStat', { name: `sink_${type.toLowerCase()}_default`, type, avg: 0 }));
}
