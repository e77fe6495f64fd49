/** What this browser remembers between visits. */
export type Preference =
  | 'name'
  | 'language'
  // `system`, `dark` or `light`.
  | 'theme'
  // `off`: single keys do nothing in the meeting.
  | 'shortcuts'
  // JSON: of the rooms where we were a host.
  | 'hostTokens'
  // Identifiers of devices.
  | 'camera'
  | 'microphone'
  | 'speaker'
  // `on` or `off`.
  | 'cameraUse'
  | 'microphoneUse'
  // JSON: see home/recent-rooms.ts.
  | 'recentRooms'
  // JSON: see settings/sending.ts.
  | 'sending';

/** Undefined where nothing is remembered, and where the browser keeps nothing for this site. */
export function recall(preference: Preference): string | undefined {
  try {
    return localStorage.getItem(`rivero.${preference}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(preference: Preference, value: string): void {
  try {
    localStorage.setItem(`rivero.${preference}`, value);
  } catch {
    // A browser that is full, or told to keep nothing, asks again next time.
  }
}

export function forget(preference: Preference): void {
  try {
    localStorage.removeItem(`rivero.${preference}`);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}
