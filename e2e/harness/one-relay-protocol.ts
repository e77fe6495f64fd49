import type { BrowserPage } from './browser.ts';

/**
 * Run first in a page: rooms whose name ends with `-udp`, `-tcp` or `-tls` are given the relays of that protocol alone, as
 * if the network blocked the way to the others.
 */
const choosing = `(() => {
  const protocol = /-(udp|tcp|tls)$/.exec(location.pathname)?.[1];
  if (protocol === undefined) return;
  const ending = protocol === 'udp' ? 'udp' : 'tcp';
  const isOpen = (url) => url.startsWith(protocol === 'tls' ? 'turns:' : 'turn:') && url.endsWith('transport=' + ending);
  const open = ({ iceServers, ...rest }) => ({
    ...rest,
    iceServers: iceServers.map(({ urls, ...server }) => ({ ...server, urls: urls.filter(isOpen) })).filter(({ urls }) => urls.length > 0),
  });
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) { super(open(configuration)); }
    setConfiguration(configuration) { super.setConfiguration(open(configuration)); }
  };
})()`;

/** To be called before the page goes anywhere. */
export async function chooseRelayByRoom(page: BrowserPage): Promise<void> {
  await page.runFirst(choosing);
}
