import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CodedError } from '@rivero/core';
import { nearest } from './nearest.ts';
import { type SettingName, settingNames } from './settings.ts';
import type { WrittenValue } from './setting.ts';

/** The file that is read when none is named, if it is in the working folder. */
export const standardConfigFile = 'rivero.json';

/** What a settings file says. */
export interface ConfigFile {
  readonly path: string;
  readonly values: ReadonlyMap<SettingName, WrittenValue>;
}

/** Reads a JSON object of settings. A file that was named must exist; the standard one may be missing. */
export function readConfigFile(named: string | undefined, folder: string): ConfigFile | undefined {
  const file = path.resolve(folder, named ?? standardConfigFile);
  const text = readText(file, named !== undefined);
  return text === undefined ? undefined : { path: file, values: parseValues(text, file) };
}

function readText(file: string, mustExist: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (cause === 'ENOENT' && !mustExist) return undefined;
    throw new CodedError(
      'config-file-unreadable',
      `The settings file ${file} cannot be read (${cause}); name another one with --config or RIVERO_CONFIG.`,
      { file, cause },
    );
  }
}

function parseValues(text: string, file: string): ReadonlyMap<SettingName, WrittenValue> {
  const values = new Map<SettingName, WrittenValue>();
  for (const [key, value] of Object.entries(parseObject(text, file))) {
    const name = settingNames.find((candidate) => candidate === key);
    if (name === undefined) throw keyUnknown(key, file);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw fileInvalid(file, `${key} must be a text, a number, true or false`);
    }
    if (value !== '') values.set(name, value);
  }
  return values;
}

function parseObject(text: string, file: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const cause = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error);
    throw fileInvalid(file, `it is not JSON: ${cause}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw fileInvalid(file, 'it must be one JSON object, such as {"httpPort": 8080}');
  }
  return parsed;
}

function keyUnknown(key: string, file: string): CodedError {
  const meant = nearest(key, settingNames);
  const hint = meant === undefined ? 'See docs/config.md.' : `Did you mean ${meant}?`;
  return new CodedError('config-unknown-setting', `There is no setting ${JSON.stringify(key)} (in ${file}). ${hint}`, {
    key,
    file,
  });
}

function fileInvalid(file: string, what: string): CodedError {
  return new CodedError('config-file-invalid', `The settings file ${file} is wrong: ${what}.`, { file });
}
