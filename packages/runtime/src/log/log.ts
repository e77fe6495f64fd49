import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogLevels, LogModule } from '../config/index.ts';
import { LineFormat } from './line-format.ts';

/** The log of one module. Facts first, then what happened: `log.info({ port }, 'listening')`. */
export type Log = Logger;

/** All modules' logs over one output. */
export interface Logs {
  /** The log of a module, at the level that the settings give that module. */
  module(name: LogModule): Log;
}

export interface LogOutput {
  write(text: string): unknown;
}

export interface LogsOptions {
  readonly levels: LogLevels;
  readonly output: LogOutput;
  /** `lines` for people, `json` for programs. */
  readonly format: 'lines' | 'json';
  /** Colours for terminals; `lines` only. */
  readonly colour?: boolean;
}

/** Opens the program's logs. */
export function openLogs({ levels, output, format, colour = false }: LogsOptions): Logs {
  const stream: DestinationStream = format === 'json' ? output : new LineFormat(output, colour);
  const root = pino(
    {
      level: 'trace',
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  const modules = new Map<LogModule, Log>();
  return {
    module: (name) => {
      const known = modules.get(name);
      if (known !== undefined) return known;
      const log = root.child({ module: name }, { level: levels.modules[name] ?? levels.standard });
      modules.set(name, log);
      return log;
    },
  };
}
