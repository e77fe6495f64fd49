import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));
const built = 'packages/datapath/native/build/Release/rivero_datapath.node';
const answers = '#!/bin/sh\nexit 0\n';
let clone = '';

/** Stands for the pinned Node, which runs node-gyp: writes down its words, and makes the addon unless it is to fail. */
const fakeNode = `#!/bin/sh
PATH=/usr/bin:/bin
echo "$(basename "$1") $2 $3" >> "$CLONE/calls"
[ -n "$FAKE_BUILD_FAILS" ] && exit 1
mkdir -p build/Release && echo addon > build/Release/rivero_datapath.node
`;

function put(place: string, text: string, isProgram = false): void {
  const file = path.join(clone, place);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (isProgram) chmodSync(file, 0o755);
}

function putHeaders(folder: string): void {
  for (const file of ['node_api.h', 'uv.h', 'openssl/evp.h', 'common.gypi']) put(`${folder}/include/node/${file}`, '');
}

beforeEach(() => {
  clone = mkdtempSync(path.join(tmpdir(), 'rivero clone-'));
  cpSync(scripts, path.join(clone, 'scripts'), { recursive: true });
  for (const program of ['g++', 'make', 'python3']) put(`bin/${program}`, answers, true);
  put('node_modules/.bin/node', fakeNode, true);
  put('node_modules/node-gyp/package.json', '{}');
  put('node_modules/node-gyp/bin/node-gyp.js', '');
  put('packages/datapath/package.json', '{}');
  put('packages/datapath/native/binding.gyp', '{}');
  put('packages/datapath/native/src/addon.cc', '');
  put('package-lock.json', '{}');
});

afterEach(() => {
  rmSync(clone, { recursive: true });
});

interface Run {
  readonly code: number | null;
  /** The last line that was printed. */
  readonly said: string;
  /** How node-gyp was called since the last run. */
  readonly calls: readonly string[];
}

interface Machine {
  readonly platform?: string;
  readonly arch?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a script, or a call of the module that the start uses, as on such a machine. */
function run(words: readonly string[], { platform = 'linux', arch = 'x64', environment = {} }: Machine): Run {
  const calls = path.join(clone, 'calls');
  rmSync(calls, { force: true });
  const machine = `Object.defineProperties(process, { platform: { value: '${platform}' }, arch: { value: '${arch}' } })`;
  const loader = `data:text/javascript,${encodeURIComponent(machine)}`;
  const { status, stdout } = spawnSync(process.execPath, ['--import', loader, ...words], {
    cwd: clone,
    encoding: 'utf8',
    env: { PATH: path.join(clone, 'bin'), CLONE: clone, ...environment },
  });
  const lines = existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
  return { code: status, said: stdout.trim().split('\n').at(-1) ?? '', calls: lines };
}

/** `npm run build:native`. */
function build(machine: Machine = {}): Run {
  return run(['scripts/build-native.mjs'], machine);
}

/** As `npm start` does: what failed before is not tried again. */
function start(machine: Machine = {}): Run {
  const module = JSON.stringify(path.join(clone, 'scripts/prepare/native-datapath.mjs'));
  const call = `console.log((await import(${module})).buildNativeDatapath(${JSON.stringify(clone)}) ?? 'there')`;
  return run(['--input-type=module', '-e', call], machine);
}

/** What a start says about it. */
function prepare(environment: Readonly<Record<string, string>>): Run {
  const module = JSON.stringify(path.join(clone, 'scripts/prepare/native-datapath.mjs'));
  const call = `(await import(${module})).prepareNativeDatapath(${JSON.stringify(clone)}, process.env.RIVERO_DATAPATH)`;
  return run(['--input-type=module', '-e', call], { environment });
}

describe('build:native', () => {
  it.each(['x64', 'arm64'])('builds on Linux on %s, by the headers that came with its Node', (arch) => {
    putHeaders(`node_modules/node_modules/node-linux-${arch}`);
    const headers = path.join(clone, `node_modules/node_modules/node-linux-${arch}`);
    const { code, said, calls } = build({ arch });
    expect({ code, said }).toEqual({ code: 0, said: 'rivero: the native datapath is built' });
    expect(calls).toEqual([`node-gyp.js rebuild --nodedir=${headers}`]);
    expect(build({ arch }).calls).toEqual([]);
    rmSync(path.join(clone, built));
    expect(build({ arch }).calls).toHaveLength(1);
  });

  it.each([
    ['linux', 'riscv64'],
    ['linux', 'ia32'],
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['freebsd', 'x64'],
  ])('says that there is none for %s on %s, and calls nothing', (platform, arch) => {
    const said = `rivero: the native datapath is not built: there is none for ${platform}-${arch}`;
    expect(build({ platform, arch })).toEqual({ code: 1, said, calls: [] });
    expect(start({ platform, arch })).toEqual({ code: 0, said: `there is none for ${platform}-${arch}`, calls: [] });
  });

  it('builds anew on a machine of another kind that has the same folder', () => {
    expect(build({ arch: 'x64' }).calls).toHaveLength(1);
    expect(build({ arch: 'arm64' }).calls).toHaveLength(1);
  });

  it.each([
    ['g++', 'a C++ compiler'],
    ['make', 'make'],
    ['python3', 'Python 3'],
  ])('names %s where it is missing, and builds once it is there', (program, name) => {
    rmSync(path.join(clone, 'bin', program));
    expect(start()).toEqual({
      code: 0,
      said: `${name} is not installed; on Debian: apt-get install g++ make python3`,
      calls: [],
    });
    put(`bin/${program}`, answers, true);
    expect(start().said).toBe('there');
  });

  it('leaves none of other sources behind where it cannot be built, so that none is loaded', () => {
    expect(start().said).toBe('there');
    put('packages/datapath/native/src/addon.cc', '// new');
    rmSync(path.join(clone, 'bin', 'make'));
    expect(start().said).toBe('make is not installed; on Debian: apt-get install g++ make python3');
    expect(existsSync(path.join(clone, built))).toBe(false);
  });

  it('is told by one line at the start: what runs now, or that what is insisted on is not there', () => {
    rmSync(path.join(clone, 'bin', 'g++'));
    const problem = 'a C++ compiler is not installed; on Debian: apt-get install g++ make python3';
    expect(prepare({}).said).toBe(
      `rivero: packets are handled in TypeScript, the native datapath is not there: ${problem}`,
    );
    expect(prepare({ RIVERO_DATAPATH: 'native' }).said).toBe(`rivero: the native datapath is not there: ${problem}`);
    expect(prepare({ RIVERO_DATAPATH: 'twin' }).said).toBe('');
  });

  it('is not tried again at a start after it failed, but when it is asked for, or the sources are others', () => {
    const fails = { environment: { FAKE_BUILD_FAILS: 'yes' } };
    const problem = 'building it failed, see node_modules/.cache/rivero/native-datapath.log';
    expect(start(fails)).toMatchObject({ said: problem, calls: [expect.stringMatching(/^node-gyp\.js rebuild/)] });
    expect(start()).toMatchObject({ said: problem, calls: [] });
    expect(build(fails)).toMatchObject({ code: 1, said: `rivero: the native datapath is not built: ${problem}` });
    put('packages/datapath/native/src/addon.cc', '// mended');
    expect(start()).toMatchObject({ said: 'there', calls: [expect.stringMatching(/^node-gyp\.js rebuild/)] });
  });
});
