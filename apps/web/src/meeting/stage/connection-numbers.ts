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
  readonly plain: Writing;
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
    plain: given((value) => plain.format(value)),
  };
}

/** Width and height of the picture, where there is one. */
export function resolutionOf({ width, height }: TrackStatistics): string | undefined {
  return width === undefined || height === undefined ? undefined : `${width} × ${height}`;
}

/** How packets go: the protocol, and what kind of addresses they go between. */
export function pathOf({ protocol, localCandidate, remoteCandidate }: ConnectionStatistics): string | undefined {
  if (protocol === undefined) return undefined;
  const ends = [localCandidate, remoteCandidate].filter((candidate) => candidate !== undefined);
  return [protocol.toUpperCase(), ends.join(' – ')].filter((part) => part !== '').join(', ');
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
