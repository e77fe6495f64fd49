import { soundLevel } from '../../prejoin/use-sound-level.ts';

const lookMs = 100;

/** Tells the loudness of a track ten times a second until the returned function is called; nothing where the browser lets the page not listen. */
export function measureLoudness(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  if (typeof AudioContext === 'undefined') return () => {};
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  const samples = new Float32Array(analyser.fftSize);
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    if (context.state === 'running') onLevel(soundLevel(samples));
  }, lookMs);
  return () => {
    clearInterval(timer);
    context.close().catch(() => {});
  };
}
