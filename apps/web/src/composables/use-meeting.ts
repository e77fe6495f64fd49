import {
  type CaptureKind,
  CodedError,
  joinRoom,
  type MediaState,
  type PublishedTrack,
  type RemoteParticipant,
  type Room,
  type RoomState,
} from '@rivero/sdk';
import { onBeforeUnmount, readonly, ref, type Ref, shallowRef } from 'vue';

declare global {
  interface Window {
    /** The room of this page, for diagnosis in the browser's console. */
    rivero?: Room;
  }
}

/** What went wrong, as the page explains it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** A participant as a tile shows it. */
export interface Tile {
  readonly id: string;
  readonly name: string;
  readonly isAway: boolean;
  readonly isMuted: boolean;
  /** The picture, or why there is none. */
  readonly picture: 'shown' | 'coming' | 'off' | 'none' | 'refused';
  readonly video: MediaStreamTrack | undefined;
  readonly audio: MediaStreamTrack | undefined;
}

export type MeetingPhase = 'outside' | 'joining' | 'inside' | 'left';

function problemOf(error: unknown): Problem {
  if (error instanceof CodedError) return { code: error.code, message: error.message };
  return { code: 'other', message: error instanceof Error ? error.message : String(error) };
}

function remoteTile(participant: RemoteParticipant): Tile {
  const camera = participant.tracks.find(({ source }) => source === 'camera');
  const microphone = participant.tracks.find(({ source }) => source === 'microphone');
  const picture =
    camera === undefined
      ? 'none'
      : camera.muted
        ? 'off'
        : camera.isRefused
          ? 'refused'
          : camera.mediaStreamTrack === undefined
            ? 'coming'
            : 'shown';
  return {
    id: participant.participantId,
    name: participant.name,
    isAway: participant.isAway,
    isMuted: microphone === undefined || microphone.muted,
    picture,
    video: camera?.mediaStreamTrack,
    audio: microphone?.mediaStreamTrack,
  };
}

export interface Meeting {
  readonly phase: Readonly<Ref<MeetingPhase>>;
  readonly state: Readonly<Ref<RoomState>>;
  /** The server said that it is being restarted, and is not back yet. */
  readonly isRestarting: Readonly<Ref<boolean>>;
  readonly mediaState: Readonly<Ref<MediaState>>;
  readonly problem: Readonly<Ref<Problem | undefined>>;
  readonly tiles: Readonly<Ref<readonly Tile[]>>;
  readonly ownVideo: Readonly<Ref<MediaStreamTrack | undefined>>;
  /** Devices that were asked for and are not there. */
  readonly missing: Readonly<Ref<readonly CaptureKind[]>>;
  readonly isMicrophoneOn: Readonly<Ref<boolean>>;
  readonly isCameraOn: Readonly<Ref<boolean>>;
  join(options: { readonly room: string; readonly name: string; readonly withDevices: boolean }): Promise<void>;
  toggleMicrophone(): Promise<void>;
  toggleCamera(): Promise<void>;
  leave(): Promise<void>;
}

/** One stay in a room, as refs for a page; it ends with the page. */
export function useMeeting(): Meeting {
  const phase = ref<MeetingPhase>('outside');
  const state = ref<RoomState>('connecting');
  const isRestarting = ref(false);
  const mediaState = ref<MediaState>('connecting');
  const problem = shallowRef<Problem>();
  const tiles = shallowRef<readonly Tile[]>([]);
  const ownVideo = shallowRef<MediaStreamTrack>();
  const missing = shallowRef<readonly CaptureKind[]>([]);
  const isMicrophoneOn = ref(false);
  const isCameraOn = ref(false);
  let room: Room | undefined;
  /** The page is closed; what was still being joined is left at once. */
  let isGone = false;

  function follow(): void {
    tiles.value = room?.participants.map(remoteTile) ?? [];
  }

  function followOwn(): void {
    const own = (source: string): PublishedTrack | undefined =>
      room?.localTracks.find((track) => track.source === source);
    const camera = own('camera');
    const microphone = own('microphone');
    ownVideo.value = camera?.track;
    missing.value = room?.missing ?? [];
    isCameraOn.value = camera !== undefined && !camera.muted;
    isMicrophoneOn.value = microphone !== undefined && !microphone.muted;
  }

  /** That the server does not answer while it is away is what the banner says. */
  function explain(error: unknown): void {
    const next = problemOf(error);
    if (state.value !== 'reconnecting' || next.code !== 'server-silent') problem.value = next;
  }

  function listen(joined: Room): void {
    joined.on('stateChanged', (next, reason) => {
      state.value = next;
      isRestarting.value = next === 'reconnecting' && reason?.code === 'server-stopping';
      // The banner says all there is to say; what went wrong while the server was away is over when it is back.
      if (next === 'reconnecting' || next === 'connected') problem.value = undefined;
      if (next === 'left') phase.value = 'left';
    });
    joined.on('mediaStateChanged', (next) => {
      mediaState.value = next;
    });
    for (const event of ['participantJoined', 'participantLeft', 'participantChanged'] as const)
      joined.on(event, follow);
    joined.on('localTrackChanged', followOwn);
    joined.on('error', (error) => {
      // Blocked media has a banner of its own that goes when it gets through.
      if (error.code !== 'media-blocked') explain(error);
    });
    joined.on('removed', (reason) => {
      problem.value = reason;
    });
  }

  async function join(options: {
    readonly room: string;
    readonly name: string;
    readonly withDevices: boolean;
  }): Promise<void> {
    if (phase.value === 'joining' || phase.value === 'inside') return;
    phase.value = 'joining';
    problem.value = undefined;
    try {
      const { withDevices } = options;
      const joined = await joinRoom({
        room: options.room,
        name: options.name,
        camera: withDevices,
        microphone: withDevices,
      });
      if (isGone) return await joined.leave();
      room = joined;
      window.rivero = room;
      state.value = room.state;
      mediaState.value = room.mediaState;
      listen(room);
      follow();
      followOwn();
      phase.value = 'inside';
    } catch (error) {
      problem.value = problemOf(error);
      phase.value = 'outside';
    }
  }

  async function attempt(action: () => Promise<void> | undefined): Promise<void> {
    problem.value = undefined;
    try {
      await action();
    } catch (error) {
      explain(error);
    }
    followOwn();
  }

  async function leave(): Promise<void> {
    const leaving = room;
    room = undefined;
    delete window.rivero;
    phase.value = 'left';
    tiles.value = [];
    await leaving?.leave();
  }

  onBeforeUnmount(() => {
    isGone = true;
    leave().catch(() => {});
  });

  return {
    phase: readonly(phase),
    state: readonly(state),
    isRestarting: readonly(isRestarting),
    mediaState: readonly(mediaState),
    problem,
    tiles,
    ownVideo,
    missing,
    isMicrophoneOn: readonly(isMicrophoneOn),
    isCameraOn: readonly(isCameraOn),
    join,
    toggleMicrophone: () => attempt(() => room?.setMicrophoneMuted(isMicrophoneOn.value)),
    toggleCamera: () => attempt(() => room?.setCameraMuted(isCameraOn.value)),
    leave,
  };
}
