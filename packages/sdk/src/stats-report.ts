/** One object of an RTCStatsReport. Browsers leave out what they do not know. */
export type StatsEntry = Readonly<Record<string, unknown>>;

/** An RTCStatsReport, or a recorded one: entries by their id. */
export type StatsReport = ReadonlyMap<string, StatsEntry>;

/** A copy of what the browser reports, which is kept to compare the next one with it. */
export function statsReport(report: RTCStatsReport): StatsReport {
  const entries = new Map<string, StatsEntry>();
  report.forEach((entry: StatsEntry, id) => entries.set(id, entry));
  return entries;
}

export function numberIn(entry: StatsEntry | undefined, name: string): number | undefined {
  const value = entry?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textIn(entry: StatsEntry | undefined, name: string): string | undefined {
  const value = entry?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** A member that is a time in seconds, in milliseconds. */
export function millisecondsIn(entry: StatsEntry | undefined, name: string): number | undefined {
  const seconds = numberIn(entry, name);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** The entry that a member of this one names. */
export function entryNamed(report: StatsReport, entry: StatsEntry | undefined, name: string): StatsEntry | undefined {
  const id = textIn(entry, name);
  return id === undefined ? undefined : report.get(id);
}

/** How much a counter has grown since `before`; undefined: one of them does not have it, or it began anew. */
export function growth(entry: StatsEntry, before: StatsEntry | undefined, name: string): number | undefined {
  const [now, then] = [numberIn(entry, name), numberIn(before, name)];
  return now === undefined || then === undefined || now < then ? undefined : now - then;
}

/** Bits per second of a counter of bytes since `before`; 0 at the first look. */
export function bitrateOf(entry: StatsEntry, before: StatsEntry | undefined, name: string): number {
  const bytes = growth(entry, before, name) ?? 0;
  const ms = growth(entry, before, 'timestamp') ?? 0;
  return ms === 0 ? 0 : (bytes * 8 * 1000) / ms;
}
