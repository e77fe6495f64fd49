export { type Log, type LogOutput, type Logs, type LogsOptions, openLogs } from './log.ts';
