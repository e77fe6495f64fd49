import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The module as it goes over the network, in bytes of gzip. */
const sdkBytesMax = 29_000;

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
let script: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'rivero-sdk-bundle-'));
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  const build = [
    'build',
    'packages/sdk',
    '--config',
    'apps/web/vite.sdk.config.ts',
    '--outDir',
    folder,
    '--emptyOutDir',
  ];
  await promisify(execFile)(process.execPath, [vite, ...build], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  script = await readFile(path.join(folder, 'sdk.js'), 'utf8');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('/sdk.js', () => {
  it(`has ${sdkBytesMax / 1000} kB at most, gzipped`, () => {
    const { length } = gzipSync(script);
    expect(length).toBeGreaterThan(10_000);
    expect(length).toBeLessThanOrEqual(sdkBytesMax);
  });

  it.each(['packages/sdk/README.md', 'README.md', 'README.zh-CN.md'])(
    'is as large as %s says, to 5 percent',
    async (place) => {
      const said = (await readFile(path.join(root, place), 'utf8')).match(/(\d+) kB[ （]?gzip/)?.[1];
      const kilobytes = gzipSync(script).length / 1000;
      expect(Number(said), `it has ${kilobytes} kB`).toBeGreaterThan(kilobytes * 0.95);
      expect(Number(said), `it has ${kilobytes} kB`).toBeLessThan(kilobytes * 1.05);
    },
  );

  it('is one module that needs no other, and exports what the SDK exports', async () => {
    expect((await readdir(folder)).filter((name) => name.endsWith('.js'))).toEqual(['sdk.js']);
    expect(script).not.toMatch(/\bimport\s*[({"'`*]|\bfrom\s*["'`]|process\.env/);
    const made: unknown = await import(/* @vite-ignore */ pathToFileURL(path.join(folder, 'sdk.js')).href);
    const source: object = await import('@rivero/sdk');
    expect(Object.keys(Object(made)).toSorted()).toEqual(Object.keys(source).toSorted());
  });

  it('has nothing in it that only the server needs, and no word for developers of its libraries', () => {
    expect(script).toContain('server-unreachable');
    expect(script).not.toMatch(/ZodError|_zod|localStorage\.debug/);
  });
});
