/** What the platform writes its log to; a pino logger fits. */
export interface PlatformLog {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}
