import type { AskedSource } from '@rivero/sdk';
import { type Ref, shallowRef, watch } from 'vue';
import type { Meeting } from '../use-meeting.ts';
import type { OwnDevices } from '../use-own-devices.ts';
import { useRoomEvent } from '../use-room-event.ts';

/** A host asks us to turn something off. */
export interface MuteAsked {
  readonly source: AskedSource;
  /** Who asks; undefined: somebody who is gone. */
  readonly name: string | undefined;
}

export interface MuteRequests {
  /** At most one for each device. */
  readonly asked: Readonly<Ref<readonly MuteAsked[]>>;
  accept(asked: MuteAsked): Promise<void>;
  dismiss(asked: MuteAsked): void;
}

type Devices = Pick<OwnDevices, 'isMicrophoneOn' | 'isCameraOn' | 'setMicrophoneOn' | 'setCameraOn'>;

/** Asks once, and no more when the device is off. */
export function useMuteAsked({ room }: Pick<Meeting, 'room'>, own: Devices): MuteRequests {
  const asked = shallowRef<readonly MuteAsked[]>([]);
  const isOn = (source: AskedSource): boolean =>
    source === 'microphone' ? own.isMicrophoneOn.value : own.isCameraOn.value;

  function forget(source: AskedSource): void {
    asked.value = asked.value.filter((one) => one.source !== source);
  }

  useRoomEvent(room, 'muteAsked', (by, source) => {
    if (!isOn(source)) return;
    forget(source);
    asked.value = [...asked.value, { source, name: by?.name }];
  });
  watch([own.isMicrophoneOn, own.isCameraOn], () => (asked.value = asked.value.filter(({ source }) => isOn(source))), {
    flush: 'sync',
  });

  async function accept({ source }: MuteAsked): Promise<void> {
    forget(source);
    await (source === 'microphone' ? own.setMicrophoneOn(false) : own.setCameraOn(false));
  }

  return { asked, accept, dismiss: ({ source }) => forget(source) };
}
