import type { AskedSource } from '@rivero/sdk';
import { readonly, type Ref, ref } from 'vue';
import { perMeeting } from './per-meeting.ts';

/** How loud somebody is for us, in percent. */
export const volumeMax = 100;

/** What only we hear of it: nobody else is told. */
export interface PersonSound {
  /** 0 to {@link volumeMax}. */
  readonly volume: number;
  readonly isMutedForMe: boolean;
}

const usual: PersonSound = { volume: volumeMax, isMutedForMe: false };

/** What one can do about somebody else, from the stage and from the list of people. Failures are shown by the meeting. */
export interface PersonActions {
  /** Reactive: in a template or a computed it is followed. */
  soundOf(participantId: string): PersonSound;
  /** Also unmutes for us: who moves the slider wants to hear. */
  setVolume(participantId: string, volume: number): void;
  setMutedForMe(participantId: string, muted: boolean): void;
  /** Video of this person, shared screens too; what is not received costs nothing. `RemoteParticipant.isVideoReceived` says how it is. */
  setVideoReceived(participantId: string, received: boolean): Promise<void>;
  /** Everything of ours; the person is told. `RemoteParticipant.isSentTo` says how it is. */
  setSentTo(participantId: string, sent: boolean): Promise<void>;
  /** Forgets somebody who left. */
  forget(participantId: string): void;
  /** Hosts only, like everything that follows. True: it was told. */
  askToMute(participantId: string, source: AskedSource): Promise<boolean>;
  lowerHand(participantId: string): Promise<void>;
  /** Whom the dialog that asks "really?" is about; the stage shows it. */
  readonly removing: Readonly<Ref<string | undefined>>;
  /** Opens the dialog. */
  askToRemove(participantId: string): void;
  /** Removes whom the dialog is about. */
  confirmRemoval(): Promise<void>;
  cancelRemoval(): void;
}

export const usePersonActions = perMeeting<PersonActions>((meeting) => {
  const sounds = ref<ReadonlyMap<string, PersonSound>>(new Map());
  const removing = ref<string>();

  function soundOf(participantId: string): PersonSound {
    return sounds.value.get(participantId) ?? usual;
  }

  function set(participantId: string, sound: PersonSound): void {
    sounds.value = new Map(sounds.value).set(participantId, sound);
  }

  return {
    soundOf,
    setVolume: (participantId, volume) =>
      set(participantId, { volume: Math.min(volumeMax, Math.max(0, volume)), isMutedForMe: false }),
    setMutedForMe: (participantId, muted) => set(participantId, { ...soundOf(participantId), isMutedForMe: muted }),
    forget(participantId) {
      sounds.value = new Map([...sounds.value].filter(([id]) => id !== participantId));
      if (removing.value === participantId) removing.value = undefined;
    },
    setVideoReceived: (participantId, received) =>
      meeting.attempt(() => meeting.room.value?.setVideoReceived(participantId, received)),
    setSentTo: (participantId, sent) => meeting.attempt(() => meeting.room.value?.setSentTo(participantId, sent)),
    async askToMute(participantId, source) {
      let isTold = false;
      await meeting.attempt(async () => {
        await meeting.room.value?.moderation.askToMute(participantId, source);
        isTold = true;
      });
      return isTold;
    },
    lowerHand: (participantId) => meeting.attempt(() => meeting.room.value?.moderation.lowerHand(participantId)),
    removing: readonly(removing),
    askToRemove: (participantId) => void (removing.value = participantId),
    async confirmRemoval() {
      const participantId = removing.value;
      removing.value = undefined;
      if (participantId !== undefined)
        await meeting.attempt(() => meeting.room.value?.moderation.remove(participantId));
    },
    cancelRemoval: () => void (removing.value = undefined),
  };
});
