import { spawnSync } from 'node:child_process';
import { Hindrance } from './hindrance.mjs';

/** Runs a program with its output on ours; `what` says in the message what failed. */
export function run(what, program, args, options = {}) {
  process.stdout.write(`rivero: ${what}\n`);
  const { status, signal, error } = spawnSync(program, args, { stdio: 'inherit', ...options });
  if (status === 0) return;
  const cause = error === undefined ? `it ended with ${signal ?? `exit code ${status}`}` : error.message;
  throw new Hindrance(`${what} failed (${program} ${args.join(' ')}): ${cause}`);
}
