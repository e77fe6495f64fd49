import type { DatagramSockets } from './datagram-sockets.ts';
import { DgramSockets } from './dgram-sockets.ts';
import { type DatapathChoice, findAddon } from './find-addon.ts';
import { NativeSockets } from './native/native-sockets.ts';

/** The addon's sockets where they are wanted and there, else Node's, on this thread. Refused: `datapath-absent`. */
export function openDatagramSockets(choice: DatapathChoice): DatagramSockets {
  const addon = findAddon(choice);
  return addon?.type === 'loaded' ? new NativeSockets(addon.createSockets) : new DgramSockets();
}
