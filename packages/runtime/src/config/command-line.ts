import { CodedError } from '@rivero/core';
import { nearest } from './nearest.ts';
import { flagName, type SettingName, settingNames } from './settings.ts';

/** What `rivero` was called with. */
export interface CommandLine {
  readonly command: 'serve' | 'bench' | 'help' | 'version';
  /** The file that `--config` names. */
  readonly configFile: string | undefined;
  readonly flags: ReadonlyMap<SettingName, string>;
  /** All that follows `bench`: the benchmarks know what it means. */
  readonly benchWords: readonly string[];
}

const commands = ['serve', 'bench', 'help', 'version'] as const;

/** Reads the words after `rivero`: a command, and flags as `--name value` or `--name=value`. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const settingByFlag = new Map<string, SettingName>(settingNames.map((name) => [flagName(name), name]));
  const flags = new Map<SettingName, string>();
  let command: CommandLine['command'] | undefined;
  let configFile: string | undefined;
  let at = 0;
  while (at < words.length) {
    const word = words[at++];
    if (word === '--help' || word === '-h') return { command: 'help', configFile, flags, benchWords: [] };
    if (word === '--version' || word === '-v') return { command: 'version', configFile, flags, benchWords: [] };
    if (!word.startsWith('-')) {
      if (command !== undefined) throw commandUnknown(word);
      command = commandNamed(word);
      if (command === 'bench') return { command, configFile, flags, benchWords: words.slice(at) };
      continue;
    }
    const equals = word.indexOf('=');
    const flag = equals === -1 ? word : word.slice(0, equals);
    if (flag === '--help' || flag === '--version') {
      throw new CodedError('config-bad-value', `${flag} takes no value.`, { flag });
    }
    const setting = settingByFlag.get(flag);
    if (setting === undefined && flag !== flagName('config')) throw flagUnknown(flag, [...settingByFlag.keys()]);
    const value = equals === -1 ? words[at++] : word.slice(equals + 1);
    if (value === undefined || value === '') {
      throw new CodedError('config-value-missing', `${flag} needs a value after it.`, { flag });
    }
    if (setting === undefined) configFile = value;
    else flags.set(setting, value);
  }
  return { command: command ?? 'serve', configFile, flags, benchWords: [] };
}

function commandNamed(word: string): CommandLine['command'] {
  for (const command of commands) if (command === word) return command;
  throw commandUnknown(word);
}

function commandUnknown(word: string): CodedError {
  const meant = nearest(word, commands);
  const hint = meant === undefined ? 'See npm start -- --help.' : `Did you mean ${meant}?`;
  return new CodedError('command-unknown', `There is no command ${JSON.stringify(word)}. ${hint}`, { command: word });
}

function flagUnknown(flag: string, known: readonly string[]): CodedError {
  const meant = nearest(flag, [...known, flagName('config'), '--help', '--version']);
  const hint = meant === undefined ? 'See npm start -- --help.' : `Did you mean ${meant}?`;
  return new CodedError('config-unknown-setting', `There is no flag ${flag}. ${hint}`, { flag });
}
