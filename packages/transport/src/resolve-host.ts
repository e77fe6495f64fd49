import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** A name server that does not answer is not waited for any longer. */
const resolveTimeoutMs = 2_000;

/** The IP address of a host, IPv4 where it has both; `undefined` when there is none in time. */
export async function resolveHost(host: string): Promise<string | undefined> {
  if (isIP(host) !== 0) return host;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), resolveTimeoutMs);
  });
  try {
    return await Promise.race([timeout, lookup(host, { order: 'ipv4first' }).then(({ address }) => address)]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
