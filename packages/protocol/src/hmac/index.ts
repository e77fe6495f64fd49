export { type HmacAlgorithm, hmacUnder } from './hmac.ts';
