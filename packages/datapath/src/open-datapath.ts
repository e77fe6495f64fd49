import { CodedError } from '@rivero/core';
import { loadAddon } from './native/addon.ts';
import { NativeDatapath } from './native/native-datapath.ts';
import type { SocketDatapath } from './socket-datapath.ts';
import { TwinDatapath, type TwinOptions } from './twin/twin-datapath.ts';

/** Which datapath is wanted; `auto`: the addon where it is built, else the twin. */
export type DatapathChoice = 'auto' | 'native' | 'twin';

/** The one that was opened. `reason`: why the addon cannot be had, where it was looked for. */
export interface OpenedDatapath {
  readonly datapath: SocketDatapath;
  readonly type: 'native' | 'twin';
  readonly reason: string | undefined;
}

/** Opens a worker's datapath. Refused: `datapath-absent` where the addon is insisted on and not there. */
export function openDatapath(choice: DatapathChoice, options: TwinOptions = {}): OpenedDatapath {
  const addon = choice === 'twin' ? undefined : loadAddon();
  if (addon?.type === 'loaded') {
    return { datapath: new NativeDatapath({ ...options, create: addon.create }), type: 'native', reason: undefined };
  }
  if (choice === 'native') {
    const message = `The native datapath is not there (${addon?.reason}); npm run build:native makes it, RIVERO_DATAPATH=auto goes on without.`;
    throw new CodedError('datapath-absent', message);
  }
  return { datapath: new TwinDatapath(options), type: 'twin', reason: addon?.reason };
}
