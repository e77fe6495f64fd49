import { networkInterfaces } from 'node:os';
import { isIpv6 } from '@rivero/core';
import type { AddressFamily } from '@rivero/protocol/turn-server';
import { listLocalAddresses } from '@rivero/runtime';

/** Addresses to listen on, each with a socket of its own, so that answers leave from the address that was asked. */
export function addressesToListenOn(host: string | undefined): readonly string[] {
  const outside = listLocalAddresses().map(({ address }) => address);
  const every = [...outside, ...loopbackAddresses()];
  switch (host) {
    case undefined:
      return every;
    case '0.0.0.0':
      return every.filter((ip) => !isIpv6(ip));
    case '::':
      return every.filter((ip) => isIpv6(ip));
    case 'localhost':
      return loopbackAddresses();
    default:
      return [host];
  }
}

/** From where relays speak: the addresses that were told, or else the first of each family; loopback where there is nothing else. */
export function relayAddresses(told: readonly string[]): ReadonlyMap<AddressFamily, string> {
  const outside = listLocalAddresses().map(({ address }) => address);
  const found = told.length > 0 ? told : outside.length > 0 ? outside : loopbackAddresses();
  const byFamily = new Map<AddressFamily, string>();
  for (const ip of found) {
    const family = isIpv6(ip) ? 6 : 4;
    if (!byFamily.has(family)) byFamily.set(family, ip);
  }
  return byFamily;
}

function loopbackAddresses(): readonly string[] {
  const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return own.filter(({ internal }) => internal).flatMap(({ address }) => (address.startsWith('fe80') ? [] : address));
}
