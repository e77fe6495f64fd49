import { useI18n } from 'vue-i18n';
import { notify } from '../../ui/notices.ts';
import type { RoomLife } from '../room-life.ts';
import { useLayoutChoice } from '../stage/use-layout-choice.ts';
import { useStageLayout } from '../stage/use-stage-layout.ts';
import type { Meeting } from '../use-meeting.ts';
import type { OwnDevices } from '../use-own-devices.ts';
import { PushToTalk } from './push-to-talk.ts';
import type { ShortcutAction } from './shortcuts.ts';
import { type ShortcutActions, useShortcuts } from './use-shortcuts.ts';

export interface MeetingKeysOptions {
  readonly meeting: Meeting;
  readonly own: OwnDevices;
  readonly life: RoomLife;
  readonly openHelp: () => void;
}

/** Gives the keys their meaning in this meeting; answers what they do here. */
export function useMeetingKeys({ meeting, own, life, openHelp }: MeetingKeysOptions): readonly ShortcutAction[] {
  const { panel, hand, fullScreen } = life;
  const { t } = useI18n();
  const layout = useStageLayout(meeting);
  const { name: layoutName } = useLayoutChoice(meeting);
  const talk = new PushToTalk({
    isMuted: () => own.sound.value !== undefined && !own.isMicrophoneOn.value,
    setMicrophoneOn: (on) => own.setMicrophoneOn(on),
  });

  function toggleMicrophone(): void {
    // Who presses it while talking wants to go on without holding the key.
    if (talk.isHeld) talk.keep();
    else void own.setMicrophoneOn(!own.isMicrophoneOn.value);
  }

  const actions: ShortcutActions = {
    microphone: toggleMicrophone,
    camera: () => void own.setCameraOn(!own.isCameraOn.value),
    ...(own.canShare ? { share: () => void own.setSharing(!own.isSharing.value) } : {}),
    chat: () => panel.toggle('chat'),
    people: () => panel.toggle('people'),
    layout: () => {
      layout.toggle();
      notify(t('tile.layout.now', { name: layoutName.value }), 'layout');
    },
    ...(fullScreen.isSupported ? { fullScreen: () => void fullScreen.toggle() } : {}),
    hand: () => void hand.setRaised(!hand.isRaised.value),
    help: openHelp,
    close: () => panel.close(),
  };
  useShortcuts(actions, talk);
  return ['talk', ...(Object.keys(actions) as ShortcutAction[])];
}
