import { readdirSync } from 'node:fs';
import path from 'node:path';
import { findHeaders } from '../prepare/native-datapath.mjs';

/** Those that the units in C++ are about; the others need a kernel, OpenSSL or Node. */
const tested = ['socket-group', 'socket-table', 'srtp-receiver', 'srtp-sender', 'udp-socket'];

/** What a C++ compiler is told for the sources in a folder of the native datapath. */
export function compileWords(root) {
  const native = path.join(root, 'packages/datapath/native');
  const warnings = ['-Wall', '-Wextra', '-Wshadow', '-Wconversion', '-Werror'];
  const folders = ['-I', path.join(findHeaders(root), 'include/node'), '-I', path.join(native, 'src')];
  return ['-std=c++20', ...warnings, ...folders];
}

/** The files of the program that tests the units. */
export function unitFiles(root) {
  const native = path.join(root, 'packages/datapath/native');
  const tests = readdirSync(path.join(native, 'test')).filter((name) => name.endsWith('.cc'));
  return [
    ...tests.map((name) => path.join(native, 'test', name)),
    ...tested.map((name) => path.join(native, 'src', `${name}.cc`)),
  ];
}
