import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  askToMuteRequestSchema,
  chatLengthMax,
  emptyRequestSchema,
  hostTokenLengthMax,
  joinRequestSchema,
  lockRoomRequestSchema,
  messageBytesMax,
  nameLengthMax,
  negotiateRequestSchema,
  offerLengthMax,
  participantRequestSchema,
  reactRequestSchema,
  resumeRequestSchema,
  roomIdLengthMax,
  sendChatRequestSchema,
  setHandRequestSchema,
  setMutedRequestSchema,
  setReceivedRequestSchema,
  setRelayOnlyRequestSchema,
  setSentRequestSchema,
  tracksMax,
} from './index.ts';

const track = { mid: '0', trackId: 'a', source: 'camera', muted: false };

describe('join', () => {
  it.each(['a', 'Room-1', '0._~-', 'x'.repeat(roomIdLengthMax)])('takes the room %s', (room) => {
    expect(joinRequestSchema.safeParse({ room, name: 'Ann' }).success).toBe(true);
  });

  it.each(['', ' ', 'a b', 'a/b', '.', '..', 'ä', '%41', 'a\n', 'x'.repeat(roomIdLengthMax + 1)])(
    'refuses the room %j',
    (room) => {
      expect(joinRequestSchema.safeParse({ room, name: 'Ann' }).success).toBe(false);
    },
  );

  it('trims names', () => {
    expect(joinRequestSchema.parse({ room: 'a', name: '  李雷 ' }).name).toBe('李雷');
  });

  it('takes two spellings of one name for the same', () => {
    expect(joinRequestSchema.parse({ room: 'a', name: 'Ame\u0301lie' }).name).toBe('Am\u00e9lie');
  });

  it.each([
    'x'.repeat(nameLengthMax),
    'e\u0301'.repeat(nameLengthMax),
    'Ann \u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    '\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}',
    '\u2764\ufe0f',
    '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645',
    '\u05d0\u05d1',
  ])('takes the name %j', (name) => {
    expect(joinRequestSchema.parse({ room: 'a', name }).name).toBe(name.normalize('NFC'));
  });

  it.each([
    '',
    '   ',
    'a\u0000b',
    'a\nb',
    'a\u0085b',
    'a\u2028b',
    'a\ud800b',
    'nnA\u202e',
    'a\u202ab',
    'a\u2066b\u2069',
    '\u200b',
    '\u200d\ufe0f',
    '\u3164',
    '\u2800',
    '\u00ad \u2060',
    'x'.repeat(nameLengthMax + 1),
  ])('refuses the name %j', (name) => {
    expect(joinRequestSchema.safeParse({ room: 'a', name }).success).toBe(false);
  });

  it('drops what it does not know', () => {
    const parsed = joinRequestSchema.parse({ room: 'a', name: 'Ann', admin: true });
    expect(parsed).toEqual({ room: 'a', name: 'Ann' });
  });
});

describe('a host token', () => {
  it(`may be left out, and has ${hostTokenLengthMax} units at most`, () => {
    const join = (hostToken?: unknown): boolean =>
      joinRequestSchema.safeParse({ room: 'a', name: 'Ann', hostToken }).success;
    expect([join(), join(''), join('x'.repeat(hostTokenLengthMax))]).toEqual([true, true, true]);
    expect([join(null), join(7), join('x'.repeat(hostTokenLengthMax + 1))]).toEqual([false, false, false]);
  });
});

describe('chat', () => {
  const textOf = (text: unknown): string | undefined => sendChatRequestSchema.safeParse({ text }).data?.text;

  it.each([
    ['  Hello ', 'Hello'],
    ['one\n\n\ttwo', 'one\n\n\ttwo'],
    ['Ame\u0301lie', 'Am\u00e9lie'],
    ['\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}'],
    ['\u05e9\u05dc\u05d5\u05dd', '\u05e9\u05dc\u05d5\u05dd'],
    ['<b>&amp;</b>', '<b>&amp;</b>'],
    ['x'.repeat(chatLengthMax), 'x'.repeat(chatLengthMax)],
    [`  ${'x'.repeat(chatLengthMax)}\n`, 'x'.repeat(chatLengthMax)],
  ])('takes %j', (text, taken) => {
    expect(textOf(text)).toBe(taken);
  });

  it.each([
    '',
    ' \n\t ',
    '\u200b',
    'a\rb',
    'a\u0000b',
    'a\u007fb',
    'a\u2028b',
    'a\ud800b',
    'a\u202eb',
    'a\u2067b',
    'x'.repeat(chatLengthMax + 1),
    7,
  ])('refuses %j', (text) => {
    expect(textOf(text)).toBeUndefined();
  });
});

describe('text that is brought into one spelling', () => {
  const schemas = [
    ['a name', nameLengthMax, (name: string) => joinRequestSchema.safeParse({ room: 'a', name }).success],
    ['a chat message', chatLengthMax, (text: string) => sendChatRequestSchema.safeParse({ text }).success],
  ] as const;

  it.each(schemas)('%s may be written with twice as many units as it has then', (_what, lengthMax, isTaken) => {
    expect(isTaken(` ${'e\u0301'.repeat(lengthMax)} `)).toBe(true);
    expect(isTaken(`${'e\u0301'.repeat(lengthMax)}x`)).toBe(false);
  });

  it.each(schemas)('%s is not longer than its limit in that spelling either', (_what, lengthMax, isTaken) => {
    expect(isTaken('\u0958'.repeat(lengthMax / 2))).toBe(true);
    expect(isTaken('\u0958'.repeat(lengthMax / 2 + 1))).toBe(false);
  });

  it.each(schemas)(
    '%s that is too long is never spelled anew, which takes its length squared',
    (_what, max, isTaken) => {
      const spell = vi.spyOn(String.prototype, 'normalize');
      try {
        expect(isTaken('\u0315\u0316'.repeat(max + 1))).toBe(false);
        expect(spell).not.toHaveBeenCalled();
      } finally {
        spell.mockRestore();
      }
    },
  );
});

describe('negotiate', () => {
  const request = (tracks: readonly unknown[], offer = 'v=0') => ({ offer, tracks, fresh: true });

  it('takes an offer with and without tracks', () => {
    expect(negotiateRequestSchema.safeParse(request([])).success).toBe(true);
    expect(negotiateRequestSchema.safeParse(request([track])).success).toBe(true);
  });

  it('refuses two tracks of one name, and two in one section', () => {
    expect(negotiateRequestSchema.safeParse(request([track, { ...track, mid: '1' }])).success).toBe(false);
    expect(negotiateRequestSchema.safeParse(request([track, { ...track, trackId: 'b' }])).success).toBe(false);
    expect(negotiateRequestSchema.safeParse(request([track, { ...track, trackId: 'b', mid: '1' }])).success).toBe(true);
  });

  it(`takes ${tracksMax} tracks and refuses one more`, () => {
    const tracks = Array.from({ length: tracksMax + 1 }, (_, i) => ({ ...track, mid: `${i}`, trackId: `${i}` }));
    expect(negotiateRequestSchema.safeParse(request(tracks.slice(1))).success).toBe(true);
    expect(negotiateRequestSchema.safeParse(request(tracks)).success).toBe(false);
  });

  it('takes the longest offer, which fits into a message, and refuses a longer one', () => {
    const longest = 'v=0\r\n'.padEnd(offerLengthMax, 'a=x\r\n');
    expect(negotiateRequestSchema.safeParse(request([], longest)).success).toBe(true);
    expect(JSON.stringify(request([], longest)).length).toBeLessThan(messageBytesMax);
    expect(negotiateRequestSchema.safeParse(request([], `${longest}\n`)).success).toBe(false);
  });

  it.each([
    { ...track, source: 'desktop' },
    { ...track, mid: '' },
    { ...track, mid: 'a b' },
    { ...track, muted: 1 },
  ])('refuses the track %j', (odd) => {
    expect(negotiateRequestSchema.safeParse(request([odd])).success).toBe(false);
  });
});

describe('every request', () => {
  it.each([
    ['join', joinRequestSchema],
    ['resume', resumeRequestSchema],
    ['negotiate', negotiateRequestSchema],
    ['set-muted', setMutedRequestSchema],
    ['send-chat', sendChatRequestSchema],
    ['react', reactRequestSchema],
    ['set-hand', setHandRequestSchema],
    ['lock-room', lockRoomRequestSchema],
    ['set-relay-only', setRelayOnlyRequestSchema],
    ['remove-participant', participantRequestSchema],
    ['ask-to-mute', askToMuteRequestSchema],
    ['set-received', setReceivedRequestSchema],
    ['set-sent', setSentRequestSchema],
    ['leave, ice-servers, lower-all-hands, end-room', emptyRequestSchema],
  ])('%s survives any value', (_name, schema) => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = schema.safeParse(value);
        if (!parsed.success) expect(parsed.error.issues.length).toBeGreaterThan(0);
      }),
    );
  });
});
