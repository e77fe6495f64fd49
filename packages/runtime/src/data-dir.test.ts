import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataDir } from './data-dir.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rivero-data-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('data folder', () => {
  it('is made with all above it, for this user only, and left empty', async () => {
    const inner = path.join(folder, 'a', 'b');
    await openDataDir(inner);
    expect((await stat(inner)).mode & 0o777).toBe(0o700);
    expect(await readdir(inner)).toEqual([]);
    await openDataDir(inner);
  });

  it('that cannot be made is refused with the setting to change', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    const inner = path.join(file, 'data');
    await expect(openDataDir(inner)).rejects.toMatchObject({
      code: 'data-dir-unwritable',
      message: `The data folder ${inner} cannot be read or written (ENOTDIR); change its rights, or set RIVERO_DATA_DIR to another folder.`,
    });
    await expect(openDataDir(file)).rejects.toMatchObject({ code: 'data-dir-unwritable' });
  });
});
