import { isRoomId, nearestRoomId, roomIdLengthMax } from './room-id.ts';

/** Where somebody wants to go who typed a name or pasted a link. */
export type Destination =
  /** A page of ours. */
  | { readonly type: 'here'; readonly path: string }
  /** A room on another server. */
  | { readonly type: 'elsewhere'; readonly address: string; readonly host: string }
  | { readonly type: 'empty' }
  /** A link, but to no room. */
  | { readonly type: 'no-room' }
  | { readonly type: 'too-long'; readonly count: number }
  /** No name of a room; `nearest` is one that is like it. */
  | { readonly type: 'odd'; readonly nearest: string | undefined };

function parseUrl(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/** A link as people copy it: with or without its scheme, or only the path. */
function readLink(text: string, origin: string): URL | undefined {
  if (/^https?:\/\//i.test(text)) return parseUrl(text);
  if (text.startsWith('/meet/')) return parseUrl(text, origin);
  if (/^[^\s/]+\/meet\//.test(text)) return parseUrl(`${new URL(origin).protocol}//${text}`);
  return undefined;
}

/** What the text in the field means on the server with this origin, such as `https://meet.example.org`. */
export function readDestination(text: string, origin: string): Destination {
  const wish = text.trim();
  if (wish === '') return { type: 'empty' };
  const link = readLink(wish, origin);
  if (link !== undefined) {
    const [, room = ''] = /^\/meet\/([^/]+)\/?$/.exec(link.pathname) ?? [];
    if (!isRoomId(room)) return { type: 'no-room' };
    if (link.host !== new URL(origin).host) return { type: 'elsewhere', address: link.href, host: link.host };
    return { type: 'here', path: `/meet/${room}${link.search}${link.hash}` };
  }
  if (isRoomId(wish)) return { type: 'here', path: `/meet/${wish}` };
  if (wish.includes('://')) return { type: 'no-room' };
  if (/^[A-Za-z0-9._~-]+$/.test(wish) && wish.length > roomIdLengthMax) return { type: 'too-long', count: wish.length };
  return { type: 'odd', nearest: nearestRoomId(wish) };
}
