import { networkInterfaces } from 'node:os';

/** Addresses of one worker's sockets. */
export const localAddressesMax = 32;

/**
 * The addresses of this machine that a peer can use: every interface's, without link-local ones, which need a zone.
 * Loopback comes last: it serves browsers on this machine only.
 */
export function localAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const usable = all.filter(({ address }) => !/^fe[89ab]/i.test(address) && !address.startsWith('169.254.'));
  const outward = usable.filter(({ internal }) => !internal);
  const loopback = usable.filter(({ internal }) => internal);
  return [...new Set([...outward, ...loopback].map(({ address }) => address))].slice(0, localAddressesMax);
}
