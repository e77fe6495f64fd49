import type { Quality, RemoteParticipant } from '@rivero/sdk';

/** Our own tile has this identifier, whatever the server calls us. */
export const ownTileId = 'own';

/** The sign that we share our screen. */
export const ownScreenId = 'own-screen';

/** The picture, or why there is none: `stopped`: we asked not to get it; `withheld`: its owner sends us nothing at all. */
export type Picture = 'shown' | 'coming' | 'off' | 'none' | 'refused' | 'stopped' | 'withheld';

/** A participant as a tile shows it. */
export interface Tile {
  readonly id: string;
  readonly name: string;
  readonly isOwn: boolean;
  readonly isAway: boolean;
  readonly isMuted: boolean;
  readonly isHost: boolean;
  readonly isHandRaised: boolean;
  readonly isSpeaking: boolean;
  /** We want to be sent its video. */
  readonly isVideoReceived: boolean;
  /** It is sent what is ours. */
  readonly isSentTo: boolean;
  readonly quality: Quality;
  readonly picture: Picture;
  readonly video: MediaStreamTrack | undefined;
  readonly audio: MediaStreamTrack | undefined;
}

/** A screen that somebody else shares. */
export interface SharedScreen {
  readonly id: string;
  /** Who shares it. */
  readonly participantId: string;
  readonly name: string;
  readonly isAway: boolean;
  readonly isRefused: boolean;
  readonly isVideoReceived: boolean;
  readonly video: MediaStreamTrack | undefined;
  readonly audio: MediaStreamTrack | undefined;
}

function pictureOf({ tracks, isVideoReceived, isWithholding }: RemoteParticipant): Picture {
  if (isWithholding) return 'withheld';
  const camera = tracks.find(({ source }) => source === 'camera');
  if (camera === undefined) return 'none';
  if (camera.muted) return 'off';
  if (!isVideoReceived) return 'stopped';
  if (camera.isRefused) return 'refused';
  return camera.mediaStreamTrack === undefined || !camera.isReceived ? 'coming' : 'shown';
}

export function tileOf(participant: RemoteParticipant): Tile {
  const { tracks } = participant;
  const microphone = tracks.find(({ source }) => source === 'microphone');
  return {
    id: participant.participantId,
    name: participant.name,
    isOwn: false,
    isAway: participant.isAway,
    isMuted: microphone === undefined || microphone.muted,
    isHost: participant.role === 'host',
    isHandRaised: participant.handRaisedAt !== null,
    // Whom we do not hear is not shown as who speaks.
    isSpeaking: participant.isSpeaking && !participant.isWithholding,
    isVideoReceived: participant.isVideoReceived,
    isSentTo: participant.isSentTo,
    quality: participant.quality,
    picture: pictureOf(participant),
    video: tracks.find(({ source }) => source === 'camera')?.mediaStreamTrack,
    audio: microphone?.mediaStreamTrack,
  };
}

/** Of who sends us nothing there is none: its tile says so. */
export function screensOf(participant: RemoteParticipant): readonly SharedScreen[] {
  const { participantId, name, isAway, isVideoReceived, isWithholding, tracks } = participant;
  if (isWithholding) return [];
  const sound = tracks.find(({ source }) => source === 'screen-audio');
  return tracks
    .filter(({ source }) => source === 'screen')
    .map(({ trackId, isRefused, mediaStreamTrack }) => ({
      id: trackId,
      participantId,
      name,
      isAway,
      isRefused,
      isVideoReceived,
      video: mediaStreamTrack,
      audio: sound?.mediaStreamTrack,
    }));
}
