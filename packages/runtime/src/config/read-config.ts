import path from 'node:path';
import { CodedError } from '@rivero/core';
import type { CommandLine } from './command-line.ts';
import { checkTogether } from './check-together.ts';
import { readConfigFile } from './config-file.ts';
import { nearest } from './nearest.ts';
import { type Config, environmentName, flagName, type SettingName, settingNames, settings } from './settings.ts';
import type { Setting, Surroundings, WrittenValue } from './setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigSources {
  readonly commandLine: CommandLine;
  readonly environment: Environment;
  /** The working folder: relative paths of flags and environment start here. */
  readonly folder: string;
  readonly surroundings: Surroundings;
}

/** A value somewhere, and how that place calls it in a message. */
interface Written {
  readonly value: WrittenValue;
  readonly place: string;
  readonly folder: string;
}

const prefix = 'RIVERO_';

/**
 * Reads all settings: defaults < file < environment < flags. Frozen. Refuses unknown names and every wrong value, also
 * one that a stronger source overrides: `config-unknown-setting`, `config-bad-value`, `config-conflict`,
 * `config-file-unreadable`, `config-file-invalid`.
 */
export function readConfig(sources: ConfigSources): Config {
  const { commandLine, environment, folder } = sources;
  checkEnvironment(environment);
  const file = readConfigFile(commandLine.configFile ?? presentValue(environment, 'config'), folder);
  const config: Record<string, unknown> = {};
  for (const name of settingNames) {
    const setting: Setting<unknown> = settings[name];
    config[name] = resolveDefault(setting, sources);
    for (const written of writtenValues(name, file, sources)) {
      const value = setting.parse(written.value, written.folder);
      if (value === undefined) throw badValue(written, setting);
      config[name] = value;
    }
  }
  const complete = config as Config;
  checkTogether(complete);
  return deepFreeze(complete);
}

/** From the weakest to the strongest source. */
function writtenValues(
  name: SettingName,
  file: ReturnType<typeof readConfigFile>,
  { commandLine, environment, folder }: ConfigSources,
): readonly Written[] {
  const all: Written[] = [];
  const inFile = file?.values.get(name);
  if (file !== undefined && inFile !== undefined) {
    all.push({ value: inFile, place: `${name} in ${file.path}`, folder: path.dirname(file.path) });
  }
  const inEnvironment = presentValue(environment, name);
  if (inEnvironment !== undefined) all.push({ value: inEnvironment, place: environmentName(name), folder });
  const flag = commandLine.flags.get(name);
  if (flag !== undefined) all.push({ value: flag, place: flagName(name), folder });
  return all;
}

/** A default is read as if it had been written, so that relative folders become absolute. */
function resolveDefault(setting: Setting<unknown>, { surroundings, folder }: ConfigSources): unknown {
  const value = setting.default(surroundings);
  return typeof value === 'string' ? setting.parse(value, folder) : value;
}

/** An empty variable counts as not set. */
function presentValue(environment: Environment, name: SettingName | 'config'): string | undefined {
  const value = environment[environmentName(name)]?.trim();
  return value === '' ? undefined : value;
}

function checkEnvironment(environment: Environment): void {
  const known = [...settingNames.map((name) => environmentName(name)), environmentName('config')];
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(prefix) || known.includes(name)) continue;
    const meant = nearest(name, known);
    const hint = meant === undefined ? 'See npm start -- --help.' : `Did you mean ${meant}?`;
    throw new CodedError('config-unknown-setting', `There is no setting ${name}. ${hint}`, { variable: name });
  }
}

function badValue({ place, value }: Written, setting: Setting<unknown>): CodedError {
  const told = setting.isSecret === true ? 'wrong' : JSON.stringify(value);
  const objection = setting.objectTo?.(value) ?? `is ${told}; it must be ${setting.limit.en}`;
  return new CodedError('config-bad-value', `${place} ${objection}.`, { setting: place });
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
