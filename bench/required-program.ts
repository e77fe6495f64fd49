import { existsSync } from 'node:fs';
import path from 'node:path';
import { CodedError } from '@rivero/core';

/** True when a program of this name can be started. */
export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, name)));
}

/** Refuses with `bench-program-missing` where a program is not there that a benchmark needs; packages are Debian's. */
export function requireProgram(name: string, packages: string): void {
  if (hasProgram(name)) return;
  throw programMissing(name, `${name} is not installed`, packages);
}

/** For what can be seen only when it is tried. */
export function programMissing(name: string, problem: string, packages: string): CodedError {
  const text = `${problem}; on Debian: apt-get install ${packages}`;
  return new CodedError('bench-program-missing', text, { program: name });
}
