import { writeFile } from 'node:fs/promises';

type Colour = readonly [red: number, green: number, blue: number];

/** A drawn person in front of a wall: what a camera shows in our screenshots. */
export interface Portrait {
  readonly wall: Colour;
  readonly light: Colour;
  readonly shirt: Colour;
  readonly skin: Colour;
  readonly hair: Colour;
  readonly hairStyle: 'short' | 'long' | 'bun';
}

const width = 640;
const height = 360;
const framesPerSecond = 10;
const frameCount = 10;

function mix(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/** 1 inside of the ellipse, 0 outside, soft at its edge; lengths in pictures' heights. */
function ellipse(
  x: number,
  y: number,
  [left, top, radiusX, radiusY]: readonly [number, number, number, number],
): number {
  const distance = Math.hypot((x - left) / radiusX, (y - top) / radiusY);
  return Math.min(1, Math.max(0, ((1 - distance) * Math.min(radiusX, radiusY) * height) / 1.5));
}

/** The colour at a place, 0 to 1 down and 0 to 16/9 across, as the person sways a little. */
function colourAt({ wall, light, shirt, skin, hair, hairStyle }: Portrait, x: number, y: number, sway: number): Colour {
  const middle = 8 / 9;
  const head = middle + sway;
  let colour = mix(wall, light, Math.max(0, 1 - Math.hypot(x - 0.25, y - 0.15) / 1.1) * 0.8);
  if (hairStyle === 'long') colour = mix(colour, hair, ellipse(x, y, [head, 0.5, 0.235, 0.36]));
  if (hairStyle === 'bun') colour = mix(colour, hair, ellipse(x, y, [head, 0.145, 0.085, 0.085]));
  colour = mix(colour, mix(skin, [40, 20, 20], 0.14), ellipse(x, y, [middle + sway * 0.8, 0.72, 0.085, 0.2]));
  colour = mix(colour, shirt, ellipse(x, y, [middle + sway * 0.5, 1.14, 0.46, 0.36]));
  colour = mix(colour, hair, ellipse(x, y, [head, 0.39, 0.19, 0.22]));
  colour = mix(colour, skin, ellipse(x, y, [head, 0.455, 0.16, 0.2]));
  // The fringe lies over the forehead.
  const fringe = ellipse(x, y, [head, 0.25, 0.165, 0.095]);
  colour = mix(colour, hair, fringe);
  const dark: Colour = mix(hair, [20, 16, 16], 0.6);
  for (const side of [-1, 1]) colour = mix(colour, dark, ellipse(x, y, [head + side * 0.062, 0.445, 0.014, 0.018]));
  const smile = ellipse(x, y, [head, 0.535, 0.058, 0.04]) * (1 - ellipse(x, y, [head, 0.52, 0.068, 0.036]));
  return mix(colour, mix(skin, [150, 40, 50], 0.75), smile);
}

/** Writes one second of it as Y4M: 4:2:0, BT.601 limited range. */
export async function writePortrait(file: string, portrait: Portrait): Promise<void> {
  const chunks: Uint8Array[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`)];
  for (let frame = 0; frame < frameCount; frame++) {
    const sway = Math.sin((frame / frameCount) * 2 * Math.PI) * 0.012;
    const luma = new Uint8Array(width * height);
    const blueness = new Uint8Array((width * height) / 4);
    const redness = new Uint8Array((width * height) / 4);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [r, g, b] = colourAt(portrait, column / height, row / height, sway);
        luma[row * width + column] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
        if (row % 2 === 1 || column % 2 === 1) continue;
        const at = (row / 2) * (width / 2) + column / 2;
        blueness[at] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
        redness[at] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
      }
    }
    chunks.push(Buffer.from('FRAME\n'), luma, blueness, redness);
  }
  await writeFile(file, Buffer.concat(chunks));
}

export const portraits: readonly Portrait[] = [
  {
    wall: [52, 84, 92],
    light: [150, 182, 176],
    shirt: [233, 196, 106],
    skin: [224, 172, 140],
    hair: [60, 40, 34],
    hairStyle: 'long',
  },
  {
    wall: [92, 70, 60],
    light: [214, 186, 158],
    shirt: [42, 92, 110],
    skin: [198, 134, 96],
    hair: [30, 26, 28],
    hairStyle: 'short',
  },
  {
    wall: [70, 74, 96],
    light: [168, 172, 200],
    shirt: [204, 92, 76],
    skin: [242, 204, 178],
    hair: [150, 92, 46],
    hairStyle: 'bun',
  },
  {
    wall: [58, 88, 66],
    light: [172, 196, 160],
    shirt: [236, 230, 216],
    skin: [122, 78, 54],
    hair: [22, 18, 20],
    hairStyle: 'short',
  },
  {
    wall: [110, 96, 72],
    light: [228, 212, 176],
    shirt: [88, 70, 120],
    skin: [232, 184, 150],
    hair: [26, 24, 30],
    hairStyle: 'long',
  },
  {
    wall: [62, 60, 74],
    light: [150, 146, 170],
    shirt: [74, 140, 122],
    skin: [206, 152, 118],
    hair: [120, 116, 112],
    hairStyle: 'short',
  },
];
