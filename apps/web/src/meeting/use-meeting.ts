import {
  type CaptureKind,
  CodedError,
  isScreenSupported,
  joinRoom,
  type MediaState,
  type PublishedTrack,
  type RemoteParticipant,
  type Room,
  type RoomState,
} from '@rivero/sdk';
import { onBeforeUnmount, readonly, ref, type Ref, shallowRef } from 'vue';
import { deviceConstraints } from '../devices/device-wish.ts';
import { remember } from '../preferences.ts';

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

/** A screen that somebody else shares. */
export interface SharedScreen {
  readonly id: string;
  /** Who shares it. */
  readonly name: string;
  readonly isAway: boolean;
  readonly isRefused: boolean;
  readonly video: MediaStreamTrack | undefined;
  readonly audio: MediaStreamTrack | undefined;
}

/** Who joins where, and with what: an open track, a device to open, or nothing. */
export interface JoinWish {
  readonly room: string;
  readonly name: string;
  readonly camera: MediaStreamTrack | MediaTrackConstraints | false;
  readonly microphone: MediaStreamTrack | MediaTrackConstraints | false;
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

function screensOf({ name, isAway, tracks }: RemoteParticipant): readonly SharedScreen[] {
  const sound = tracks.find(({ source }) => source === 'screen-audio');
  return tracks
    .filter(({ source }) => source === 'screen')
    .map(({ trackId, isRefused, mediaStreamTrack }) => ({
      id: trackId,
      name,
      isAway,
      isRefused,
      video: mediaStreamTrack,
      audio: sound?.mediaStreamTrack,
    }));
}

export interface Meeting {
  readonly phase: Readonly<Ref<MeetingPhase>>;
  readonly state: Readonly<Ref<RoomState>>;
  /** The server said that it is being restarted, and is not back yet. */
  readonly isRestarting: Readonly<Ref<boolean>>;
  readonly mediaState: Readonly<Ref<MediaState>>;
  readonly problem: Readonly<Ref<Problem | undefined>>;
  readonly tiles: Readonly<Ref<readonly Tile[]>>;
  readonly screens: Readonly<Ref<readonly SharedScreen[]>>;
  readonly ownVideo: Readonly<Ref<MediaStreamTrack | undefined>>;
  /** Devices that were asked for and are not there. */
  readonly missing: Readonly<Ref<readonly CaptureKind[]>>;
  readonly isMicrophoneOn: Readonly<Ref<boolean>>;
  readonly isCameraOn: Readonly<Ref<boolean>>;
  readonly isSharing: Readonly<Ref<boolean>>;
  /** This browser can share a screen. */
  readonly canShare: boolean;
  join(wish: JoinWish): Promise<void>;
  toggleMicrophone(): Promise<void>;
  toggleCamera(): Promise<void>;
  toggleScreen(): Promise<void>;
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
  const screens = shallowRef<readonly SharedScreen[]>([]);
  const ownVideo = shallowRef<MediaStreamTrack>();
  const missing = shallowRef<readonly CaptureKind[]>([]);
  const isMicrophoneOn = ref(false);
  const isCameraOn = ref(false);
  const isSharing = ref(false);
  let room: Room | undefined;
  /** The page is closed; what was still being joined is left at once. */
  let isGone = false;

  function follow(): void {
    tiles.value = room?.participants.map(remoteTile) ?? [];
    screens.value = room?.participants.flatMap(screensOf) ?? [];
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
    isSharing.value = own('screen') !== undefined;
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

  async function join(wish: JoinWish): Promise<void> {
    if (phase.value === 'joining' || phase.value === 'inside') return;
    phase.value = 'joining';
    problem.value = undefined;
    try {
      const joined = await joinRoom(wish);
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

  /** Who joined without gets the device that was chosen before; who comes again comes as now. */
  async function turn(kind: CaptureKind, muted: boolean): Promise<void> {
    const isPublished = room?.localTracks.some(({ source }) => source === kind) === true;
    const isCamera = kind === 'camera';
    if (isPublished || muted) await (isCamera ? room?.setCameraMuted(muted) : room?.setMicrophoneMuted(muted));
    else {
      const device = deviceConstraints(kind);
      await (isCamera ? room?.publishCamera(device) : room?.publishMicrophone(device));
    }
    remember(`${kind}Use`, muted ? 'off' : 'on');
  }

  async function leave(): Promise<void> {
    const leaving = room;
    room = undefined;
    delete window.rivero;
    phase.value = 'left';
    tiles.value = [];
    screens.value = [];
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
    screens,
    ownVideo,
    missing,
    isMicrophoneOn: readonly(isMicrophoneOn),
    isCameraOn: readonly(isCameraOn),
    isSharing: readonly(isSharing),
    canShare: isScreenSupported(),
    join,
    toggleMicrophone: () => attempt(() => turn('microphone', isMicrophoneOn.value)),
    toggleCamera: () => attempt(() => turn('camera', isCameraOn.value)),
    toggleScreen: () =>
      attempt(() => (isSharing.value ? room?.unpublishScreen() : room?.publishScreen({ audio: true }))),
    leave,
  };
}
