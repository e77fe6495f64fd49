/** Where the Kurento API tells what it does. */
export interface KurentoLog {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}
