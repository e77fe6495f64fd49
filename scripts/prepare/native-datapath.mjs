import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { hashSources } from './hash-sources.mjs';
import { pinnedNode } from './node-packages.mjs';

/** What the addon is made of. */
const sources = ['packages/datapath/native/binding.gyp', 'packages/datapath/native/src', 'package-lock.json'];

/** Where it runs; elsewhere the twin does. */
const platforms = new Set(['linux-x64', 'linux-arm64']);

/** What node-gyp calls. */
const tools = [
  { name: 'a C++ compiler', words: [process.env.CXX ?? 'g++', '--version'] },
  { name: 'make', words: ['make', '--version'] },
  { name: 'Python 3', words: ['python3', '--version'] },
];

/** Slow machines need minutes to compile; a site that does not answer must not hold up the start. */
const buildTimeMaxMs = { withHeaders: 600_000, fetchingHeaders: 120_000 };

/** What has all of them. */
const toolPackages = 'on Debian: apt-get install g++ make python3';

/** Builds the native datapath for a start where `RIVERO_DATAPATH` says this, and tells in one line why it is not there. */
export function prepareNativeDatapath(root, choice) {
  const problem = choice === 'twin' ? undefined : buildNativeDatapath(root);
  if (problem === undefined) return;
  const instead = choice === 'native' ? '' : 'packets are handled in TypeScript, ';
  process.stdout.write(`rivero: ${instead}the native datapath is not there: ${problem}\n`);
}

/**
 * Builds the native datapath when its sources are not those of the last build. Answers why it is not there, or `undefined`
 * when it is. What failed once is not tried again until something changes, but for `again`.
 */
export function buildNativeDatapath(root, { again = false } = {}) {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.has(platform)) return `there is none for ${platform}`;
  if (!existsSync(path.join(root, 'packages/datapath/native/binding.gyp'))) return 'its sources are not there';
  const stamp = path.join(root, 'node_modules', '.cache', 'rivero', 'native-datapath.json');
  const hash = hashSources(root, sources);
  const last = readStamp(stamp);
  const isSame = last?.hash === hash && last.platform === platform;
  if (isSame && last.problem === undefined && existsSync(addonFile(root))) return undefined;
  // One of other sources is loaded by nobody, also where it cannot be built anew.
  if (!isSame) rmSync(buildFolder(root), { recursive: true, force: true });
  const missing = tools.find(({ words: [program, ...args] }) => spawnSync(program, args).status !== 0);
  // Not remembered: it may be installed by the next time.
  if (missing !== undefined) return `${missing.name} is not installed; ${toolPackages}`;
  if (isSame && last.problem !== undefined && !again) return last.problem;
  const problem = build(root);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, JSON.stringify({ hash, platform, problem }));
  return problem;
}

function buildFolder(root) {
  return path.join(root, 'packages/datapath/native/build');
}

function addonFile(root) {
  return path.join(buildFolder(root), 'Release/rivero_datapath.node');
}

function build(root) {
  process.stdout.write('rivero: building the native datapath\n');
  const native = path.join(root, 'packages/datapath/native');
  rmSync(buildFolder(root), { recursive: true, force: true });
  const gyp = createRequire(path.join(root, 'packages/datapath/package.json')).resolve('node-gyp/bin/node-gyp.js');
  const headers = findHeaders(root);
  const at = headers === undefined ? [] : [`--nodedir=${headers}`];
  const words = [gyp, 'rebuild', ...at, `--jobs=${compilersAtOnce()}`];
  const { status, stdout, stderr, error } = spawnSync(pinnedNode(root), words, {
    cwd: native,
    encoding: 'utf8',
    timeout: headers === undefined ? buildTimeMaxMs.fetchingHeaders : buildTimeMaxMs.withHeaders,
  });
  if (status === 0) return undefined;
  const log = path.join(root, 'node_modules', '.cache', 'rivero', 'native-datapath.log');
  mkdirSync(path.dirname(log), { recursive: true });
  writeFileSync(log, `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
  return `building it failed, see ${path.relative(root, log)}`;
}

/** One a core, as far as the memory reaches: a gigabyte is enough for each. */
export function compilersAtOnce() {
  return Math.max(1, Math.min(cpus().length, Math.floor(totalmem() / 2 ** 30)));
}

/** Some systems package Node without the last two. */
const headerFiles = ['node_api.h', 'uv.h', 'openssl/evp.h', 'common.gypi'];

/**
 * A folder with `include/node`: what came with the pinned Node, what npm was told to use, what another Node of this machine
 * has (the interface is the same in all of them). `undefined`: node-gyp fetches it from nodejs.org.
 */
export function findHeaders(root) {
  const binary = realpathSync(pinnedNode(root));
  const packages = path.join(path.dirname(binary), '../node_modules');
  const candidates = [
    path.join(packages, `node-${process.platform}-${process.arch}`),
    process.env.npm_config_nodedir,
    path.join(path.dirname(process.execPath), '..'),
    '/usr/local',
    '/usr',
  ];
  return candidates.find(
    (folder) => folder && headerFiles.every((file) => existsSync(path.join(folder, 'include/node', file))),
  );
}

function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
