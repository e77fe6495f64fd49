import type { LogOutput } from './log.ts';

const levelColours: Readonly<Record<string, number>> = { debug: 36, info: 32, warn: 33, error: 31, fatal: 35 };

/** Turns pino's JSON lines into lines for people: `14:03:07.250 info  http: listening port=8080`. */
export class LineFormat {
  readonly #output: LogOutput;
  readonly #colour: boolean;

  constructor(output: LogOutput, colour: boolean) {
    this.#output = output;
    this.#colour = colour;
  }

  write(json: string): void {
    this.#output.write(`${this.#format(json)}\n`);
  }

  #format(json: string): string {
    const { level, time, module, msg, err, ...facts } = JSON.parse(json) as Record<string, unknown>;
    const date = new Date(String(time));
    const clock = `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
    const message = typeof msg === 'string' ? ` ${msg}` : '';
    const tail = Object.entries(facts).map(([name, value]) => ` ${name}=${formatFact(value)}`);
    return `${clock} ${this.#paint(String(level))} ${String(module)}:${message}${tail.join('')}${formatStack(err)}`;
  }

  #paint(level: string): string {
    const padded = level.padEnd(5);
    const colour = levelColours[level];
    return this.#colour && colour !== undefined ? `\u001B[${colour}m${padded}\u001B[0m` : padded;
  }
}

function formatFact(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

/** An error's stack as pino serialized it, on lines of its own. */
function formatStack(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return '';
  return `\n${String(error.stack)}`;
}
