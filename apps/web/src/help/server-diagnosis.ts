/**
 * Why no transport of the signaling reached the server: `offline`: this device has no network; `down`: the server does
 * not answer at all; `starting`: it does, and is not ready; `blocked`: it is well, and only the signaling does not get
 * through.
 */
export type ServerDiagnosis = 'offline' | 'down' | 'starting' | 'blocked';

/** An answer that takes longer is none. */
const answerTimeoutMs = 5_000;

export async function diagnoseServer(): Promise<ServerDiagnosis> {
  if (!navigator.onLine) return 'offline';
  try {
    const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(answerTimeoutMs) });
    if (answer.ok) return 'blocked';
    // Proxies answer in the place of a server that is not there.
    return answer.headers.get('content-type')?.includes('json') === true ? 'starting' : 'down';
  } catch {
    return 'down';
  }
}
