/**
 * Labels of letters, digits and hyphens (RFC 1123 section 2.1), and underscores, as some networks have them; so long at most
 * (RFC 1035 section 2.3.4).
 */
const hostName = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** True for a name of DNS in lower case, without a last dot; names in other scripts as `xn--…`. IPv4 addresses look like one. */
export function isHostName(text: string): boolean {
  return hostName.test(text);
}
