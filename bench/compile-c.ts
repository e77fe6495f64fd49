import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { programMissing, requireProgram } from './required-program.ts';

/** Debian's. */
const packages = 'gcc libc6-dev libssl-dev';

/** A program in C, compiled for one run. */
export interface CompiledProgram {
  readonly file: string;
  /** Takes its file away; what runs goes on. */
  remove(): void;
}

/** Refuses with `bench-program-missing` without a C compiler, or the headers that the program needs. */
export function compileC(source: URL, libraries: readonly string[] = []): CompiledProgram {
  requireProgram('cc', packages);
  const folder = mkdtempSync(path.join(tmpdir(), 'rivero-bench-'));
  const file = path.join(folder, 'program');
  const remove = (): void => rmSync(folder, { recursive: true });
  const words = ['-O3', '-Wall', '-Wextra', '-Werror', '-o', file, fileURLToPath(source), ...libraries];
  const { status, stderr } = spawnSync('cc', words, { encoding: 'utf8' });
  if (status === 0) return { file, remove };
  remove();
  const problem = stderr.split('\n').find((line) => /error|cannot/.test(line)) ?? 'it said nothing';
  throw programMissing('cc', `the floor in C cannot be compiled (${problem.trim()})`, packages);
}
