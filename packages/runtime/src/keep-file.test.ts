import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepFile } from './keep-file.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rivero-keep-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('makes the folder and the file for this user only, and nothing else', async () => {
  const file = path.join(folder, 'inner', 'file');
  await keepFile(file, 'before');
  await keepFile(file, 'text');
  expect(await readFile(file, 'utf8')).toBe('text');
  expect(await readdir(path.dirname(file))).toEqual(['file']);
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('leaves nothing behind where the file cannot be kept', async () => {
  const file = path.join(folder, 'file');
  await mkdir(file);
  await expect(keepFile(file, 'text')).rejects.toMatchObject({
    code: 'data-dir-unwritable',
    message: expect.stringContaining(`The folder ${folder} cannot be read or written (EISDIR)`),
  });
  expect(await readdir(folder)).toEqual(['file']);
});
