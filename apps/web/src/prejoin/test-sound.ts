const sampleRate = 16_000;
const seconds = 0.9;

/** Two notes that fade away, as a WAV file (RIFF, 16-bit PCM, one channel). */
export function testSound(): Uint8Array<ArrayBuffer> {
  const count = sampleRate * seconds;
  const bytes = new Uint8Array(44 + count * 2);
  const view = new DataView(bytes.buffer);
  const write = (offset: number, text: string): void => bytes.set(new TextEncoder().encode(text), offset);
  write(0, 'RIFF');
  view.setUint32(4, 36 + count * 2, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, 'data');
  view.setUint32(40, count * 2, true);
  for (let i = 0; i < count; i++) {
    const time = i / sampleRate;
    const [hertz, since] = time < 0.3 ? [523, time] : [784, time - 0.3];
    const fade = Math.min(1, since * 100) * Math.exp(-5 * since);
    view.setInt16(44 + i * 2, 12_000 * fade * Math.sin(2 * Math.PI * hertz * time), true);
  }
  return bytes;
}
