import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Scripts and styles as they go over the network before the start page can be used, in bytes of gzip. */
const startBytesMax = 120_000;

/** The same before one can join. */
const joinBytesMax = 175_000;

/** Everything that a meeting takes, what comes while one looks at oneself before it among it; panels may come later. */
const meetingBytesMax = 230_000;

/** One entry of Vite's manifest (`build.manifest`). */
interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

const joinPage = ['index.html', 'src/meeting/MeetPage.vue'];
const meeting = 'src/meeting/MeetingView.vue';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
let chunks: Readonly<Record<string, Chunk>>;

/** Names of all chunks that these need before they run. */
function withImports(names: readonly string[], seen = new Set<string>()): ReadonlySet<string> {
  for (const name of names) {
    if (seen.has(name)) continue;
    seen.add(name);
    withImports(chunks[name]?.imports ?? [], seen);
  }
  return seen;
}

async function readLoad(names: readonly string[]): Promise<readonly Buffer[]> {
  const loaded = [...withImports(names)].flatMap((name) => chunks[name] ?? []);
  const files = new Set(loaded.flatMap(({ file, css = [] }) => [file, ...css]));
  return await Promise.all([...files].map((file) => readFile(path.join(folder, file))));
}

function gzipBytes(files: readonly Buffer[]): number {
  return files.reduce((sum, file) => sum + gzipSync(file).length, 0);
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'rivero-bundle-'));
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  const build = ['build', 'apps/web', '--outDir', folder, '--emptyOutDir', '--manifest', 'chunks.json'];
  await promisify(execFile)(process.execPath, [vite, ...build], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  chunks = JSON.parse(await readFile(path.join(folder, 'chunks.json'), 'utf8'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the first load', () => {
  it(`of the start page has ${startBytesMax / 1000} kB at most, gzipped, and nothing of the meeting`, async () => {
    const files = await readLoad(['index.html']);
    expect(gzipBytes(files)).toBeGreaterThan(20_000);
    expect(gzipBytes(files)).toBeLessThanOrEqual(startBytesMax);
    expect(files.join('\n')).not.toContain('getUserMedia');
  });

  it(`before one can join has ${joinBytesMax / 1000} kB at most, gzipped`, async () => {
    const bytes = gzipBytes(await readLoad(joinPage));
    expect(bytes).toBeGreaterThan(40_000);
    expect(bytes).toBeLessThanOrEqual(joinBytesMax);
  });

  it(`grows to ${meetingBytesMax / 1000} kB at most in a meeting`, async () => {
    expect(chunks[meeting]).toBeDefined();
    expect(gzipBytes(await readLoad([...joinPage, meeting]))).toBeLessThanOrEqual(meetingBytesMax);
  });

  it('has nothing in it that only the server needs', async () => {
    const script = (await readLoad([...joinPage, meeting])).join('\n');
    expect(script).toContain('getUserMedia');
    expect(script).toContain('server-unreachable');
    expect(script).not.toMatch(/ZodError|_zod/);
  });
});
