import { expect, it } from 'vitest';
import { loadAddon, type SocketsMemory } from './addon.ts';

const addon = loadAddon();

it.runIf(addon.type === 'loaded')('native sockets that could not be made leave nothing on the loop', async () => {
  if (addon.type !== 'loaded') return;
  const noArrays: SocketsMemory = JSON.parse('{"received":{},"outgoing":{}}');
  for (let i = 0; i < 200; i++) expect(() => addon.createSockets(noArrays, () => {})).toThrow('Invalid argument');
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
});
