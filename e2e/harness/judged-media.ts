/** Expressions for the page that judge media by its content; `video` and `track` are expressions for the element and the track. */

/** On a busy machine an encoder takes a second for a frame: that long three frames are waited for. */
const threeFramesMs = 8_000;

/** True once the picture went on for three frames. */
export function isMoving(video: string, withinMs = threeFramesMs): string {
  return `(async () => {
    const video = ${video};
    if (!video || video.videoWidth === 0) return false;
    // Firefox counts what it shows of a stream only under its own name.
    const count = () => video.mozPaintedFrames ?? video.getVideoPlaybackQuality().totalVideoFrames;
    const before = count();
    for (const end = performance.now() + ${withinMs}; performance.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (count() > before + 2) return true;
    }
    return false;
  })()`;
}

/** True when hardly a frame came for half a second, or there is no picture. */
export function standsStill(video: string): string {
  return `${isMoving(video, 500)}.then((isMoving) => !isMoving)`;
}

/** The picture's lower part has this hue: red 0, green 120, blue 240 degrees; within 30. */
export function hasHue(video: string, hue: number): string {
  return `(() => {
    const video = ${video};
    if (!video || video.videoWidth === 0) return false;
    const canvas = new OffscreenCanvas(32, 32);
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 32, 32);
    const [r, g, b] = context.getImageData(16, 24, 1, 1).data.map(Number);
    const max = Math.max(r, g, b), min = Math.min(r, g, b);
    if (max - min < 60) return false;
    const raw = max === r ? (g - b) / (max - min) : max === g ? 2 + (b - r) / (max - min) : 4 + (r - g) / (max - min);
    const distance = Math.abs((raw * 60 + 360) % 360 - ${hue});
    return Math.min(distance, 360 - distance) <= 30;
  })()`;
}

/** What the audio track carries is mostly a tone of this frequency. */
export function hasTone(track: string, hertz: number): string {
  return `(async () => {
    const track = ${track};
    if (!track) return false;
    // Recorded and decoded: that works without an audio device, where an AudioContext never starts.
    const recorder = new MediaRecorder(new MediaStream([track]));
    const chunks = [];
    recorder.ondataavailable = ({ data }) => chunks.push(data);
    const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    recorder.stop();
    await stopped;
    const bytes = await new Blob(chunks).arrayBuffer();
    const buffer = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes);
    const { sampleRate, length } = buffer;
    let re = 0, im = 0, energy = 0;
    buffer.getChannelData(0).forEach((sample, i) => {
      const angle = 2 * Math.PI * ${hertz} * i / sampleRate;
      re += sample * Math.cos(angle); im += sample * Math.sin(angle); energy += sample * sample;
    });
    // A pure tone of this frequency has all its energy here: 2 |X|² / N = the sum of squares.
    return energy > 0 && 2 * (re * re + im * im) / length / energy > 0.3;
  })()`;
}
