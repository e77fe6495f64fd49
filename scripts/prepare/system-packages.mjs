import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { Hindrance } from './hindrance.mjs';
import { run } from './run.mjs';

/** Programs that the tests run, and the Debian packages that bring them. A package that starts a service has its name here. */
const programs = [
  { program: '/usr/bin/chromium', debianPackage: 'chromium' },
  { program: '/usr/bin/firefox-esr', debianPackage: 'firefox-esr' },
  { program: 'openssl', debianPackage: 'openssl' },
  { program: 'ffmpeg', debianPackage: 'ffmpeg' },
  { program: 'turnserver', debianPackage: 'coturn', service: 'coturn' },
];

/** Installs the programs that tests need from Debian's packages, where that can be done; else says what to install. */
export function installPrograms() {
  const absent = programs.filter(({ program }) => !isThere(program));
  const missing = absent.map(({ debianPackage }) => debianPackage);
  if (missing.length === 0) return;
  const list = missing.join(' ');
  const prefix = rootPrefix();
  if (!isThere('apt-get') || prefix === undefined) {
    throw new Hindrance(`the tests need these programs: ${list}. On Debian: sudo apt-get install ${list}`);
  }
  const install = (what, ...args) => {
    const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    run(what, program, rest);
  };
  install('reading the list of Debian packages', 'update', '-q');
  install(`installing ${list}`, 'install', '-q', '-y', '--no-install-recommends', ...missing);
  const still = programs.filter(({ program }) => !isThere(program)).map(({ program }) => program);
  if (still.length > 0) throw new Hindrance(`the packages are installed, but there is no ${still.join(', ')}.`);
  for (const { service } of absent) if (service !== undefined) endService(prefix, service);
}

/** The tests start their own; nobody asked for one that listens on this machine. */
function endService(prefix, service) {
  if (!existsSync('/run/systemd/system')) return;
  const [program, ...rest] = [...prefix, 'systemctl', 'disable', '--now', service];
  run(`ending the service ${service}`, program, rest);
}

/** What makes a command run as root; undefined when nothing does without asking for a password. */
function rootPrefix() {
  if (typeof process.getuid !== 'function') return undefined;
  if (process.getuid() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}

function isThere(program) {
  const folders = path.isAbsolute(program) ? [''] : (process.env.PATH ?? '').split(path.delimiter);
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
