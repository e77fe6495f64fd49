import { asCodedError } from './as-coded-error.ts';
import { capture, captureBoth, type CaptureKind } from './local-media.ts';
import type { OpenedTrack } from './local-tracks.ts';
import { type JoinOptions, Room } from './room.ts';
import { SignalingClient } from './signaling-client.ts';

type Wish = JoinOptions['camera'];

function isDevice(from: Wish): from is true | MediaTrackConstraints {
  return from !== undefined && from !== false && !(from instanceof MediaStreamTrack);
}

function constraintsOf(from: Wish): MediaTrackConstraints | undefined {
  return isDevice(from) && from !== true ? from : undefined;
}

/** Devices that were opened before another one failed are released. */
async function openAll({ camera, microphone }: JoinOptions): Promise<readonly OpenedTrack[]> {
  if (isDevice(camera) && isDevice(microphone)) {
    const both = await captureBoth(constraintsOf(camera), constraintsOf(microphone));
    if (both !== undefined) {
      return [
        { source: 'microphone', track: both.microphone, isGiven: false, constraints: constraintsOf(microphone) },
        { source: 'camera', track: both.camera, isGiven: false, constraints: constraintsOf(camera) },
      ];
    }
  }
  const opened = await open('microphone', microphone);
  try {
    return [...opened, ...(await open('camera', camera))];
  } catch (error) {
    for (const { track } of opened) track.stop();
    throw error;
  }
}

async function open(source: CaptureKind, from: Wish): Promise<readonly OpenedTrack[]> {
  if (from === undefined || from === false) return [];
  if (from instanceof MediaStreamTrack) return [{ source, track: from, isGiven: true, constraints: undefined }];
  const constraints = constraintsOf(from);
  return [{ source, track: await capture(source, constraints), isGiven: false, constraints }];
}

/**
 * Joins a room: connects, opens the devices that were asked for, and answers once the room is entered. Refusals are
 * coded errors: `room-full`, `server-unreachable`, `permission-denied`, `device-missing`, … (docs/errors.md).
 */
export async function joinRoom(options: JoinOptions): Promise<Room> {
  const signaling = new SignalingClient(options.url ?? location.origin);
  const [connected, opened] = await Promise.allSettled([signaling.connect(), openAll(options)]);
  const tracks = opened.status === 'fulfilled' ? opened.value : [];
  const failed = [connected, opened].find((result) => result.status === 'rejected');
  let room: Room | undefined;
  try {
    if (failed?.status === 'rejected') throw failed.reason;
    // The server sends away who waits too long, as for an answer to the browser's question.
    if (!signaling.socket.connected) await signaling.connect();
    room = new Room(options, signaling);
    await room.enter(tracks);
    return room;
  } catch (error) {
    for (const { track } of tracks) track.stop();
    await room?.leave();
    signaling.close();
    throw asCodedError(error);
  }
}
