/** From the most to the least talkative. */
export const logLevelNames = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof logLevelNames)[number];

/** The parts of the program that have a log of their own. */
export const logModuleNames = ['rivero', 'http', 'signaling', 'engine', 'kurento', 'turn'] as const;

export type LogModule = (typeof logModuleNames)[number];

/** The level of each module, and of all that are not named. */
export interface LogLevels {
  readonly standard: LogLevel;
  readonly modules: Readonly<Partial<Record<LogModule, LogLevel>>>;
}

/** Reads `info,engine=debug`. The level without a module may stand anywhere, once, or be left out (info). */
export function parseLogLevels(text: string): LogLevels | undefined {
  const parts = text.split(',').map((part) => part.trim());
  let standard: LogLevel | undefined;
  const modules: Partial<Record<LogModule, LogLevel>> = {};
  for (const part of parts) {
    const [name = '', level, ...rest] = part.split('=');
    if (level === undefined) {
      if (standard !== undefined || !isLogLevel(name)) return undefined;
      standard = name;
      continue;
    }
    if (rest.length > 0 || !isLogModule(name) || !isLogLevel(level)) return undefined;
    if (modules[name] !== undefined) return undefined;
    modules[name] = level;
  }
  return { standard: standard ?? 'info', modules };
}

/** The first name before a `=` that is no module's. */
export function findUnknownLogModule(text: string): string | undefined {
  const named = text.split(',').filter((part) => part.includes('='));
  return named.map((part) => part.split('=')[0].trim()).find((name) => !isLogModule(name));
}

function isLogModule(text: string): text is LogModule {
  return (logModuleNames as readonly string[]).includes(text);
}

function isLogLevel(text: string): text is LogLevel {
  return (logLevelNames as readonly string[]).includes(text);
}
