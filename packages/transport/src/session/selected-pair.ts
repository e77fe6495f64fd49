import type { Milliseconds } from '@rivero/core';
import type { PathEnds } from '@rivero/datapath';

/** The selected pair of candidates, as addresses. */
export interface SelectedPair extends PathEnds {
  /** Of our last check that was answered at once; whoever is lite sends none. */
  readonly roundTripTime: Milliseconds | undefined;
}
