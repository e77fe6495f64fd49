import type { ObjectFactory } from '../objects/kurento-object.ts';
import type { ElementsContext } from './elements-context.ts';
import { hubOperations } from './hub-operations.ts';

/** Gives each of its ports what one other port gets. */
export function dispatcherFactory({ pipelines, hubs }: ElementsContext): ObjectFactory {
  return {
    type: 'Dispatcher',
    open: (object) => {
      const pipeline = pipelines.open(object);
      const ports = new Set<string>();
      pipeline.addHub(object);
      hubs.add(object.id, {
        openPort: async (portId) => {
          ports.add(portId);
        },
        closePort: (portId) => {
          ports.delete(portId);
        },
      });
      return {
        operations: {
          ...hubOperations(object, pipeline, ports),
          connect: async (args) => {
            const [source, sink] = [args.object('source').id, args.object('sink').id];
            // Ports of other hubs are passed over, as Kurento does.
            if (ports.has(source) && ports.has(sink)) await pipeline.setPortSource(sink, source);
            return undefined;
          },
        },
        close: async () => {
          hubs.remove(object.id);
          pipeline.removeHub(object);
        },
      };
    },
  };
}
