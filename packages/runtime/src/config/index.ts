export { type CommandLine, parseCommandLine } from './command-line.ts';
export { formatConfigDocument } from './config-document.ts';
export { formatHelp, type Language } from './help.ts';
export { isTurnUrl } from './ice-urls.ts';
export type { LogLevel, LogLevels, LogModule } from './log-levels.ts';
export { type ConfigSources, type Environment, readConfig } from './read-config.ts';
export { type Config, environmentName } from './settings.ts';
