import type { ConnectionStatistics, TrackStatistics } from '@rivero/sdk';

/** Undefined is what the browser does not say. */
type Writing = (value: number | undefined) => string | undefined;

/** How numbers are written in a language. */
export interface NumberTexts {
  /** Of bits per second. */
  readonly bitrate: Writing;
  /** Of a share from 0 to 1. */
  readonly percent: Writing;
  readonly milliseconds: Writing;
  /** Of pictures in a second. */
  readonly frameRate: Writing;
}

export function numberTexts(language: string): NumberTexts {
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const precise = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const given =
    (write: (value: number) => string): Writing =>
    (value) =>
      value === undefined || !Number.isFinite(value) ? undefined : write(value);
  return {
    bitrate: given((bits) =>
      bits >= 1_000_000 ? `${precise.format(bits / 1_000_000)} Mbit/s` : `${plain.format(bits / 1000)} kbit/s`,
    ),
    percent: given((share) => percent.format(share)),
    milliseconds: given((value) => `${plain.format(value)} ms`),
    frameRate: given((value) => `${plain.format(value)} fps`),
  };
}

/** Width and height of the picture, where there is one. */
export function resolutionOf({ width, height }: TrackStatistics): string | undefined {
  return width === undefined || height === undefined ? undefined : `${width} × ${height}`;
}

/** As people write it: browsers say `opus`, but `VP8`. */
export function codecName(codec: string | undefined): string | undefined {
  return codec === 'opus' ? 'Opus' : codec;
}

/** Of a path. */
export interface PathWords {
  readonly direct: string;
  readonly relayed: string;
  readonly by: (path: string, protocol: string) => string;
}

/** How packets go: straight to the server or through a relay, and by which protocol to the first of them. */
export function pathOf({ protocol, path, relayProtocol }: ConnectionStatistics, words: PathWords): string | undefined {
  const first = (path === 'relay' ? relayProtocol : protocol)?.toUpperCase();
  if (path === undefined) return first;
  const way = path === 'relay' ? words.relayed : words.direct;
  return first === undefined ? way : words.by(way, first);
}

const order: Readonly<Record<TrackStatistics['source'], number>> = {
  camera: 0,
  microphone: 1,
  screen: 2,
  'screen-audio': 3,
};

/** The tracks of one person; our own ones are those we send. */
export function tracksOf(
  tracks: readonly TrackStatistics[],
  participantId: string | undefined,
): readonly TrackStatistics[] {
  return tracks
    .filter((track) =>
      participantId === undefined ? track.direction === 'sent' : track.participantId === participantId,
    )
    .toSorted((a, b) => order[a.source] - order[b.source]);
}
