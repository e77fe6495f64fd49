import { networkInterfaces } from 'node:os';

/** This machine's first IPv4 address that others reach, or loopback where it has none. Firefox sends no media over loopback. */
export function outwardAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
