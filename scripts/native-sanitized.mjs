// `npm run test:sanitized`: builds the native datapath with AddressSanitizer and UndefinedBehaviorSanitizer and runs the
// datapath's tests over it. `npm run test:sanitized -- units`: only the units in C++, with a fake kernel below them.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashSources } from './prepare/hash-sources.mjs';
import { compilersAtOnce, findHeaders } from './prepare/native-datapath.mjs';
import { pinnedNode } from './prepare/node-packages.mjs';
import { compileWords, unitFiles } from './test/native-units.mjs';
import { runProgram } from './test/run-program.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const native = path.join(root, 'packages/datapath/native');
const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize=vptr', '-fno-sanitize-recover=undefined'];
const flags = [...sanitizers, '-fno-omit-frame-pointer', '-g', '-O1'];
const compiler = process.env.CXX ?? 'g++';
const sources = [
  'packages/datapath/native/binding.gyp',
  'packages/datapath/native/src',
  'packages/datapath/native/test',
];

/** What was built last stays until the sources are others. */
const builds = path.join(root, 'node_modules', '.cache', 'rivero', 'native-sanitized');
const build = path.join(builds, hashSources(root, sources).slice(0, 16));

function cleanOthers() {
  mkdirSync(build, { recursive: true });
  for (const name of readdirSync(builds)) {
    if (path.join(builds, name) !== build) rmSync(path.join(builds, name), { recursive: true, force: true });
  }
}

async function runUnits() {
  const units = path.join(build, 'units');
  const words = [...compileWords(root), ...flags, ...unitFiles(root), '-o', units];
  return (existsSync(units) || (await runProgram(compiler, words))) && runProgram(units, []);
}

async function buildAddon() {
  const addon = path.join(build, 'native/build/Release/rivero_datapath.node');
  if (existsSync(addon)) return true;
  for (const part of ['binding.gyp', 'src']) {
    cpSync(path.join(native, part), path.join(build, 'native', part), { recursive: true });
  }
  const gyp = createRequire(path.join(root, 'packages/datapath/package.json')).resolve('node-gyp/bin/node-gyp.js');
  const words = [gyp, 'rebuild', '--loglevel=error', `--jobs=${compilersAtOnce()}`, `--nodedir=${findHeaders(root)}`];
  // With sanitizers the compiler sees uninitialized values where there are none.
  const env = { ...process.env, CXXFLAGS: `${flags.join(' ')} -Wno-error`, LDFLAGS: sanitizers.join(' ') };
  return runProgram(pinnedNode(root), words, { cwd: path.join(build, 'native'), env });
}

/** Where the compiler has its libraries; a name without a folder is one that it does not have. */
function findLibraries() {
  return ['libasan.so', 'libubsan.so', 'libstdc++.so.6'].map(
    (name) => spawnSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout?.trim() ?? '',
  );
}

function runSuite(libraries) {
  const loader = new URL('./test/load-sanitized-addon.mjs', import.meta.url);
  const env = {
    ...process.env,
    RIVERO_TEST_ADDONS: path.join(build, 'native/build/Release'),
    NODE_OPTIONS: `--import ${loader}`,
    LD_PRELOAD: libraries.join(':'),
    // V8 keeps what it has until the process ends.
    ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1',
    UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
  };
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  return runProgram(pinnedNode(root), [vitest, 'run', 'packages/datapath', '--test-timeout=60000'], { cwd: root, env });
}

async function runAll() {
  const libraries = findLibraries();
  const hasLibraries = process.platform === 'linux' && libraries.every((file) => path.isAbsolute(file));
  if (!hasLibraries || findHeaders(root) === undefined) {
    const missing = hasLibraries ? 'the headers of Node are not here' : 'there is no compiler that has them';
    process.stdout.write(`The native datapath is not tested with sanitizers: ${missing}.\n`);
    return true;
  }
  cleanOthers();
  if (process.argv[2] === 'units') return runUnits();
  const isRight = await Promise.all([runUnits(), buildAddon()]);
  return isRight.every(Boolean) && runSuite(libraries);
}

process.exitCode = (await runAll()) ? 0 : 1;
