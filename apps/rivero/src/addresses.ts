import type { Reachable } from './composition.ts';

/** LAN addresses that are printed at most; a machine with containers has many. */
const printedAddressesMax = 4;

/** What the program prints once it runs: where to open it, in English and Chinese. */
export function formatAddresses({ httpPort, httpsPort, localAddresses }: Reachable): string {
  const lines = ['Rivero is running. / Rivero 已启动。'];
  const here = httpPort === undefined ? `https://localhost:${httpsPort}` : `http://localhost:${httpPort}`;
  lines.push(`  On this machine / 本机：          ${here}`);
  const hosts = localAddresses.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
  if (httpsPort !== undefined && hosts.length > 0) {
    for (const host of hosts.slice(0, printedAddressesMax)) {
      lines.push(`  On other devices / 其他设备：     https://${host}:${httpsPort}`);
    }
    lines.push(
      '  Browsers warn about the self-made certificate: choose "Advanced", then "Proceed".',
      '  浏览器会提示证书不受信任：点击“高级”，再点“继续前往”。',
    );
  }
  return `${lines.join('\n')}\n`;
}
