/** What an https server shows and signs with, as PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}
