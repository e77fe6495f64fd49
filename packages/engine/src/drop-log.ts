/** Counters of what is no loss: all others count what was dropped or refused. */
const ordinaryCounters: ReadonlySet<string> = new Set([
  'datapath/received',
  'datapath/sent',
  'datapath/resent',
  'datapath/bytes-received',
  'datapath/bytes-sent',
  'cascade/written',
  'cascade/read',
  'cascade/woken',
  'datapath/unsegmented',
  'ice/check-answered',
  'dtls/message-repeated',
  'tcp/accepted',
  'stun/asked',
  'stun/answered',
  'punch/punched',
]);

/** What one media worker dropped, told once. */
export class DropLog {
  #told: Readonly<Record<string, number>> = {};

  /** The counters of drops that grew since the last time, and by how much; `undefined` when none did. */
  takeLine(counters: Readonly<Record<string, number>>): string | undefined {
    const grown = Object.entries(counters).flatMap(([name, count]) => {
      const more = count - (this.#told[name] ?? 0);
      return more > 0 && !ordinaryCounters.has(name) ? [`${name} ${more}`] : [];
    });
    this.#told = counters;
    return grown.length === 0 ? undefined : grown.join(', ');
  }
}
