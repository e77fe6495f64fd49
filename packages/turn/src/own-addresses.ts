import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { CodedError, isIpv6 } from '@rivero/core';
import { familyOf } from '@rivero/protocol/turn-server';
import { listLocalAddresses } from '@rivero/runtime';
import type { RelayAddresses } from './relay-address.ts';

/** Addresses of this machine under which others may reach it. */
export function ownAddresses(): readonly string[] {
  return listLocalAddresses().map(({ address }) => address);
}

/**
 * Addresses that reach this machine, whatever interface they are of: some servers have public ones at the loopback
 * interface. Those that nobody is relayed to anyway are left out.
 */
export function addressesOfThisMachine(): readonly string[] {
  const all = interfaceAddresses().map(({ address }) => address);
  return all.filter((ip) => !/^(?:127\.|169\.254\.|::1$|fe[89ab])/i.test(ip));
}

/** CIDRs of the networks at this machine's interfaces. A tunnel that takes everything is no network of ours. */
export function networksOfThisMachine(): readonly string[] {
  return interfaceAddresses().flatMap(({ internal, cidr }) =>
    internal || cidr === null || cidr.endsWith('/0') ? [] : [cidr],
  );
}

/** Addresses to listen on, each with a socket of its own, so that answers leave from the address that was asked. */
export function addressesToListenOn(host: string | undefined): readonly string[] {
  const every = [...ownAddresses(), ...loopbackAddresses()];
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

/**
 * From where relays speak, and how others call that: the addresses that were told, or else the first of each family;
 * loopback where there is nothing else.
 */
export function relayAddresses(told: readonly string[], externalAddresses: readonly string[]): RelayAddresses {
  const own = ownAddresses();
  const found = told.length > 0 ? told : own.length > 0 ? own : loopbackAddresses();
  return Object.fromEntries(
    ([4, 6] as const).flatMap((family) => {
      const ip = found.find((each) => familyOf(each) === family);
      const announced = externalAddresses.find((each) => familyOf(each) === family);
      return ip === undefined ? [] : [[family, announced === undefined ? { ip } : { ip, announced }]];
    }),
  );
}

/** The same a while later: each family stays where it is while that is ours, or while there is nothing else. */
export function followRelayAddresses(before: RelayAddresses, own: readonly string[]): RelayAddresses {
  return Object.fromEntries(
    Object.values(before).map((relay) => {
      const family = familyOf(relay.ip);
      const other = own.includes(relay.ip) ? undefined : own.find((each) => familyOf(each) === family);
      return [family, other === undefined ? relay : { ...relay, ip: other }];
    }),
  );
}

/** Why nothing can be opened at an address that a setting names. */
export function noOwnAddress(ip: string, setting: string): CodedError {
  const message = `${ip} is no address of this machine; set ${setting} to one that is, or leave it out.`;
  return new CodedError('host-unknown', message, { ip, setting });
}

function interfaceAddresses(): readonly NetworkInterfaceInfo[] {
  return Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
}

function loopbackAddresses(): readonly string[] {
  return interfaceAddresses()
    .filter(({ internal, address }) => internal && !/^fe[89ab]/i.test(address))
    .map(({ address }) => address);
}
