import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));
let clone = '';

/** Stands for npm: writes down how it was called, and installs what the lock file says. */
const fakeNpm = `#!/bin/sh
echo "npm $*" >> calls
[ -n "$FAKE_NPM_FAILS" ] && exit 1
if [ "$1" = install ]; then
  mkdir -p node_modules/.bin node_modules/one node_modules/@rivero/core
  cp installed.json node_modules/.package-lock.json
fi
if [ "$1" = rebuild ] || [ -z "$npm_config_ignore_scripts" ]; then
  cp bin/fake-node node_modules/.bin/node
fi
exit 0
`;

/** Stands for Node 24, which is called for its version and to build the web app and the SDK. */
const fakeNode = `#!/bin/sh
if [ "$1" = --version ]; then echo v24.0.0; exit 0; fi
echo "build $3" >> calls
mkdir -p "$3/dist" && echo built | tee "$3/dist/index.html" > "$3/dist/sdk.js"
`;

const fakeApt = `#!/bin/sh
echo "apt-get $*" >> calls
`;

function put(place: string, text: string, isProgram = false): void {
  const file = path.join(clone, place);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (isProgram) chmodSync(file, 0o755);
}

function writeLock(version: string): void {
  const installed = {
    'node_modules/one': { version },
    'node_modules/@rivero/core': { resolved: 'packages/core', link: true },
  };
  const forOtherSystems = { 'node_modules/two': { version: '1.0.0', optional: true } };
  put('package-lock.json', JSON.stringify({ packages: { '': {}, ...installed, ...forOtherSystems } }));
  put('installed.json', JSON.stringify({ packages: installed }));
}

beforeEach(() => {
  clone = mkdtempSync(path.join(tmpdir(), 'rivero clone-'));
  cpSync(scripts, path.join(clone, 'scripts'), { recursive: true });
  put('bin/npm', fakeNpm, true);
  put('bin/fake-node', fakeNode, true);
  for (const source of ['packages/sdk', 'packages/api', 'packages/core']) put(`${source}/index.ts`, '');
  put('apps/web/index.html', '');
  writeLock('1.0.0');
});

afterEach(() => {
  rmSync(clone, { recursive: true });
});

interface Run {
  readonly code: number | null;
  readonly stderr: string;
  /** What was called, in order, since the last run. */
  readonly calls: readonly string[];
}

function prepare(purpose: string, environment: Readonly<Record<string, string>> = {}): Run {
  const calls = path.join(clone, 'calls');
  rmSync(calls, { force: true });
  const { status, stderr } = spawnSync(process.execPath, ['scripts/prepare.mjs', purpose], {
    cwd: clone,
    encoding: 'utf8',
    env: { PATH: `${path.join(clone, 'bin')}:/usr/bin:/bin`, ...environment },
  });
  const lines = existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
  return { code: status, stderr, calls: lines };
}

const install = 'npm install --no-save --no-audit --no-fund --loglevel=error';
const build = ['build apps/web', 'build packages/sdk'];

describe('prepare start', () => {
  it('installs and builds in a fresh clone, and does nothing the second time', () => {
    expect(prepare('start')).toEqual({ code: 0, stderr: '', calls: [install, ...build] });
    expect(prepare('start')).toEqual({ code: 0, stderr: '', calls: [] });
  });

  it('installs again when the lock file changes, and when a package was deleted', () => {
    prepare('start');
    writeLock('1.0.1');
    expect(prepare('start').calls).toEqual([install, ...build]);
    rmSync(path.join(clone, 'node_modules/one'), { recursive: true });
    expect(prepare('start').calls).toEqual([install]);
  });

  it('builds again when a source of the web app changes or the build is gone, not for tests or other sources', () => {
    prepare('start');
    put('packages/core/units.ts', 'export {};');
    expect(prepare('start').calls).toEqual(build);
    put('apps/web/src/app.vue', '');
    expect(prepare('start').calls).toEqual(build);
    put('packages/core/units.test.ts', '');
    put('packages/router/index.ts', '');
    expect(prepare('start').calls).toEqual([]);
    for (const built of ['apps/web/dist', 'packages/sdk/dist']) {
      rmSync(path.join(clone, built), { recursive: true });
      expect(prepare('start').calls).toEqual(build);
    }
  });

  it('fetches Node 24 when the package that brings it ran no script', () => {
    prepare('start');
    rmSync(path.join(clone, 'node_modules/.bin/node'));
    expect(prepare('start').calls).toEqual(['npm rebuild node --foreground-scripts']);
  });

  it('says what to run where npm must not run scripts', () => {
    put('node_modules/.bin/node', '', true);
    const { code, stderr } = prepare('start', { npm_config_ignore_scripts: 'true' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^rivero: .*npm rebuild node --ignore-scripts=false\n$/);
  });

  it('says in one line what failed', () => {
    const { code, stderr } = prepare('start', { FAKE_NPM_FAILS: 'yes' });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'rivero: installing packages (there are none yet) failed (npm install --no-save --no-audit --no-fund --loglevel=error): it ended with exit code 1\n',
    );
  });
});

describe('prepare test', () => {
  it('asks for no programs: only the unit tests and e2e need them', () => {
    prepare('start');
    expect(prepare('test', { PATH: path.join(clone, 'bin') })).toEqual({ code: 0, stderr: '', calls: [] });
  });
});

describe('prepare programs', () => {
  // A PATH without the system's folders: openssl, ffmpeg and turnserver are missing.
  function withoutPrograms(): Readonly<Record<string, string>> {
    return { PATH: path.join(clone, 'bin') };
  }

  it('says what to install where there is no apt', () => {
    const { code, stderr } = prepare('programs', withoutPrograms());
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^rivero: the tests need these programs: .*openssl ffmpeg coturn\. On Debian: sudo apt-get install /,
    );
  });

  it.runIf(process.getuid?.() === 0)('installs what is missing from the packages of Debian, as root', () => {
    put('bin/apt-get', fakeApt, true);
    put('bin/env', '#!/bin/sh\nshift\nexec "$@"\n', true);
    const { calls, stderr } = prepare('programs', withoutPrograms());
    expect(calls[0]).toBe('apt-get update -q');
    expect(calls[1]).toMatch(/^apt-get install -q -y --no-install-recommends .*openssl ffmpeg coturn$/);
    expect(stderr).toMatch(/^rivero: the packages are installed, but there is no .*openssl, ffmpeg, turnserver\.\n$/);
  });
});
