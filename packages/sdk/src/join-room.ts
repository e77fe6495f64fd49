import { CodedError } from '@rivero/core';
import { asCodedError } from './as-coded-error.ts';
import type { JoinOptions } from './join-options.ts';
import { capture, captureBoth, type CaptureKind } from './local-media.ts';
import { givenTrack, type OpenedTrack, release } from './local-tracks.ts';
import { Room } from './room.ts';
import { SignalingClient } from './signaling-client.ts';

type Wish = JoinOptions['camera'];

function isDevice(from: Wish): from is true | MediaTrackConstraints {
  return from !== undefined && from !== false && !(from instanceof MediaStreamTrack);
}

function constraintsOf(from: Wish): MediaTrackConstraints | undefined {
  return isDevice(from) && from !== true ? from : undefined;
}

interface Opened {
  readonly tracks: readonly OpenedTrack[];
  /** Devices that were asked for and that this machine does not have. */
  readonly missing: readonly CaptureKind[];
}

/** Opens what there is. Devices that were opened before another one failed are released. */
async function openAll({ camera, microphone }: JoinOptions): Promise<Opened> {
  if (isDevice(camera) && isDevice(microphone)) {
    const both = await captureBoth(constraintsOf(camera), constraintsOf(microphone));
    if (both !== undefined) {
      const tracks: readonly OpenedTrack[] = [
        { source: 'microphone', track: both.microphone, isGiven: false, constraints: constraintsOf(microphone) },
        { source: 'camera', track: both.camera, isGiven: false, constraints: constraintsOf(camera) },
      ];
      return { tracks, missing: [] };
    }
  }
  const tracks: OpenedTrack[] = [];
  const missing: CaptureKind[] = [];
  for (const [source, from] of [
    ['microphone', microphone],
    ['camera', camera],
  ] as const) {
    try {
      tracks.push(...(await open(source, from)));
    } catch (error) {
      if (error instanceof CodedError && error.code === 'device-missing') {
        missing.push(source);
        continue;
      }
      release(tracks);
      throw error;
    }
  }
  return { tracks, missing };
}

async function open(source: CaptureKind, from: Wish): Promise<readonly OpenedTrack[]> {
  if (from === undefined || from === false) return [];
  if (from instanceof MediaStreamTrack) return [givenTrack(source, from)];
  const constraints = constraintsOf(from);
  return [{ source, track: await capture(source, constraints), isGiven: false, constraints }];
}

/**
 * Joins a room: connects, opens the devices that were asked for, and answers once the room is entered. Who has no camera
 * or no microphone enters without; {@link Room.missing} says so. Refusals are coded errors: `room-full`,
 * `server-unreachable`, `permission-denied`, `device-busy`, … (docs/errors.md).
 */
export async function joinRoom(options: JoinOptions): Promise<Room> {
  const signaling = new SignalingClient(options.url ?? location.origin);
  const [connected, opened] = await Promise.allSettled([signaling.connect(), openAll(options)]);
  const { tracks, missing } = opened.status === 'fulfilled' ? opened.value : { tracks: [], missing: [] };
  const failed = [connected, opened].find((result) => result.status === 'rejected');
  let room: Room | undefined;
  try {
    if (failed?.status === 'rejected') throw failed.reason;
    // The server sends away who waits too long, as for an answer to the browser's question.
    if (!signaling.socket.connected) await signaling.connect();
    const microphone = tracks.find(({ source }) => source === 'microphone')?.track;
    if (options.microphoneMuted === true && microphone !== undefined) microphone.enabled = false;
    room = new Room(options, signaling);
    await room.enter(tracks, missing);
    return room;
  } catch (error) {
    release(tracks);
    await room?.leave();
    signaling.close();
    throw asCodedError(error);
  }
}
