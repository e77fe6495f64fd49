import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Hindrance } from './hindrance.mjs';
import { run } from './run.mjs';

/** The Node that the sources need; package.json pins it as the npm package `node`. */
const nodeMajor = 24;

/**
 * The lock file decides, and stays as it is. Not `npm ci`: that refuses a lock file in which the binary packages of other
 * systems are incomplete, and a registry that lacks some of them. Warnings are about the Node that npm itself runs on.
 */
const installArguments = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];

/** Installs what package-lock.json says, when node_modules says something else. */
export function installPackages(root) {
  const difference = findDifference(root);
  if (difference !== undefined) runNpm(`installing packages (${difference})`, root, installArguments);
  if (pinnedNodeWorks(root)) return;
  if (scriptsAreOff()) {
    if (isRightNode(process.version) && !existsSync(pinnedNode(root))) return;
    throw new Hindrance(
      `npm does not run install scripts here (ignore-scripts), and the package "node" brings Node ${nodeMajor} by one. ` +
        'Run: npm rebuild node --ignore-scripts=false',
    );
  }
  runNpm(`fetching Node ${nodeMajor}`, root, ['rebuild', 'node', '--foreground-scripts']);
  if (pinnedNodeWorks(root)) return;
  throw new Hindrance(
    `${pinnedNode(root)} is not a Node ${nodeMajor}. Run: npm rebuild node --foreground-scripts, and see what it says.`,
  );
}

/** The Node that runs Rivero; `node` inside npm scripts. */
export function pinnedNode(root) {
  return path.join(root, 'node_modules', '.bin', 'node');
}

/**
 * Why node_modules is not what the lock file says; undefined when it is. npm keeps its own record of what it installed
 * (node_modules/.package-lock.json), so that an `npm install` by hand counts too.
 */
export function findDifference(root) {
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  if (wanted === undefined) throw new Hindrance(`${path.join(root, 'package-lock.json')} cannot be read.`);
  const installed = readPackages(path.join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'there are none yet';
  for (const [place, entry] of Object.entries(wanted)) {
    if (!place.startsWith('node_modules/')) continue;
    const found = installed[place];
    if (found === undefined && (entry.optional === true || entry.devOptional === true || entry.peer === true)) continue;
    const name = place.slice('node_modules/'.length);
    if (found === undefined || !existsSync(path.join(root, place))) return `${name} is missing`;
    if (found.version !== entry.version) return `${name} is ${found.version}, not ${entry.version}`;
  }
  return undefined;
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function pinnedNodeWorks(root) {
  const { status, stdout } = spawnSync(pinnedNode(root), ['--version'], { encoding: 'utf8' });
  return status === 0 && isRightNode(stdout.trim());
}

function isRightNode(version) {
  return version.startsWith(`v${nodeMajor}.`);
}

function scriptsAreOff() {
  return process.env.npm_config_ignore_scripts === 'true';
}

/** Runs the npm that runs us, with the Node that runs it: the one in node_modules is about to be replaced. */
function runNpm(what, root, args) {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const isNpm = npm !== undefined && /npm-cli\.c?js$/.test(npm);
  if (isNpm) run(what, node !== undefined && existsSync(node) ? node : process.execPath, [npm, ...args], { cwd: root });
  else run(what, 'npm', args, { cwd: root });
}
