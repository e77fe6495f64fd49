// `npm run build:native`: builds the native datapath now, whatever became of it before.
import { fileURLToPath } from 'node:url';
import { buildNativeDatapath } from './prepare/native-datapath.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const problem = buildNativeDatapath(root, { again: true });
process.stdout.write(`rivero: the native datapath is ${problem === undefined ? 'built' : `not built: ${problem}`}\n`);
if (problem !== undefined) process.exitCode = 1;
