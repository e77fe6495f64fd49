/** Codecs of video that the server routes. */
export type VideoCodec = 'VP8' | 'VP9' | 'H264' | 'AV1';

const videoCodecs: readonly VideoCodec[] = ['VP8', 'VP9', 'H264', 'AV1'];

function isOf(codec: VideoCodec, { mimeType }: { readonly mimeType: string }): boolean {
  return mimeType.toLowerCase() === `video/${codec.toLowerCase()}`;
}

/** The codecs of video that this browser can send and the server routes. */
export function sendableCodecs(): readonly VideoCodec[] {
  const codecs = globalThis.RTCRtpSender?.getCapabilities?.('video')?.codecs ?? [];
  return videoCodecs.filter((name) => codecs.some((codec) => isOf(name, codec)));
}

/** The same codecs, the preferred one first. */
export function preferring<Codec extends { readonly mimeType: string }>(
  preferred: VideoCodec,
  codecs: readonly Codec[],
): Codec[] {
  return [...codecs.filter((codec) => isOf(preferred, codec)), ...codecs.filter((codec) => !isOf(preferred, codec))];
}

/** Sections whose order was changed: a browser goes on with what it negotiated last until it is told its own order. */
const reordered = new WeakSet<RTCRtpTransceiver>();

/** The next offer prefers that codec in this section; undefined, or one that the browser does not have: as the browser likes. */
export function preferCodec(transceiver: RTCRtpTransceiver, wanted: VideoCodec | undefined): void {
  const preferred = wanted !== undefined && sendableCodecs().includes(wanted) ? wanted : undefined;
  // Firefox before 128 cannot be told.
  if (typeof transceiver.setCodecPreferences !== 'function') return;
  if (preferred === undefined && !reordered.has(transceiver)) return;
  // What can be received, also where we only send: of what a sender alone can do, browsers take nothing.
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  transceiver.setCodecPreferences(preferred === undefined ? codecs : preferring(preferred, codecs));
  reordered.add(transceiver);
}
