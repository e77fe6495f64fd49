// `npm run test:arm64`: compiles the native datapath for arm64, and runs its units in C++ there by QEMU. It needs another compiler and
// QEMU: `apt-get install g++-aarch64-linux-gnu qemu-user-static` on Debian 12.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findHeaders } from './prepare/native-datapath.mjs';
import { compileWords, unitFiles } from './test/native-units.mjs';
import { runProgram } from './test/run-program.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const compiler = 'aarch64-linux-gnu-g++';
const emulator = 'qemu-aarch64-static';
const folder = path.join(root, 'node_modules', '.cache', 'rivero', 'native-arm64');

/** What is missing, if anything. */
function findMissing() {
  const missing = [compiler, emulator].find((name) => spawnSync(name, ['--version']).error !== undefined);
  if (missing !== undefined) return `there is no ${missing}: apt-get install g++-aarch64-linux-gnu qemu-user-static`;
  return findHeaders(root) === undefined ? 'the headers of Node are not here' : undefined;
}

async function runAll() {
  const missing = findMissing();
  if (missing !== undefined) {
    process.stderr.write(`The native datapath is not tested for arm64: ${missing}.\n`);
    return false;
  }
  mkdirSync(folder, { recursive: true });
  const units = path.join(folder, 'units');
  const sources = path.join(root, 'packages/datapath/native/src');
  // What is for Node alone needs its own headers.
  const files = readdirSync(sources).filter((name) => name.endsWith('.cc') && !name.endsWith('addon.cc'));
  const words = compileWords(root);
  return (
    (await runProgram(compiler, [...words, '-fsyntax-only', ...files.map((name) => path.join(sources, name))])) &&
    (await runProgram(compiler, [...words, '-O1', '-static', ...unitFiles(root), '-o', units])) &&
    runProgram(emulator, [units])
  );
}

process.exitCode = (await runAll()) ? 0 : 1;
