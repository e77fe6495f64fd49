import { isIP, isIPv4, isIPv6 } from 'node:net';
import path from 'node:path';
import { assert, isHostName, type PortRange } from '@rivero/core';
import { parseNetwork } from '../networks.ts';
import { findUnknownLogModule, type LogLevels, logModuleNames, parseLogLevels } from './log-levels.ts';
import { same, type Setting, type Text, type WrittenValue } from './setting.ts';

const portMax = 65_535;

/** A TCP or UDP port; 0 takes any free one. */
export function port(standard: number, sentence: Text): Setting<number> {
  return wholeNumber({ min: 0, max: portMax, standard, sentence });
}

/** A port, or `off` for a server that shall not run. */
export function portOrOff(standard: number | 'off', sentence: Text): Setting<number | 'off'> {
  return {
    ...defaultsTo<number | 'off'>(standard),
    limit: { en: `a whole number from 0 to ${portMax}, or off`, zh: `0 到 ${portMax} 的整数，或 off` },
    sentence,
    parse: (written) => (written === 'off' || written === false ? 'off' : parseWholeNumber(written, 0, portMax)),
  };
}

interface WholeNumberOptions {
  readonly min: number;
  readonly max: number;
  readonly standard: number;
  readonly sentence: Text;
}

export function wholeNumber({ min, max, standard, sentence }: WholeNumberOptions): Setting<number> {
  return {
    ...defaultsTo(standard),
    limit: { en: `a whole number from ${min} to ${max}`, zh: `${min} 到 ${max} 的整数` },
    sentence,
    parse: (written) => parseWholeNumber(written, min, max),
  };
}

/** `on` or `off`; true and false in the file. */
export function onOff(standard: boolean, sentence: Text): Setting<boolean> {
  return {
    default: () => standard,
    defaultText: same(standard ? 'on' : 'off'),
    limit: { en: 'on or off', zh: 'on 或 off' },
    sentence,
    parse: (written) => {
      if (written === true || written === 'on') return true;
      if (written === false || written === 'off') return false;
      return undefined;
    },
  };
}

/** One of some words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  standard: NoInfer<Word>,
  sentence: Text,
): Setting<Word> {
  const last = words.at(-1) ?? '';
  const others = words.slice(0, -1);
  return {
    ...defaultsTo<Word>(standard),
    limit: { en: `${others.join(', ')} or ${last}`, zh: `${others.join('、')} 或 ${last}` },
    sentence,
    // `off` may be written as false.
    parse: (written) => words.find((word) => word === (written === false ? 'off' : written)),
  };
}

/** A file or folder, made absolute. */
export function folder(standard: string, sentence: Text): Setting<string> {
  return {
    ...defaultsTo(standard),
    limit: { en: 'a folder', zh: '一个文件夹' },
    sentence,
    parse: parsePath,
  };
}

/** A file that may be left out. */
export function optionalFile(sentence: Text): Setting<string | undefined> {
  return { ...unset, limit: { en: 'a file', zh: '一个文件' }, sentence, parse: parsePath };
}

/** An IP address of one family that may be left out. */
export function optionalAddress(family: 'IPv4' | 'IPv6', sentence: Text): Setting<string | undefined> {
  const isAddress = family === 'IPv4' ? isIPv4 : isIPv6;
  return {
    ...unset,
    limit: { en: `an ${family} address`, zh: `一个 ${family} 地址` },
    sentence,
    parse: (written) => (typeof written === 'string' && isAddress(written) ? written : undefined),
  };
}

/** The address that servers bind to; undefined: every address of the machine. */
export function bindAddress(standard: 'every' | 'localhost', sentence: Text): Setting<string | undefined> {
  return {
    default: () => (standard === 'every' ? undefined : standard),
    defaultText: standard === 'every' ? { en: 'every address', zh: '所有地址' } : same(standard),
    limit: { en: 'an IP address of this machine, or localhost', zh: '本机的一个 IP 地址，或 localhost' },
    sentence,
    parse: (written) => {
      if (typeof written !== 'string') return undefined;
      return isIPv4(written) || isIPv6(written) || written === 'localhost' ? written : undefined;
    },
  };
}

/** Host names without ports; none: any. */
export function hostNames(sentence: Text): Setting<readonly string[]> {
  return {
    default: () => [],
    defaultText: { en: 'any', zh: '任意' },
    limit: { en: 'host names without ports, with commas between them', zh: '不带端口的主机名，以逗号分隔' },
    sentence,
    parse: (written) => {
      if (typeof written !== 'string') return undefined;
      const names = written.split(',').map((name) => name.trim().toLowerCase());
      return names.every((name) => isHostName(name)) ? names : undefined;
    },
  };
}

/** Addresses and networks in CIDR form; not set: the loopback addresses; `off`: none. */
export function networksOrOff(sentence: Text): Setting<readonly string[]> {
  return {
    default: () => ['127.0.0.0/8', '::1'],
    defaultText: same('127.0.0.0/8,::1'),
    limit: {
      en: 'IP addresses and networks such as 10.0.0.0/8, with commas between them, or off',
      zh: 'IP 地址和网段（如 10.0.0.0/8），以逗号分隔，或 off',
    },
    sentence,
    parse: (written) => (written === 'off' || written === false ? [] : parseList(written, isNetwork)),
  };
}

/** Addresses and networks in CIDR form. */
export function networks(unnamed: 'any' | 'none', sentence: Text): Setting<readonly string[]> {
  return {
    default: () => [],
    defaultText: { en: unnamed, zh: unnamed === 'any' ? '任意' : '无' },
    limit: {
      en: 'IP addresses or networks such as 10.0.0.0/8, with commas between them',
      zh: 'IP 地址或网段（如 10.0.0.0/8），以逗号分隔',
    },
    sentence,
    parse: (written) => parseList(written, isNetwork),
  };
}

/** Origins of web pages (RFC 6454): scheme, host and port. */
export function origins(sentence: Text): Setting<readonly string[]> {
  return {
    default: () => [],
    defaultText: { en: 'none', zh: '无' },
    limit: {
      en: 'origins such as https://example.org, with commas between them',
      zh: '网页来源（如 https://example.org），以逗号分隔',
    },
    sentence,
    parse: (written) => parseList(written, isOrigin),
  };
}

/** Addresses of this machine, one of each family at most; none: it is found out. */
export function addressOfEachFamily(sentence: Text): Setting<readonly string[]> {
  return {
    default: () => [],
    defaultText: { en: 'the first of each family', zh: '每种 IP 版本的第一个地址' },
    limit: {
      en: 'an IPv4 address, an IPv6 address, or both with a comma between them',
      zh: '一个 IPv4 地址、一个 IPv6 地址，或两者（以逗号分隔）',
    },
    sentence,
    parse: (written) => {
      const addresses = parseList(written, (text) => isIP(text) !== 0 && !text.includes('%'));
      return addresses !== undefined && isOneOfEachFamily(addresses) ? addresses : undefined;
    },
  };
}

/** The realm of a server (RFC 8489 section 9.2): printable, without quotes. */
export function realm(standard: string, sentence: Text): Setting<string> {
  return {
    ...defaultsTo(standard),
    limit: {
      en: '1 to 128 ASCII characters without quotes and backslashes',
      zh: '1 到 128 个 ASCII 字符，不含引号和反斜杠',
    },
    sentence,
    parse: (written) =>
      typeof written === 'string' && /^(?!.*["\\])[\x21-\x7e][\x20-\x7e]{0,127}$/.test(written) ? written : undefined,
  };
}

/** Somebody with a password. */
export interface NamedPassword {
  readonly username: string;
  readonly password: string;
}

/** Users that one setting may name. */
export const usersMax = 1_000;

/** Users with their passwords, which are never told back. */
export function users(sentence: Text): Setting<readonly NamedPassword[]> {
  return {
    default: () => [],
    defaultText: { en: 'none', zh: '无' },
    isSecret: true,
    limit: {
      en: `at most ${usersMax} of user:password, with commas between them; passwords of 6 characters and more`,
      zh: `最多 ${usersMax} 个“用户名:密码”，以逗号分隔；密码至少 6 个字符`,
    },
    sentence,
    parse: (written) => {
      if (typeof written !== 'string') return undefined;
      const pairs = written.split(',').map((text) => /^([^:\s]{1,128}):(\S{6,128})$/.exec(text.trim()));
      const named = pairs.flatMap((pair) => (pair === null ? [] : [{ username: pair[1], password: pair[2] }]));
      const names = new Set(named.map(({ username }) => username));
      return named.length === pairs.length && names.size === named.length && named.length <= usersMax
        ? named
        : undefined;
    },
  };
}

/** A text of at least 16 characters that may be left out. */
export function optionalSecret(sentence: Text): Setting<string | undefined> {
  return {
    ...unset,
    isSecret: true,
    limit: { en: 'a text of 16 to 256 letters, digits, - and _', zh: '16 到 256 个字母、数字、- 和 _' },
    sentence,
    parse: (written) => (typeof written === 'string' && /^[\w-]{16,256}$/.test(written) ? written : undefined),
  };
}

/** A secret that other servers have too, which may have other characters; one can be guessed from what it made. */
export function sharedSecret(sentence: Text): Setting<string | undefined> {
  return {
    ...unset,
    isSecret: true,
    limit: {
      en: 'a text of 16 to 256 ASCII characters without spaces',
      zh: '16 到 256 个 ASCII 字符，不含空格',
    },
    sentence,
    parse: (written) => (typeof written === 'string' && /^[\x21-\x7e]{16,256}$/.test(written) ? written : undefined),
  };
}

/** At least two ports, above the ones that only root may open. */
export function portRange(standard: string, sentence: Text): Setting<PortRange> {
  const range = parsePortRange(standard);
  assert(range !== undefined, 'the default is a range');
  return {
    default: () => range,
    defaultText: same(standard),
    limit: { en: 'two ports from 1024 to 65535, such as 20000-20999', zh: '1024 到 65535 的两个端口，如 20000-20999' },
    sentence,
    parse: (written) => (typeof written === 'string' ? parsePortRange(written) : undefined),
  };
}

function parsePortRange(text: string): PortRange | undefined {
  const match = /^(\d{4,5})-(\d{4,5})$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  return first >= 1024 && last > first && last <= portMax ? { first, last } : undefined;
}

export function logLevels(standard: string, sentence: Text): Setting<LogLevels> {
  return {
    default: () => ({ standard: 'info', modules: {} }),
    defaultText: same(standard),
    limit: {
      en: 'trace, debug, info, warn, error, fatal or silent, with module=level after commas',
      zh: 'trace、debug、info、warn、error、fatal 或 silent，逗号后可写 模块=级别',
    },
    sentence,
    parse: (written) => (typeof written === 'string' ? parseLogLevels(written) : undefined),
    objectTo: (written) => {
      const unknown = findUnknownLogModule(String(written));
      if (unknown === undefined) return undefined;
      const [last = '', ...others] = logModuleNames.toReversed();
      return `names ${JSON.stringify(unknown)}; the modules are ${others.toReversed().join(', ')} and ${last}`;
    },
  };
}

const unset = { default: () => undefined, defaultText: { en: 'not set', zh: '未设置' } };

function defaultsTo<Value extends string | number>(
  value: Value,
): { readonly default: () => Value; readonly defaultText: Text } {
  return { default: () => value, defaultText: same(String(value)) };
}

function parseWholeNumber(written: WrittenValue, min: number, max: number): number | undefined {
  if (typeof written === 'boolean') return undefined;
  if (typeof written === 'string' && !/^\d{1,15}$/.test(written)) return undefined;
  const value = Number(written);
  return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
}

function parseList(written: WrittenValue, isRight: (text: string) => boolean): readonly string[] | undefined {
  if (typeof written !== 'string') return undefined;
  const texts = written.split(',').map((text) => text.trim());
  return texts.every(isRight) ? texts : undefined;
}

function isNetwork(text: string): boolean {
  return parseNetwork(text) !== undefined;
}

function isOneOfEachFamily(addresses: readonly string[]): boolean {
  return new Set(addresses.map((text) => isIP(text))).size === addresses.length;
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text);
}

function parsePath(written: WrittenValue, folder: string): string | undefined {
  if (typeof written !== 'string' || written.includes('\0')) return undefined;
  return path.resolve(folder, written);
}
