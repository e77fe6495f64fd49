import { type Milliseconds, milliseconds } from '@rivero/core';
import { KurentoError } from '../kurento-error.ts';
import { complexValue } from '../schema/complex-value.ts';
import { apiVersion, moduleText } from '../schema/kmd.ts';
import { modules } from '../schema/schema.ts';
import type { JsonRecord } from './arguments.ts';
import type { Operations } from './kurento-object.ts';

export const serverManagerId = 'manager_ServerManager';

/** The longest time over which the use of the processor is measured, whatever is asked for. */
export const usedCpuIntervalMax: Milliseconds = milliseconds(10_000);

/** What the server takes of its machine. */
export interface MachineUse {
  /** Cores that it may use. */
  readonly cores: () => number;
  /** Time that its threads ran on them since its start. */
  readonly usedTime: () => Milliseconds;
  readonly memoryBytes: () => number;
  /** Resolves after this time. */
  readonly wait: (time: Milliseconds) => Promise<void>;
}

export interface ServerManagerOptions {
  readonly machine: MachineUse;
  /** Classes whose objects can be made. */
  readonly factories: ReadonlySet<string>;
  readonly pipelineIds: () => readonly string[];
  readonly sessionIds: () => readonly string[];
}

/** What the server says of itself. */
export function serverManagerOperations(options: ServerManagerOptions): Operations {
  const { machine, pipelineIds, sessionIds } = options;
  return {
    getInfo: () => serverInfo(options.factories),
    getPipelines: pipelineIds,
    getSessions: sessionIds,
    getMetadata: () => '',
    getKmd: (args) => {
      const text = moduleText(args.string('moduleName'));
      if (text === undefined) throw new KurentoError('UNDEFINED', "Requested kmd module doesn't exist");
      return text;
    },
    getCpuCount: machine.cores,
    getUsedCpu: (args) => usedCpu(machine, milliseconds(args.number('interval'))),
    getUsedMemory: () => Math.round(machine.memoryBytes() / 1024),
  };
}

function serverInfo(factories: ReadonlySet<string>): JsonRecord {
  return complexValue('ServerInfo', {
    version: apiVersion,
    modules: modules.map(({ name, classes }) =>
      complexValue('ModuleInfo', {
        name,
        version: apiVersion,
        generationTime: '',
        factories: classes
          .map((description) => description.name)
          .filter((type) => factories.has(type))
          .toSorted(),
      }),
    ),
    type: 'KMS',
    capabilities: ['transactions'],
  });
}

/** In percent of all cores. */
async function usedCpu(machine: MachineUse, asked: Milliseconds): Promise<number> {
  const interval = milliseconds(Math.min(Math.max(asked, 1), usedCpuIntervalMax));
  const before = machine.usedTime();
  await machine.wait(interval);
  const used = machine.usedTime() - before;
  return Math.min((100 * used) / (interval * machine.cores()), 100);
}
