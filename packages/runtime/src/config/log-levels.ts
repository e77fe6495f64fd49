/** From the most to the least talkative. */
export const logLevelNames = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof logLevelNames)[number];

/** The level of each module, and of all that are not named. */
export interface LogLevels {
  readonly standard: LogLevel;
  readonly modules: Readonly<Record<string, LogLevel>>;
}

/** Modules that one setting may name. */
const logModulesMax = 100;

/** Reads `info,dtls=debug`. The level without a module may stand anywhere, once, or be left out (info). */
export function parseLogLevels(text: string): LogLevels | undefined {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > logModulesMax) return undefined;
  let standard: LogLevel | undefined;
  const modules: Record<string, LogLevel> = Object.create(null);
  for (const part of parts) {
    const [name = '', level, ...rest] = part.split('=');
    if (level === undefined) {
      if (standard !== undefined || !isLogLevel(name)) return undefined;
      standard = name;
      continue;
    }
    if (rest.length > 0 || !/^[a-z][a-z0-9-]*$/.test(name) || !isLogLevel(level)) return undefined;
    if (name in modules) return undefined;
    modules[name] = level;
  }
  return { standard: standard ?? 'info', modules };
}

function isLogLevel(text: string): text is LogLevel {
  return (logLevelNames as readonly string[]).includes(text);
}
