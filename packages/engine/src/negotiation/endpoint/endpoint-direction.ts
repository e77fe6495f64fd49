import type { Direction } from '@rivero/protocol/sdp';

export function isSending(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

export function isReceiving(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

function directionOf(sends: boolean, receives: boolean): Direction {
  if (sends) return receives ? 'sendrecv' : 'sendonly';
  return receives ? 'recvonly' : 'inactive';
}

/** What both allow, each seen from our side. */
export function commonDirection(a: Direction, b: Direction): Direction {
  return directionOf(isSending(a) && isSending(b), isReceiving(a) && isReceiving(b));
}

/** A direction of the remote description, seen from our side. */
export function reversedDirection(direction: Direction): Direction {
  return directionOf(isReceiving(direction), isSending(direction));
}
