import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The page's script as it goes over the network, in bytes of gzip; every join waits for it. */
const scriptBytesMax = 150_000;

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
let script: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'rivero-bundle-'));
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', 'apps/web', '--outDir', folder, '--emptyOutDir'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const assets = path.join(folder, 'assets');
  const scripts = (await readdir(assets)).filter((name) => name.endsWith('.js'));
  script = (await Promise.all(scripts.map((name) => readFile(path.join(assets, name), 'utf8')))).join('\n');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the page', () => {
  it(`has ${scriptBytesMax / 1000} kB of scripts at most, gzipped`, () => {
    const { length } = gzipSync(script);
    expect(length).toBeGreaterThan(20_000);
    expect(length).toBeLessThanOrEqual(scriptBytesMax);
  });

  it('has nothing in it that only the server needs', () => {
    expect(script).toContain('server-unreachable');
    expect(script).not.toMatch(/ZodError|_zod/);
  });
});
