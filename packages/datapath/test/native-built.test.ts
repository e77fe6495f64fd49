import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openDatapath } from '../src/index.ts';

const isPlatform = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');
const hasCompiler = ['g++', 'make', 'python3'].every((program) => spawnSync(program, ['--version']).status === 0);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the native datapath', () => {
  it.runIf(isPlatform && hasCompiler)('is there where it can be built, and so it is tested', () => {
    expect(openDatapath('auto')).toMatchObject({ type: 'native', reason: undefined });
  });

  it.each([
    ['linux', 'riscv64'],
    ['darwin', 'arm64'],
  ] as const)('is not there on %s on %s, and the twin runs', (platform, arch) => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
    vi.spyOn(process, 'arch', 'get').mockReturnValue(arch);
    const reason = `there is none for ${platform}-${arch}`;
    expect(openDatapath('auto')).toMatchObject({ type: 'twin', reason });
    expect(() => openDatapath('native')).toThrow(reason);
  });

  it('is not looked for when the twin is wanted', () => {
    expect(openDatapath('twin')).toMatchObject({ type: 'twin', reason: undefined });
  });
});
