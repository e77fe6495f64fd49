import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { openDatapath } from '../src/index.ts';

const isPlatform = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');
const hasCompiler = ['g++', 'make', 'python3'].every((program) => spawnSync(program, ['--version']).status === 0);

describe('the native datapath', () => {
  it.runIf(isPlatform && hasCompiler)('is there where it can be built, and so it is tested', () => {
    expect(openDatapath('auto')).toMatchObject({ type: 'native', reason: undefined });
  });

  it('is not looked for when the twin is wanted', () => {
    expect(openDatapath('twin')).toMatchObject({ type: 'twin', reason: undefined });
  });
});
