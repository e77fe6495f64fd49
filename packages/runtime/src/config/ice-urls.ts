import { isIPv4, isIPv6 } from 'node:net';
import { isHostName } from '@rivero/core';
import type { Setting, Text } from './setting.ts';

/** Addresses of STUN and TURN servers that one setting may name: browsers ask them all. */
export const iceUrlsMax = 8;

/** `stun:host:port` (RFC 7064); `turn:` and `turns:` may go on with `?transport=udp` or `tcp` (RFC 7065). */
const iceUrl = /^(?:stun:([^?]+)|turns?:([^?]+?)(?:\?transport=(?:udp|tcp))?)$/;

/** Addresses of STUN and TURN servers; none: our own is opened. */
export function iceUrls(sentence: Text): Setting<readonly string[]> {
  return {
    default: () => [],
    defaultText: { en: 'our own server', zh: '使用自带的服务器' },
    limit: {
      en: `at most ${iceUrlsMax} of stun:, turn: and turns: with host and port, with commas between them`,
      zh: `最多 ${iceUrlsMax} 个 stun:、turn: 或 turns: 地址（主机和端口），以逗号分隔`,
    },
    sentence,
    parse: (written) => {
      if (typeof written !== 'string') return undefined;
      const urls = written.split(',').map((text) => text.trim().toLowerCase());
      return urls.length <= iceUrlsMax && urls.every(isIceUrl) ? urls : undefined;
    },
  };
}

/** Whether it relays, which takes credentials. */
export function isTurnUrl(url: string): boolean {
  return url.startsWith('turn');
}

function isIceUrl(text: string): boolean {
  const match = iceUrl.exec(text);
  const place = match?.[1] ?? match?.[2] ?? '';
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(place) ?? [];
  const isRightPort = port === undefined || (Number(port) > 0 && Number(port) <= 65_535);
  return isRightPort && isHost(host);
}

function isHost(text: string): boolean {
  if (text.startsWith('[')) return isIPv6(text.slice(1, -1)) && !text.includes('%');
  return /^[\d.]+$/.test(text) ? isIPv4(text) : isHostName(text);
}
