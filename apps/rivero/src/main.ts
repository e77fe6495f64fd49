#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { inspect } from 'node:util';
import { CodedError, milliseconds } from '@rivero/core';
import {
  type CommandLine,
  formatHelp,
  openLogs,
  parseCommandLine,
  readConfig,
  Shutdown,
  waitForStopSignal,
} from '@rivero/runtime';
import { formatAddresses } from './addresses.ts';
import { runBenchmarks } from './bench.ts';
import { startAll } from './composition.ts';

const version = String(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version);

async function main(): Promise<number> {
  const commandLine = parseCommandLine(process.argv.slice(2));
  if (commandLine.command === 'help') {
    process.stdout.write(formatHelp(/^zh/i.test(process.env['LC_ALL'] ?? process.env['LANG'] ?? '') ? 'zh' : 'en'));
    return 0;
  }
  if (commandLine.command === 'version') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (commandLine.command === 'bench') return runBenchmarks(commandLine.benchWords);
  return serve(commandLine);
}

async function serve(commandLine: CommandLine): Promise<number> {
  const config = readConfig({
    commandLine,
    environment: process.env,
    folder: process.cwd(),
    surroundings: { cores: availableParallelism() },
  });
  const { isTTY } = process.stderr;
  const logs = openLogs({
    levels: config.log,
    output: process.stderr,
    format: isTTY ? 'lines' : 'json',
    colour: isTTY && process.env['NO_COLOR'] === undefined,
  });
  const log = logs.module('rivero');
  const shutdown = new Shutdown(log);
  const signal = waitForStopSignal(process, {
    onSecond: (second) => process.exit(second === 'SIGINT' ? 130 : 143),
    now: () => milliseconds(performance.now()),
  });
  // One operation failed and nobody looked: a bug, but no reason to end everybody's calls.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a failure that nothing handled'));
  const started = startAll({ config, logs, version, shutdown });
  const reachable = await Promise.race([started, signal]);
  if (typeof reachable !== 'string') {
    process.stdout.write(formatAddresses(reachable));
    const { datapath, twinReason } = reachable;
    log.info({ pid: process.pid, ms: Math.round(performance.now()), datapath, twinReason }, 'started');
    process.on('SIGUSR2', () => {
      log.info('replacing the media workers');
      reachable
        .replaceMediaWorkers()
        .catch((error) => log.error({ err: error }, 'the media workers were not replaced'));
    });
    await signal;
  }
  log.info({ signal: await signal }, 'stopping');
  const isClean = await shutdown.stop();
  log.info('stopped');
  return isClean ? 0 : 1;
}

// A reader that went away (a closed pipe) does not end a server.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  process.exit(await main());
} catch (error) {
  const text = error instanceof CodedError ? `rivero: ${error.message} (${error.code})` : inspect(error);
  process.stderr.write(`${text}\n`, () => process.exit(1));
}
