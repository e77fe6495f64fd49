export type { HealthReport } from './health.ts';
export type { MetricsPage } from './metrics-page.ts';
export type { WebServer } from './open-server.ts';
export { openWebServers, type WebServers, type WebServersOptions } from './web-servers.ts';
