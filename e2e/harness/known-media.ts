import { writeFile } from 'node:fs/promises';

/** A colour as BT.601 limited-range Y'CbCr, which is what Y4M files carry. */
export interface KnownColour {
  readonly name: string;
  readonly y: number;
  readonly cb: number;
  readonly cr: number;
}

export const red: KnownColour = { name: 'red', y: 81, cb: 90, cr: 240 };
export const blue: KnownColour = { name: 'blue', y: 41, cb: 240, cr: 110 };

const width = 320;
const height = 240;
const framesPerSecond = 15;

/**
 * A short video of one colour with a bright bar that moves through its upper quarter: the colour of the lower part
 * says whose picture it is, the bar that it moves.
 */
export async function writeKnownVideo(file: string, colour: KnownColour): Promise<void> {
  const frames = framesPerSecond * 2;
  const chunks: Uint8Array[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`)];
  for (let frame = 0; frame < frames; frame++) {
    const luma = new Uint8Array(width * height).fill(colour.y);
    const barAt = Math.floor((frame / frames) * (width - 40));
    for (let row = 0; row < height / 4; row++) luma.fill(235, row * width + barAt, row * width + barAt + 40);
    const chromaSize = (width / 2) * (height / 2);
    chunks.push(
      Buffer.from('FRAME\n'),
      luma,
      new Uint8Array(chromaSize).fill(colour.cb),
      new Uint8Array(chromaSize).fill(colour.cr),
    );
  }
  await writeFile(file, Buffer.concat(chunks));
}

/** A 48 kHz mono WAV of a steady tone; whole periods, so that it loops without a click. */
export async function writeKnownTone(file: string, hertz: number): Promise<void> {
  const rate = 48_000;
  const samples = rate * 2;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++) {
    bytes.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * hertz * i) / rate)), 44 + i * 2);
  }
  await writeFile(file, bytes);
}
