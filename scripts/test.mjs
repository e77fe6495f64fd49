// `npm test`: every check in order, cheap ones first; stops at the first that fails. The last line sums the tests up, if
// there were any to run.
// Words after it choose steps: `npm test -- types lint`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedNode } from './prepare/node-packages.mjs';
import { countTests, formatSum } from './test/count-tests.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const reports = mkdtempSync(path.join(tmpdir(), 'rivero-test-'));
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const steps = [
  { name: 'types', command: scripts.types },
  { name: 'lint', command: scripts.lint },
  { name: 'format', command: scripts['format:check'] },
  { name: 'knip', command: scripts.knip },
  { name: 'unit', command: vitest('unit', 'run packages/ apps/'), report: 'unit', needsPrograms: true },
  { name: 'tidy', command: vitest('tidy', 'run tools/'), report: 'tidy' },
  { name: 'sanitized', command: scripts['test:sanitized'], needsPrograms: true },
  { name: 'e2e', command: vitest('e2e', 'run --config e2e/vitest.config.ts'), report: 'e2e', needsPrograms: true },
];

function vitest(report, args) {
  return `vitest ${args} --reporter=default --reporter=json --outputFile.json="${path.join(reports, `${report}.json`)}"`;
}

/** Runs one command on the pinned Node and with the installed tools, whoever called us; resolves with its exit code. */
function runCommand(command) {
  const folders = [path.dirname(pinnedNode(root)), process.env.PATH ?? ''];
  const env = { ...process.env, PATH: folders.join(path.delimiter) };
  return new Promise((resolve) => {
    const child = spawn(command, { cwd: root, env, stdio: 'inherit', shell: true });
    child.on('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 1)));
  });
}

async function runStep(step) {
  const start = performance.now();
  process.stdout.write(`\n── ${step.name}\n`);
  const prepared = step.needsPrograms === true ? await runCommand('node scripts/prepare.mjs programs') : 0;
  const code = prepared === 0 ? await runCommand(step.command) : prepared;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`── ${step.name}: ${code === 0 ? 'right' : `wrong (exit code ${code})`}, ${seconds} s\n`);
  return code;
}

async function runSteps(wanted) {
  const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `no such step: ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}\n`,
    );
    return 1;
  }
  const chosen = steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const counts = [];
  let code = 0;
  for (const step of chosen) {
    code = await runStep(step);
    if (step.report !== undefined) counts.push(countTests(path.join(reports, `${step.report}.json`)));
    if (code !== 0) break;
  }
  if (chosen.some(({ report }) => report !== undefined)) process.stdout.write(`\n${formatSum(counts, code)}\n`);
  return code;
}

// Ctrl-C reaches the step's own processes; this one waits for them, to clean up.
process.on('SIGINT', () => {});
process.exitCode = await runSteps(process.argv.slice(2));
rmSync(reports, { recursive: true, force: true });
