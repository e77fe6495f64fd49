import { roomsMax } from './worker/index.ts';

/** When a room grows beyond one worker. */
export interface PlacementRules {
  /** A worker that is busy for a greater share of its time takes no more of a room while another one has time: 0 to 1. */
  readonly loadMax: number;
  /** Peers and endpoints of one room in one worker, while another one has less. What they will send is not known yet. */
  readonly roomSessionsMax: number;
}

/** The rules that are not left as they are, and how the load of a worker is told in place of its measure: 0 to 1. */
export interface PlacementOptions extends Partial<PlacementRules> {
  readonly loadOf?: (workerIndex: number) => number;
}

/** A worker, as a peer or an endpoint of some room may be placed there. */
export interface PlaceChoice {
  /** Share of its time in which it is busy: 0 to 1. */
  readonly load: number;
  /** Branches of all rooms. */
  readonly rooms: number;
  /** Peers and endpoints of the room in question. */
  readonly sessions: number;
}

/** Loads that differ by less are alike. */
const loadStep = 0.05;

/** The one for a new room: the least busy one, and of those the one with the fewest rooms. `undefined`: there is none. */
export function placeForRoom<Choice extends PlaceChoice>(choices: readonly Choice[]): Choice | undefined {
  const open = choices.filter(({ rooms }) => rooms < roomsMax);
  // Where all are full, that is for the worker to say.
  const some = open.length === 0 ? choices : open;
  return some.toSorted((a, b) => stepOf(a) - stepOf(b) || a.rooms - b.rooms)[0];
}

/**
 * The one for a peer or an endpoint of a room: where the room is already, as long as there is room, so that small rooms stay
 * in one worker; else the least busy one. `undefined`: there is none. `branches` are among `choices`, the first branch first.
 */
export function placeForSession<Choice extends PlaceChoice>(
  branches: readonly Choice[],
  choices: readonly Choice[],
  { loadMax, roomSessionsMax }: PlacementRules,
): Choice | undefined {
  const hasRoom = ({ load, sessions }: Choice): boolean => load < loadMax && sessions < roomSessionsMax;
  const here = branches.find(hasRoom);
  if (here !== undefined) return here;
  // A worker that has as many rooms as it can hold takes no branch.
  const open = choices.filter(({ rooms, sessions }) => sessions > 0 || rooms < roomsMax);
  const free = open.filter(hasRoom);
  const some = free.length === 0 ? open : free;
  return some.toSorted((a, b) => stepOf(a) - stepOf(b) || a.sessions - b.sessions || a.rooms - b.rooms)[0];
}

function stepOf({ load }: PlaceChoice): number {
  return Math.floor(load / loadStep);
}
