import { type DatapathChoice, findAddon } from './find-addon.ts';
import { NativeDatapath } from './native/native-datapath.ts';
import type { SocketDatapath } from './socket-datapath.ts';
import { TwinDatapath, type TwinOptions } from './twin/twin-datapath.ts';

/** The one that was opened. `reason`: why the addon cannot be had, where it was looked for. */
export interface OpenedDatapath {
  readonly datapath: SocketDatapath;
  readonly type: 'native' | 'twin';
  readonly reason: string | undefined;
}

/** Opens a worker's datapath. Refused: `datapath-absent` where the addon is insisted on and not there. */
export function openDatapath(choice: DatapathChoice, options: TwinOptions = {}): OpenedDatapath {
  const addon = findAddon(choice);
  if (addon?.type === 'loaded') {
    return { datapath: new NativeDatapath({ ...options, create: addon.create }), type: 'native', reason: undefined };
  }
  return { datapath: new TwinDatapath(options), type: 'twin', reason: addon?.reason };
}
