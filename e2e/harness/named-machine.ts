import { outwardAddress } from './outward-address.ts';

/**
 * What this machine is called by browsers that are opened with the switches and settings below. Firefox takes no `turns:`
 * with an IP address, and no browser takes the self-made certificate of a TURN server because somebody took that of a page.
 */
export const machineName = 'rivero.test';

/** Chromium's: it knows the name, and takes every certificate, that of a TURN server, too. */
export const namingSwitches: readonly string[] = [
  // With the dot it asks for STUN and TURN servers.
  `--host-resolver-rules=${[machineName, `${machineName}.`].map((name) => `MAP ${name} ${outwardAddress()}`).join()}`,
  '--ignore-certificate-errors',
];

/** Firefox's: every name is this machine. The driver has it take every certificate. */
export const namingPrefs: Readonly<Record<string, unknown>> = { 'network.dns.forceResolve': outwardAddress() };
