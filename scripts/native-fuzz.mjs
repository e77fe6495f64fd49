// `npm run fuzz -- 180`: feeds the receiving side of the native datapath what libFuzzer finds, for so many seconds (60). It
// needs clang with its runtime and the headers of OpenSSL: `apt-get install clang libclang-rt-14-dev libssl-dev` on Debian 12.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findHeaders } from './prepare/native-datapath.mjs';
import { runProgram } from './test/run-program.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const native = path.join(root, 'packages/datapath/native');
/** What was found stays for the next time. */
const folder = path.join(root, 'node_modules', '.cache', 'rivero', 'native-fuzz');
const corpus = path.join(folder, 'corpus');
const seconds = Number(process.argv[2] ?? 60);

mkdirSync(corpus, { recursive: true });
// Long ones to begin with: by itself it comes to them late.
for (let i = 0; i < 32; i++) writeFileSync(path.join(corpus, `start-${i}`), randomBytes(128 * (i + 1)));
const program = path.join(folder, 'receive-fuzz');
const sources = readdirSync(path.join(native, 'src'))
  .filter((name) => name.endsWith('.cc') && !name.endsWith('addon.cc'))
  .map((name) => path.join(native, 'src', name));
const inputs = [path.join(native, 'fuzz/receive-fuzz.cc'), path.join(native, 'test/fake-kernel.cc'), ...sources];
const flags = ['-std=c++20', '-g', '-O1', '-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=undefined'];
const folders = ['-I', path.join(native, 'src'), '-I', path.join(native, 'test')];
// For uv.h alone: OpenSSL is the system's here.
const loop = ['-idirafter', path.join(findHeaders(root) ?? '/usr', 'include/node')];
const build = [...flags, ...folders, ...loop, ...inputs, '-lcrypto', '-o', program];
const limits = [
  `-max_total_time=${seconds}`,
  '-max_len=8192',
  '-len_control=0',
  '-rss_limit_mb=4096',
  '-print_final_stats=1',
];
const isRight =
  (await runProgram('clang++', build, { cwd: folder })) &&
  (await runProgram(program, [...limits, corpus], { cwd: folder }));
process.exitCode = isRight ? 0 : 1;
