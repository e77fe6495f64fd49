import { onScopeDispose, type Ref, watch } from 'vue';
import type { Meeting } from '../use-meeting.ts';

/** Whose tile is on another page for that long is not sent to us; who turns pages to and fro loses nothing. */
const patienceMs = 5000;

/**
 * Cameras of people on other pages are not received. This is no wish about the person: `setVideoReceived` is one, and
 * goes before; here single tracks are paused (`setReceived`), and come back at once when their tile is seen again.
 */
export function useUnseenVideo({ room }: Pick<Meeting, 'room'>, seen: Readonly<Ref<ReadonlySet<string>>>): void {
  /** By participant, since when its tile is not seen. */
  const unseenSince = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    clearTimeout(timer);
    timer = undefined;
    const joined = room.value;
    if (joined === undefined) return;
    const now = performance.now();
    const present = new Set(joined.participants.map(({ participantId }) => participantId));
    for (const id of unseenSince.keys()) if (!present.has(id)) unseenSince.delete(id);
    let isAnyWaiting = false;
    for (const { participantId, isVideoReceived, tracks } of joined.participants) {
      if (seen.value.has(participantId)) unseenSince.delete(participantId);
      else if (!unseenSince.has(participantId)) unseenSince.set(participantId, now);
      const since = unseenSince.get(participantId);
      const isPatient = since === undefined || now - since < patienceMs;
      if (since !== undefined && isPatient) isAnyWaiting = true;
      const camera = tracks.find(({ source }) => source === 'camera');
      const isWanted = isVideoReceived && isPatient;
      // What fails is asked for again by the next look.
      if (camera !== undefined && camera.isReceived !== isWanted && isVideoReceived) {
        joined.setReceived(camera.trackId, isWanted).catch(() => {});
      }
    }
    if (isAnyWaiting) timer = setTimeout(look, patienceMs);
  }

  watch(seen, look, { immediate: true });
  onScopeDispose(() => clearTimeout(timer));
}
