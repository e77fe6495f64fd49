/** How a stay ended, or why there was none, as a page tells it. */
export type Ending = 'left' | 'removed' | 'ended' | 'locked' | 'full' | 'server-full' | 'lost';

const endings: ReadonlyMap<string, Ending> = new Map([
  ['removed-by-host', 'removed'],
  ['ended-by-host', 'ended'],
  ['room-locked', 'locked'],
  ['room-full', 'full'],
  ['server-full', 'server-full'],
]);

/** The page for a stay that is over; `code` says what went wrong, if anything did. */
export function endingOf(code: string | undefined): Ending {
  return code === undefined ? 'left' : (endings.get(code) ?? 'lost');
}

/** Whether joining was refused for a reason that nothing on the form changes: the door is closed. */
export function isDoorClosed(code: string | undefined): boolean {
  return code !== undefined && endings.has(code);
}
