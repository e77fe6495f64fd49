import type { RemoteParticipant } from '@rivero/sdk';

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

export function tileOf(participant: RemoteParticipant): Tile {
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

export function screensOf({ name, isAway, tracks }: RemoteParticipant): readonly SharedScreen[] {
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
