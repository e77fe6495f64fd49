export { startTurn, type Turn, type TurnOptions } from './start-turn.ts';
