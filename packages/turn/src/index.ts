export { timeLimitedUser } from '@rivero/protocol/turn-server';
export { startTurn, type Turn, type TurnOptions } from './start-turn.ts';
export { turnMetrics } from './turn-metrics.ts';
export type { TurnStatistics } from './turn-statistics.ts';
