import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openKeptSecret } from './kept-secret.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rivero-secret-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('is made once, for this user only, and is the same from then on', async () => {
  const secret = await openKeptSecret(folder, 'secret');
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(await openKeptSecret(folder, 'secret')).toBe(secret);
  expect((await stat(path.join(folder, 'secret'))).mode & 0o777).toBe(0o600);
});

it('is made anew when the file has none', async () => {
  const file = path.join(folder, 'secret');
  await writeFile(file, 'short\n');
  const secret = await openKeptSecret(folder, 'secret');
  expect(await readFile(file, 'utf8')).toBe(`${secret}\n`);
});

it('says which file cannot be read', async () => {
  await mkdir(path.join(folder, 'secret'));
  await expect(openKeptSecret(folder, 'secret')).rejects.toMatchObject({
    code: 'data-dir-unwritable',
    message: expect.stringContaining(`The file ${path.join(folder, 'secret')} cannot be read or written (EISDIR)`),
  });
});
