import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';

const running: ChildProcess[] = [];

/** One run of ffmpeg. */
export interface Ffmpeg {
  /** What it wrote when it ended. */
  readonly output: Promise<Buffer>;
  log(): string;
  /** Ends it at once. */
  stop(): Promise<void>;
}

/** Starts ffmpeg with these groups of words. */
export function ffmpeg(...words: readonly (readonly string[])[]): Ffmpeg {
  const child = spawn('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'warning', ...words.flat()], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const chunks: Buffer[] = [];
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  const output = once(child, 'exit').then(() => Buffer.concat(chunks));
  return {
    output,
    log: () => log,
    stop: async () => {
      child.kill('SIGKILL');
      await output;
    },
  };
}

/** Ends all that were started. */
export function stopAll(): void {
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
}

/** Red with 15 frames a second, and 440 Hz. */
export const sources = {
  video: ['-re', '-f', 'lavfi', '-i', 'color=c=red:s=160x120:r=15'],
  audio: ['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
} as const;

/** A keyframe each second; payload types 96 and 97, or the static one. */
export const encoders = {
  vp8: ['-c:v', 'libvpx', '-deadline', 'realtime', '-g', '15', '-b:v', '200k', '-payload_type', '96'],
  h264: ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '15', '-payload_type', '96'],
  opus: ['-c:a', 'libopus', '-payload_type', '97'],
  pcmu: ['-ar', '8000', '-c:a', 'pcm_mulaw', '-payload_type', '0'],
} as const;

/** Frames of one pixel, red, green and blue, of what the description says comes. */
export async function receivePixels(file: string, description: string, frames: number): Promise<Ffmpeg> {
  await writeFile(file, description);
  return ffmpeg(
    ['-protocol_whitelist', 'file,udp,rtp,crypto,srtp', '-analyzeduration', '500000', '-i', file],
    ['-map', '0:v', '-frames:v', String(frames), '-vf', 'scale=1:1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
  );
}
