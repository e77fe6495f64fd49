import { spawn } from 'node:child_process';

/** Runs a program with its output on ours, and says what failed; resolves with whether it ended well. */
export function runProgram(program, args, options = {}) {
  return new Promise((resolve) => {
    const end = (problem) => {
      if (problem !== undefined) process.stderr.write(`${program} failed: ${problem}\n`);
      resolve(problem === undefined);
    };
    const child = spawn(program, args, { stdio: 'inherit', ...options });
    child.on('error', ({ message }) => end(message));
    child.on('exit', (code, signal) => end(code === 0 ? undefined : (signal ?? `exit code ${code}`)));
  });
}
