export {
  type CommandLine,
  type Config,
  type ConfigSources,
  type Environment,
  environmentName,
  formatConfigDocument,
  formatHelp,
  isTurnUrl,
  type Language,
  type LogLevel,
  type LogLevels,
  type LogModule,
  parseCommandLine,
  readConfig,
} from './config/index.ts';
export { openDataDir } from './data-dir.ts';
export {
  type HealthReport,
  type MetricsPage,
  openWebServers,
  type WebServer,
  type WebServers,
  type WebServersOptions,
} from './http/index.ts';
export { openKeptSecret } from './kept-secret.ts';
export { listenProblem, type ListenAttempt } from './listen-problem.ts';
export { listLocalAddresses, type LocalAddress } from './local-addresses.ts';
export { type Log, type LogOutput, type Logs, type LogsOptions, openLogs } from './log/index.ts';
export { formatMetricsDocument, Metrics, processMetrics, type ProcessUse, watchProcess } from './metrics/index.ts';
export { Networks } from './networks.ts';
export { ProgressLine, type ProgressOutput } from './progress-line.ts';
export { Shutdown, type ShutdownLimits } from './shutdown.ts';
export { type SignalSource, type StopSignalOptions, waitForStopSignal } from './stop-signal.ts';
export { openSelfSigned, readOwnCertificate, type SelfSignedOptions, type TlsPair } from './tls/index.ts';
