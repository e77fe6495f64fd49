import { CodedError } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { local, offerNames, offers } from '../../test/sdp-offers.ts';
import {
  createAnswer,
  isAnswerable,
  parseSessionDescription,
  readRemoteTransport,
  type SectionAnswer,
  serializeSessionDescription,
  type SessionDescription,
} from './index.ts';

/** What was read; `undefined` for what was refused with a code and a sentence. Anything else is thrown on. */
function readOrRefuse(text: string): SessionDescription | undefined {
  try {
    const offer = parseSessionDescription(text);
    readRemoteTransport(offer);
    return offer;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    expect(error.code).toMatch(/^sdp-[a-z-]+$/);
    expect(error.message).toMatch(/[.)]$/);
    return undefined;
  }
}

/** Whatever can be read can be answered, and everybody can read the answer. */
function answerIt(offer: SessionDescription): void {
  const sections = offer.sections.map((section): SectionAnswer =>
    isAnswerable(section) ? { type: 'inactive' } : { type: 'reject' },
  );
  const answer = createAnswer(offer, { sessionId: '1', sessionVersion: 1, local, sections });
  const read = parseSessionDescription(serializeSessionDescription(answer));
  expect(read.sections.map(({ mid }) => mid)).toEqual(offer.sections.map(({ mid }) => mid));
  for (const number of numbersOf(read)) expect(Number.isInteger(number)).toBe(true);
}

function numbersOf(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersOf);
}

const name = fc.constantFrom(...offerNames);
const word = fc.oneof(
  fc.constantFrom(
    '0',
    '-1',
    '4294967296',
    '1e9',
    'NaN',
    '',
    ' ',
    ':',
    '=',
    '/',
    ';',
    '__proto__',
    'constructor',
    'é',
    '\0',
  ),
  fc.constantFrom(
    'a=mid:',
    'a=rtpmap:96 ',
    'm=video 9 UDP/TLS/RTP/SAVPF ',
    'a=ssrc-group:FID ',
    'a=fmtp:96 ',
    'a=rid:',
  ),
  fc.constantFrom('\r\n', '\n', '\r', '\u2028'),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
/** Where, how much is cut, and what comes instead. */
const edit = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 12 }), word);

function mutated(text: string, edits: readonly (readonly [number, number, string])[]): string {
  let out = text;
  for (const [where, length, instead] of edits) {
    const at = Math.floor(where * out.length);
    out = out.slice(0, at) + instead + out.slice(at + length);
  }
  return out;
}

describe('a description', () => {
  it('of random text is refused with a coded error, never another', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc.array(word).map((words) => words.join('')),
        ),
        (text) => {
          readOrRefuse(text);
          readOrRefuse(`v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n${text}`);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('with random edits is answered or refused with a coded error', () => {
    fc.assert(
      fc.property(name, fc.array(edit, { minLength: 1, maxLength: 6 }), (from, edits) => {
        const offer = readOrRefuse(mutated(offers[from], edits));
        if (offer !== undefined) answerIt(offer);
      }),
      { numRuns: 300 },
    );
  });

  it('with lines moved, doubled and left out is answered or refused with a coded error', () => {
    fc.assert(
      fc.property(name, fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { maxLength: 8 }), (from, moves) => {
        const lines = offers[from].split('\r\n');
        for (const [source, target, isKept] of moves) {
          const [line] = lines.slice(source % lines.length);
          if (!isKept) lines.splice(source % lines.length, 1);
          lines.splice(target % (lines.length + 1), 0, line);
        }
        const offer = readOrRefuse(lines.join('\r\n'));
        if (offer !== undefined) answerIt(offer);
      }),
      { numRuns: 200 },
    );
  });

  it.each(offerNames)('of %s, cut at any line, is read or refused with a coded error', (from) => {
    const lines = offers[from].split('\r\n');
    for (let count = 0; count < lines.length; count++) {
      const offer = readOrRefuse(lines.slice(0, count).join('\r\n'));
      if (offer !== undefined) answerIt(offer);
    }
  });

  it('with one line as long as a description can be is read all the same', () => {
    const heads = [
      'fmtp:111 ',
      'imageattr:96 send [',
      'simulcast:send ',
      'rid:',
      'ssrc-group:FID ',
      'fingerprint:',
      'candidate:',
    ];
    for (const head of [
      ...heads,
      'group:BUNDLE ',
      'extmap:',
      'rtpmap:',
      'mediaclk:id=',
      'floorid:',
      'source-filter:',
    ]) {
      for (const filling of ['a', ' ', '1 ', '[a] ', ';a=b', ':']) {
        const line = `a=${head}${filling.repeat(Math.floor(200_000 / filling.length))}`;
        readOrRefuse(offers['chromium156-room'].replace('a=mid:0', `${line}\r\na=mid:0`));
      }
    }
  });
});
