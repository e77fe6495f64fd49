import { type DatapathChoice, findAddon } from './find-addon.ts';
import { NativeSockets } from './native/native-sockets.ts';

/** The addon's sockets, on this thread; `undefined` where dgram is to do. Refused: `datapath-absent`. */
export function openNativeSockets(choice: DatapathChoice): NativeSockets | undefined {
  const addon = findAddon(choice);
  return addon?.type === 'loaded' ? new NativeSockets(addon.createSockets) : undefined;
}
