import { CodedError } from '@rivero/core';
import { Fields, type FieldValues } from './fields.ts';
import { descriptionLengthMax, linesMax, sectionsMax } from './limits.ts';

/** What a line says, under its key: the value itself, or an object of several. */
interface LineForm {
  readonly key: string;
  /** A line may come several times, and its values are a list; of others the last one counts. */
  readonly isList: boolean;
  readonly pattern: RegExp;
  /** Of the pattern's groups; left out: the first one is the value itself. */
  readonly names?: readonly string[];
}

function value(key: string, pattern: RegExp): LineForm {
  return { key, isList: false, pattern };
}

function fields(key: string, pattern: RegExp, ...names: readonly string[]): LineForm {
  return { key, isList: false, pattern, names };
}

function listOf(key: string, pattern: RegExp, ...names: readonly string[]): LineForm {
  return names.length === 0 ? { key, isList: true, pattern } : { key, isList: true, pattern, names };
}

const word = /^(\S*)/;
const wholeLine = /^(.*)/;

/** Lines other than a= (RFC 8866 section 5). */
const typeForms: ReadonlyMap<string, LineForm> = new Map([
  ['o', fields('origin', /^\S* (\d*) (\d*) \S* IP\d \S*/, 'sessionId', 'sessionVersion')],
  ['c', fields('connection', /^IN IP\d (\S*)/, 'ip')],
  ['b', listOf('bandwidth', /^(\w+):(\d*)/, 'type', 'limit')],
]);

/** Kind, port, protocol and formats of an m= line. */
const mediaPattern = /^(\w*) (\d*) ([\w/]*)(?: (.*))?/;

/** Attributes with a value, by their names. */
const attributeForms: ReadonlyMap<string, LineForm> = new Map([
  ['rtpmap', listOf('rtp', /^(\d*) ([\w.-]*)(?:\s*\/(\d*)(?:\s*\/(\S*))?)?/, 'payload', 'codec', 'rate', 'encoding')],
  ['fmtp', listOf('fmtp', /^(\d*) (.*)/, 'payload', 'config')],
  ['rtcp-fb', listOf('rtcpFb', /^(\*|\d*) +(?!trr-int \d)([\w-]+)(?: ([\w-]*))?/, 'payload', 'type', 'subtype')],
  ['extmap', listOf('ext', /^(\d+)(?:\/\w+)?(?: (urn:ietf:params:rtp-hdrext:encrypt))? (\S*)/, 'id', 'encrypt', 'uri')],
  ['ssrc', listOf('ssrcs', /^(\d*) ([\w-]*)(?::(.*))?/, 'id', 'attribute', 'value')],
  ['ssrc-group', listOf('ssrcGroups', /^(\S*) (.*)/, 'semantics', 'ssrcs')],
  ['rid', listOf('rids', /^(\w+) (\w+)/, 'id', 'direction')],
  ['msid', listOf('msid', /^([\w-]+)(?: ([\w-]+))?/, 'id', 'appdata')],
  ['group', listOf('groups', /^(\w*) (.*)/, 'type', 'mids')],
  ['rtcp', fields('rtcp', /^(\d*)(?: \S* IP\d (\S*))?/, 'port', 'address')],
  ['mid', value('mid', word)],
  ['setup', value('setup', /^(\w*)/)],
  ['ice-ufrag', value('iceUfrag', word)],
  ['ice-pwd', value('icePwd', word)],
  ['fingerprint', listOf('fingerprints', wholeLine)],
  ['candidate', listOf('candidates', wholeLine)],
  ['crypto', listOf('cryptos', wholeLine)],
]);

/** The key of each attribute without a value; what it says is its name. */
const flagKeys: ReadonlyMap<string, string> = new Map([
  ['sendrecv', 'direction'],
  ['sendonly', 'direction'],
  ['recvonly', 'direction'],
  ['inactive', 'direction'],
  ['ice-lite', 'icelite'],
  ['rtcp-mux', 'rtcpMux'],
  ['rtcp-rsize', 'rtcpRsize'],
  ['bundle-only', 'bundleOnly'],
  ['end-of-candidates', 'endOfCandidates'],
]);

/**
 * The lines that we read of a session description, as texts under their names; sections are under `media`. Lines that are not of the form
 * that they should have are passed over, as are unknown ones.
 */
export function readLines(text: string): Fields {
  const session: FieldValues = {};
  const media: FieldValues[] = [];
  let place = session;
  for (const line of linesOf(text)) {
    if (line[1] !== '=') continue;
    if (line[0] === 'a') {
      readAttribute(line, place);
    } else if (line[0] === 'm') {
      if (media.length === sectionsMax) throw tooLarge(sectionsMax, 'sections');
      place = sectionOf(line.slice(2));
      media.push(place);
    } else {
      const form = typeForms.get(line[0]);
      if (form !== undefined) keep(form, line.slice(2), place);
    }
  }
  session['media'] = media;
  return new Fields(session, { name: 'the session' });
}

/** Whatever ends them, and no more than that. */
function linesOf(text: string): readonly string[] {
  if (text.length > descriptionLengthMax) throw tooLarge(descriptionLengthMax, 'characters');
  const lines = text.split(/\r\n|\r|\n/, linesMax + 2);
  if (lines.length > linesMax + 1) throw tooLarge(linesMax, 'lines');
  return lines;
}

function tooLarge(max: number, what: string): CodedError {
  return new CodedError('sdp-too-large', `A session description has at most ${max} ${what}.`);
}

function sectionOf(text: string): FieldValues {
  const match = mediaPattern.exec(text);
  if (match === null) return {};
  const [, type, port, protocol, payloads] = match;
  return { type, port, protocol, payloads };
}

function readAttribute(line: string, place: FieldValues): void {
  const colon = line.indexOf(':');
  if (colon === -1) {
    const name = line.slice(2).trimEnd();
    const key = flagKeys.get(name);
    if (key !== undefined) place[key] = name;
    return;
  }
  const form = attributeForms.get(line.slice(2, colon));
  if (form !== undefined) keep(form, line.slice(colon + 1), place);
}

function keep({ key, isList, pattern, names }: LineForm, text: string, place: FieldValues): void {
  const match = pattern.exec(text);
  if (match === null) return;
  if (names === undefined) {
    if (isList) listIn<string>(place, key).push(match[1]);
    else place[key] = match[1];
  } else if (isList) {
    listIn<FieldValues>(place, key).push(named(names, match));
  } else {
    place[key] = named(names, match);
  }
}

function named(names: readonly string[], match: RegExpExecArray): FieldValues {
  const values: FieldValues = {};
  for (let i = 0; i < names.length; i++) values[names[i]] = match[i + 1];
  return values;
}

/** No other form has this key, so that its values are of one kind. */
function listIn<Value extends string | FieldValues>(place: FieldValues, key: string): Value[] {
  const list = (place[key] ??= []);
  return list as Value[];
}
