/** The server's own word on its https port: nothing when it has none, or does not answer. */
async function httpsPort(): Promise<number | undefined> {
  try {
    const report: unknown = await (await fetch('/healthz', { cache: 'no-store' })).json();
    const port = typeof report === 'object' && report !== null && 'httpsPort' in report ? report.httpsPort : undefined;
    return typeof port === 'number' ? port : undefined;
  } catch {
    return undefined;
  }
}

/** The same page by https, where browsers give a camera; undefined: the server has no https of its own. */
export async function findHttpsAddress({
  hostname,
  pathname,
  search,
}: Pick<Location, 'hostname' | 'pathname' | 'search'>): Promise<string | undefined> {
  const port = await httpsPort();
  if (port === undefined) return undefined;
  return `https://${hostname}${port === 443 ? '' : `:${port}`}${pathname}${search}`;
}
