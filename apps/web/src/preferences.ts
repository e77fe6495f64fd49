/** What this browser remembers between visits. */
export type Preference =
  | 'name'
  | 'language'
  // `system`, `dark` or `light`.
  | 'theme'
  // Identifiers of devices.
  | 'camera'
  | 'microphone'
  | 'speaker'
  // `on` or `off`.
  | 'cameraUse'
  | 'microphoneUse';

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
