import type { HeaderExtension } from './session-description.ts';

/** Header extensions that we read or write, by the name that the router gives them. */
export const extensionUris = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  videoOrientation: 'urn:3gpp:video-orientation',
  transportSequence: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
} as const;

export type ExtensionName = keyof typeof extensionUris;

/** The id of each supported extension, where the section has it. */
export type ExtensionIds = Readonly<Partial<Record<ExtensionName, number>>>;

/** One-byte elements have ids 1 to 14 (RFC 8285 section 4.2); others we do not write. */
const oneByteIdMax = 14;

/** Which of them a section offers; transport-wide sequence numbers only where we receive. */
export function extensionIdsOf(extensions: readonly HeaderExtension[], isReceived: boolean): ExtensionIds {
  const ids: Partial<Record<ExtensionName, number>> = {};
  for (const { id, uri } of extensions) {
    const name = extensionNameOf(uri);
    if (name === undefined || id < 1 || id > oneByteIdMax) continue;
    if (name !== 'transportSequence' || isReceived) ids[name] ??= id;
  }
  return ids;
}

export function extensionsOf(ids: ExtensionIds): readonly HeaderExtension[] {
  const list: HeaderExtension[] = [];
  for (const name of ['mid', 'audioLevel', 'videoOrientation', 'transportSequence'] as const) {
    const id = ids[name];
    if (id !== undefined) list.push({ id, uri: extensionUris[name] });
  }
  return list;
}

function extensionNameOf(uri: string): ExtensionName | undefined {
  switch (uri) {
    case extensionUris.mid:
      return 'mid';
    case extensionUris.audioLevel:
      return 'audioLevel';
    case extensionUris.videoOrientation:
      return 'videoOrientation';
    case extensionUris.transportSequence:
      return 'transportSequence';
    default:
      return undefined;
  }
}
