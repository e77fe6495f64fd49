import { CodedError } from '@rivero/core';
import { loadAddon, type LoadedAddon } from './native/addon.ts';

/** Which datapath is wanted; `auto`: the addon where it is built, else the twin. */
export type DatapathChoice = 'auto' | 'native' | 'twin';

/** `undefined`: it is not wanted. Refused: `datapath-absent` where it is insisted on and not there. */
export function findAddon(choice: DatapathChoice): LoadedAddon | undefined {
  const addon = choice === 'twin' ? undefined : loadAddon();
  if (choice === 'native' && addon?.type !== 'loaded') {
    const message = `The native datapath is not there (${addon?.reason}); npm run build:native makes it, RIVERO_DATAPATH=auto goes on without.`;
    throw new CodedError('datapath-absent', message);
  }
  return addon;
}
