import type { LocationQuery } from 'vue-router';

/** What the address of a room says besides the room: `/meet/ROOM?name=NAME&join`. */
export interface Invitation {
  readonly name: string | undefined;
  /** Without a press of the button. */
  readonly joinsAtOnce: boolean;
}

export function readInvitation(query: LocationQuery): Invitation {
  const asked = query['name'];
  const name = (Array.isArray(asked) ? asked[0] : asked)?.trim();
  return { name: name === '' ? undefined : name, joinsAtOnce: 'join' in query };
}
