import { type CaptureKind, CodedError } from '@rivero/sdk';

/** Why there is no picture or sound, in words of the page. */
export type DeviceProblem =
  | 'denied'
  | 'dismissed'
  | 'denied-by-system'
  | 'missing'
  | 'busy'
  | 'unsuitable'
  | 'insecure'
  | 'unsupported'
  | 'lost'
  | 'failed';

/** Undefined: this browser does not tell, and is asked by opening. */
export async function devicePermission(kind: CaptureKind): Promise<PermissionStatus | undefined> {
  try {
    return await navigator.permissions.query({ name: kind });
  } catch {
    return undefined;
  }
}

/** What an SDK error means for this device; `permission` is what the browser says of it after the refusal. */
export function deviceProblemOf(error: unknown, permission: PermissionState | undefined): DeviceProblem {
  if (!(error instanceof CodedError)) return 'failed';
  switch (error.code) {
    case 'permission-denied':
      if (error.context['by'] === 'system') return 'denied-by-system';
      // It would ask again: the question was closed.
      return permission === 'prompt' ? 'dismissed' : 'denied';
    case 'device-missing':
      return 'missing';
    case 'device-busy':
      return 'busy';
    case 'device-unsuitable':
      return 'unsuitable';
    case 'insecure-context':
      // Apps that show pages inside themselves often give them no devices, secure or not.
      return globalThis.isSecureContext ? 'unsupported' : 'insecure';
    case 'device-lost':
      return 'lost';
    default:
      return 'failed';
  }
}
