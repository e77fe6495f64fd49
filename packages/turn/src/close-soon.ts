import type { Socket } from 'node:net';
import { after, milliseconds } from '@rivero/core';
import type { Alarms } from './alarms.ts';
import { clock } from './clock.ts';

/** How long a closed connection may go on sending what waits: somebody who reads nothing would keep it for ever. */
export const lingerDefault = milliseconds(10_000);

/** Sends what waits and closes, or closes when nobody takes it in time. */
export function closeSoon(socket: Socket, alarms: Alarms, linger = lingerDefault): void {
  if (socket.destroyed || socket.connecting) return void socket.destroy();
  const end = (): void => void socket.destroy();
  alarms.set(end, after(clock(), linger));
  socket.once('close', () => alarms.delete(end));
  socket.destroySoon();
}
