import type { LocationQuery } from 'vue-router';

/** What the address of a room says besides the room: `/meet/ROOM?name=NAME&join&relay`. */
export interface Invitation {
  readonly name: string | undefined;
  /** Without a press of the button. */
  readonly joinsAtOnce: boolean;
  /** Media goes through a relay and not otherwise: a test of the relay. */
  readonly isRelayOnly: boolean;
  /** Camera and microphone, too: a page of ours led here. Any page of others may link here, and must not turn them on. */
  readonly opensDevices: boolean;
}

/** How one came here. */
export interface Arrival {
  /** As in `document.referrer`: empty where an address was typed, or the page before hides itself. */
  readonly referrer: string;
  /** Our own. */
  readonly origin: string;
}

export function readInvitation(query: LocationQuery, { referrer, origin }: Arrival): Invitation {
  const asked = query['name'];
  const name = (Array.isArray(asked) ? asked[0] : asked)?.trim();
  const joinsAtOnce = 'join' in query;
  return {
    name: name === '' ? undefined : name,
    joinsAtOnce,
    isRelayOnly: 'relay' in query,
    opensDevices: joinsAtOnce && URL.canParse(referrer) && new URL(referrer).origin === origin,
  };
}
