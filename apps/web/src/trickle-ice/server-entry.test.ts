import { describe, expect, it } from 'vitest';
import { readEntry, type ServerEntry, usernameBytesMax } from './server-entry.ts';

const turn: ServerEntry = { url: 'turn:turn.example', username: 'ann', credential: ' secret ' };

describe('a server that was typed', () => {
  it('is asked with its credentials as they are, spaces among them', () => {
    expect(readEntry(turn)).toMatchObject({
      type: 'right',
      server: { url: { text: 'turn:turn.example' }, username: 'ann', credential: ' secret ' },
    });
  });

  it('of STUN is asked without', () => {
    expect(readEntry({ ...turn, url: ' STUN:stun.example' })).toMatchObject({
      type: 'right',
      server: { url: { text: 'stun:stun.example' }, username: '', credential: '' },
    });
  });

  it('has all that is wrong with it told at once', () => {
    expect(readEntry({ url: 'turn.example', username: '', credential: '' })).toEqual({
      type: 'wrong',
      faults: {
        url: { problem: 'scheme', nearest: 'turn:turn.example' },
        username: 'missing',
        credential: 'missing',
      },
    });
    expect(readEntry({ url: ' ', username: '', credential: '' })).toEqual({
      type: 'wrong',
      faults: { url: { problem: 'empty', nearest: undefined }, username: undefined, credential: undefined },
    });
    expect(readEntry({ ...turn, credential: '' })).toEqual({
      type: 'wrong',
      faults: { url: undefined, username: undefined, credential: 'missing' },
    });
    expect(readEntry({ url: 'stuns:stun.example', username: '', credential: '' })).toEqual({
      type: 'wrong',
      faults: { url: { problem: 'stuns', nearest: 'stun:stun.example' }, username: undefined, credential: undefined },
    });
  });

  it(`has a name of ${usernameBytesMax} bytes at most`, () => {
    expect(readEntry({ ...turn, username: 'é'.repeat(usernameBytesMax / 2) }).type).toBe('right');
    expect(readEntry({ ...turn, username: `${'é'.repeat(usernameBytesMax / 2)}x` })).toMatchObject({
      faults: { username: 'too-long' },
    });
  });
});
