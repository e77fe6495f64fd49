import type { ObjectFactory } from '../objects/kurento-object.ts';
import type { ElementsContext } from './elements-context.ts';
import { hubOperations } from './hub-operations.ts';

/** Gives all of its ports, that one included, what one of them gets. */
export function dispatcherOneToManyFactory({ pipelines, hubs }: ElementsContext): ObjectFactory {
  return {
    type: 'DispatcherOneToMany',
    open: (object) => {
      const pipeline = pipelines.open(object);
      const ports = new Set<string>();
      let source: string | undefined;
      pipeline.addHub(object);
      hubs.add(object.id, {
        openPort: async (portId) => {
          ports.add(portId);
          await pipeline.setPortSource(portId, source);
        },
        closePort: (portId) => {
          ports.delete(portId);
          if (source === portId) source = undefined;
        },
      });
      const setSource = async (portId: string | undefined): Promise<undefined> => {
        source = portId;
        await Promise.all([...ports].map(async (port) => pipeline.setPortSource(port, portId)));
        return undefined;
      };
      return {
        operations: {
          ...hubOperations(object, pipeline, ports),
          setSource: async (args) => {
            const { id } = args.object('source');
            // Ports of other hubs are passed over, as Kurento does.
            return ports.has(id) ? setSource(id) : undefined;
          },
          removeSource: async () => setSource(undefined),
        },
        close: async () => {
          hubs.remove(object.id);
          pipeline.removeHub(object);
        },
      };
    },
  };
}
