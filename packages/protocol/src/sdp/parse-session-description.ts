import { CodedError } from '@rivero/core';
import sdpTransform from 'sdp-transform';
import { type AttributeLines, readAttributeLines } from './attribute-lines.ts';
import { Fields, malformed } from './fields.ts';
import {
  descriptionLengthMax,
  extensionsMax,
  linesMax,
  midLengthMax,
  ridsMax,
  sectionsMax,
  ssrcGroupsMax,
  ssrcsMax,
} from './limits.ts';
import { isAddressedProtocol, parseAddresses } from './parse-addresses.ts';
import { parseBandwidth } from './parse-bandwidth.ts';
import { parseCandidates } from './parse-candidates.ts';
import { parseCodecs } from './parse-codecs.ts';
import { parseCryptoLines } from './parse-crypto-lines.ts';
import { parseFingerprints } from './parse-fingerprints.ts';
import type {
  Direction,
  HeaderExtension,
  MediaSection,
  Msid,
  SessionDescription,
  Setup,
  SsrcGroup,
} from './session-description.ts';

export interface ParseOptions {
  /** Sections may lack a=mid, as those of programs that know no bundle do; then it is empty. */
  readonly isMidOptional?: boolean;
}

/** Reads a session description (RFC 8866); what is no such thing is refused with a coded error. */
export function parseSessionDescription(text: string, options: ParseOptions = {}): SessionDescription {
  checkSize(text);
  if (!text.startsWith('v=0')) throw malformed('it does not begin with v=0');
  let parsed: unknown;
  try {
    parsed = sdpTransform.parse(text);
  } catch {
    throw malformed('it cannot be read');
  }
  const session = new Fields(parsed, { name: 'the session' });
  const origin = session.object('origin');
  if (origin === undefined) throw malformed('the o= line is missing');
  const bundle = session.list('groups', sectionsMax).find((group) => group.text('type') === 'BUNDLE');
  const [own, ...lines] = readAttributeLines(text, ['fingerprint', 'candidate', 'crypto']);
  const sections = session.list('media', sectionsMax).map((media, i) => {
    const mid = options.isMidOptional === true && !media.has('mid') ? '' : parseMid(media);
    const { fingerprint, candidate, crypto } = lines.at(i) ?? noLines;
    return parseSection(mid, media, session, { fingerprint: [...fingerprint, ...own.fingerprint], candidate, crypto });
  });
  const mids = sections.map(({ mid }) => mid).filter((mid) => mid !== '');
  if (new Set(mids).size !== mids.length) throw malformed('two sections have the same mid');
  return {
    sessionId: origin.text('sessionId') ?? '0',
    sessionVersion: Number(origin.text('sessionVersion') ?? 0),
    iceLite: session.has('icelite'),
    bundle: bundle?.text('mids')?.split(' ').filter(Boolean) ?? [],
    sections,
  };
}

function tooLarge(max: number, what: string): CodedError {
  return new CodedError('sdp-too-large', `A session description has at most ${max} ${what}.`);
}

/** Comes before all else: the text layer tries dozens of expressions on each line. */
function checkSize(text: string): void {
  if (text.length > descriptionLengthMax) throw tooLarge(descriptionLengthMax, 'characters');
  let lines = 0;
  let sections = 0;
  for (const { 0: end, index } of text.matchAll(/\r\n|\r|\n/g)) {
    lines += 1;
    if (lines > linesMax) throw tooLarge(linesMax, 'lines');
    if (text.startsWith('m=', index + end.length)) sections += 1;
  }
  if (sections > sectionsMax) throw tooLarge(sectionsMax, 'sections');
}

/** A token (RFC 8866 section 9): what a=mid consists of. */
const token = /^[!#$%&'*+.^_`{|}~A-Za-z0-9-]+$/;

function parseMid(media: Fields): string {
  const mid = media.text('mid');
  if (mid === undefined || mid.length > midLengthMax || !token.test(mid)) {
    throw new CodedError(
      'sdp-no-mid',
      `Every section needs a=mid, a token of at most ${midLengthMax} characters; use a current browser.`,
    );
  }
  return mid;
}

/** Lines that are read from the text; fingerprints with those of the session. */
type SectionLines = AttributeLines<'fingerprint' | 'candidate' | 'crypto'>;

const noLines: SectionLines = { fingerprint: [], candidate: [], crypto: [] };

function parseSection(mid: string, media: Fields, session: Fields, lines: SectionLines): MediaSection {
  const isBundleOnly = media.has('bundleOnly');
  const ufrag = media.text('iceUfrag') ?? session.text('iceUfrag');
  const pwd = media.text('icePwd') ?? session.text('icePwd');
  const cname = media
    .list('ssrcs', ssrcsMax * 8)
    .find((line) => line.text('attribute') === 'cname')
    ?.text('value');
  const msid = parseMsid(media);
  const setup = parseSetup(media.text('setup') ?? session.text('setup'));
  const kind = media.requiredText('type');
  const protocol = media.requiredText('protocol');
  const bandwidth = parseBandwidth(media);
  return {
    kind,
    mid,
    isRejected: media.number('port', 65_535) === 0 && !isBundleOnly,
    protocol,
    formats: media.requiredText('payloads'),
    direction: parseDirection(media.text('direction') ?? session.text('direction')),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    codecs: parseCodecs(media),
    extensions: parseExtensions(media),
    ssrcs: parseSsrcs(media),
    ssrcGroups: parseSsrcGroups(media),
    ...(cname === undefined ? {} : { cname }),
    ...(msid === undefined ? {} : { msid }),
    rids: media
      .list('rids', ridsMax)
      .filter((rid) => rid.text('direction') === 'send')
      .map((rid) => rid.requiredText('id')),
    ...(ufrag === undefined || pwd === undefined ? {} : { ice: { ufrag, pwd } }),
    fingerprints: parseFingerprints(lines.fingerprint),
    ...(setup === undefined ? {} : { setup }),
    candidates: parseCandidates(lines.candidate),
    isEndOfCandidates: media.has('endOfCandidates'),
    rtcpMux: media.has('rtcpMux') || isBundleOnly,
    rtcpRsize: media.has('rtcpRsize'),
    ...(isAddressedProtocol(protocol) ? parseAddressed(media, session, lines) : {}),
  };
}

function parseAddressed(
  media: Fields,
  session: Fields,
  { crypto: lines }: SectionLines,
): Pick<MediaSection, 'addresses' | 'crypto'> {
  const addresses = parseAddresses(media, session);
  const crypto = parseCryptoLines(lines);
  return { ...(addresses === undefined ? {} : { addresses }), ...(crypto.length === 0 ? {} : { crypto }) };
}

function parseDirection(text: string | undefined): Direction {
  switch (text) {
    case undefined:
      return 'sendrecv';
    case 'sendrecv':
    case 'sendonly':
    case 'recvonly':
    case 'inactive':
      return text;
    default:
      throw malformed('a direction');
  }
}

function parseSetup(text: string | undefined): Setup | undefined {
  switch (text) {
    case undefined:
    case 'actpass':
    case 'active':
    case 'passive':
      return text;
    default:
      throw malformed('a=setup');
  }
}

function parseMsid(media: Fields): Msid | undefined {
  const [line] = media.list('msid', ssrcsMax);
  const stream = line?.text('id');
  return stream === undefined ? undefined : { stream, track: line?.text('appdata') ?? '' };
}

/** Encrypted header extensions (RFC 6904) are passed over: we read and write plain ones only. */
function parseExtensions(media: Fields): readonly HeaderExtension[] {
  return media
    .list('ext', extensionsMax)
    .filter((line) => !line.has('encrypt-uri'))
    .map((line) => ({ id: line.number('value', 255), uri: line.requiredText('uri') }));
}

function parseSsrcs(media: Fields): readonly number[] {
  const ssrcs = new Set(media.list('ssrcs', ssrcsMax * 8).map((line) => line.number('id', 0xffffffff)));
  if (ssrcs.size > ssrcsMax) throw new CodedError('sdp-too-large', `A section has at most ${ssrcsMax} SSRCs.`);
  return [...ssrcs];
}

function parseSsrc(text: string): number {
  const ssrc = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(ssrc <= 0xffffffff)) throw malformed('a=ssrc-group');
  return ssrc;
}

function parseSsrcGroups(media: Fields): readonly SsrcGroup[] {
  return media.list('ssrcGroups', ssrcGroupsMax).map((group) => ({
    semantics: group.requiredText('semantics'),
    ssrcs: group.requiredText('ssrcs').trim().split(/ +/).map(parseSsrc),
  }));
}
