/** What `/healthz` says: 200 when the status is `ok`, else 503. More facts may stand beside it. */
export interface HealthReport {
  readonly status: 'ok' | 'starting' | 'stopping' | 'unhealthy';
  readonly [fact: string]: string | number | boolean | undefined;
}
