import { Ban, Eye, EyeOff, Hand, MicOff, Pin, PinOff, Send, UserMinus, VideoOff, Volume2, VolumeX } from '@lucide/vue';
import type { AskedSource } from '@rivero/sdk';
import { type Component, computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { notify } from '../ui/notices.ts';
import { useRoomLife } from './room-life.ts';
import { useStageLayout } from './stage/use-stage-layout.ts';
import { usePersonActions } from './use-person-actions.ts';

/** About whom something can be done. */
export interface ChosenPerson {
  readonly id: string;
  readonly name: string;
  readonly isOwn: boolean;
  readonly isVideoReceived: boolean;
  readonly isSentTo: boolean;
  readonly isMicrophoneOn: boolean;
  readonly isCameraOn: boolean;
  readonly isHandRaised: boolean;
}

/** One thing that can be done about somebody. */
export interface PersonChoice {
  readonly label: string;
  readonly icon: Component;
  readonly isDanger?: boolean;
  readonly choose: () => void;
}

/** The same in the menu of a tile and in the list of people, in the same order. */
export interface PersonChoices {
  /** For everybody; about ourselves only the pin. */
  readonly everybody: ComputedRef<readonly PersonChoice[]>;
  /** For hosts, about others; empty for guests. */
  readonly hosts: ComputedRef<readonly PersonChoice[]>;
}

export function usePersonChoices(person: () => ChosenPerson): PersonChoices {
  const { t } = useI18n();
  const { isHost } = useRoomLife().host;
  const actions = usePersonActions();
  const layout = useStageLayout();

  async function ask(source: AskedSource): Promise<void> {
    const { id, name } = person();
    if (await actions.askToMute(id, source)) notify(t('people.asked', { name }));
  }

  const everybody = computed(() => {
    const { id, name, isOwn, isVideoReceived, isSentTo } = person();
    const pin: PersonChoice =
      layout.pinned.value === id
        ? { label: t('tile.unpin'), icon: PinOff, choose: () => layout.togglePin(id) }
        : { label: t('tile.pin'), icon: Pin, choose: () => layout.togglePin(id) };
    if (isOwn) return [pin];
    const { isMutedForMe } = actions.soundOf(id);
    return [
      pin,
      {
        label: isMutedForMe ? t('tile.unmuteForMe') : t('tile.muteForMe'),
        icon: isMutedForMe ? Volume2 : VolumeX,
        choose: () => actions.setMutedForMe(id, !isMutedForMe),
      },
      {
        label: isVideoReceived ? t('tile.stopVideo') : t('tile.startVideo'),
        icon: isVideoReceived ? EyeOff : Eye,
        choose: () => void actions.setVideoReceived(id, !isVideoReceived),
      },
      {
        label: isSentTo ? t('tile.sendNothing', { name }) : t('tile.sendAgain', { name }),
        icon: isSentTo ? Ban : Send,
        choose: () => void actions.setSentTo(id, !isSentTo),
      },
    ];
  });

  const hosts = computed(() => {
    const { id, isOwn, isMicrophoneOn, isCameraOn, isHandRaised } = person();
    if (isOwn || !isHost.value) return [];
    const choices: PersonChoice[] = [];
    if (isMicrophoneOn)
      choices.push({ label: t('tile.askToMute'), icon: MicOff, choose: () => void ask('microphone') });
    if (isCameraOn) choices.push({ label: t('people.askCameraOff'), icon: VideoOff, choose: () => void ask('camera') });
    if (isHandRaised)
      choices.push({ label: t('tile.lowerHand'), icon: Hand, choose: () => void actions.lowerHand(id) });
    return [
      ...choices,
      { label: t('tile.remove'), icon: UserMinus, isDanger: true, choose: () => actions.askToRemove(id) },
    ];
  });

  return { everybody, hosts };
}
