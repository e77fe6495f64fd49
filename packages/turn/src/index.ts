export { timeLimitedUser } from '@rivero/protocol/turn-server';
export { startTurn, type Turn, type TurnOptions } from './start-turn.ts';
