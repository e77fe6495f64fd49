import { CodedError } from '@rivero/core';
import type { LocalTransport } from '@rivero/protocol/sdp';
import { describe, expect, it } from 'vitest';
import {
  answerOf,
  directionsOf,
  Negotiating,
  offer,
  peer,
  receive,
  send,
  sentOf,
  server,
  stopping,
  track,
} from './negotiating.ts';

describe('later offers', () => {
  const first = [send('0', 'audio', 1), send('1', 'video', 2, 3)];

  it.each([
    ['that leave a section out', first.slice(0, 1)],
    ['that exchange sections', first.toReversed()],
    ['that rename a section', [first[0], send('9', 'video', 2, 3)]],
    ['that put a section in front', [receive('2'), ...first]],
  ])('%s are refused, and change nothing', (_, sections) => {
    const negotiating = new Negotiating();
    negotiating.step({ offer: offer(first) });
    expect(() => negotiating.negotiate({ offer: offer(sections) })).toThrow(
      expect.objectContaining({ name: 'CodedError', code: 'sdp-sections-moved' }),
    );
    expect(directionsOf(negotiating.step({ offer: offer(first), tracks: { 0: 'm' } }))).toEqual([
      '0 recvonly',
      '1 inactive',
    ]);
  });

  it('may add sections at the end', () => {
    const negotiating = new Negotiating();
    negotiating.step({ offer: offer(first) });
    const mids = answerOf(negotiating.step({ offer: offer([...first, receive('2')]) })).sections.map(({ mid }) => mid);
    expect(mids).toEqual(['0', '1', '2']);
  });

  it('may give the place of a rejected section to another mid (RFC 8829 5.2.2)', () => {
    const negotiating = new Negotiating();
    negotiating.step({ offer: offer(first) });
    negotiating.step({ offer: offer(first, { edit: stopping('1') }) });
    const wanted = [track('a')];
    expect(sentOf(negotiating.step({ offer: offer([first[0], receive('2')]), wanted }))).toEqual({ 2: 'a' });
    expect(() => negotiating.negotiate({ offer: offer([first[0], receive('3')]) })).toThrow(CodedError);
  });

  it('keep the place of a rejected section, at the end too', () => {
    const negotiating = new Negotiating();
    negotiating.step({ offer: offer(first) });
    negotiating.step({ offer: offer(first, { edit: stopping('1') }) });
    expect(() => negotiating.negotiate({ offer: offer(first.slice(0, 1)) })).toThrow(
      expect.objectContaining({ code: 'sdp-sections-moved' }),
    );
  });

  it('have answers of the same session with the next version (RFC 3264 8)', () => {
    const negotiating = new Negotiating();
    const versions = [1, 2, 3].map(() => answerOf(negotiating.step({ offer: offer(first) })));
    expect(versions.map(({ sessionVersion }) => sessionVersion)).toEqual([0, 1, 2]);
    expect(new Set(versions.map(({ sessionId }) => sessionId)).size).toBe(1);
  });

  it('restart ICE when they have another ufrag, and then ask for our new credentials', () => {
    const negotiating = new Negotiating();
    const restarts: boolean[] = [];
    const local = (isIceRestart: boolean): LocalTransport => {
      restarts.push(isIceRestart);
      return isIceRestart ? { ...server, ice: { ufrag: 'fresh', pwd: 'f'.repeat(24) } } : server;
    };
    const changed = { ...peer, ice: { ufrag: 'other', pwd: 'o'.repeat(22) } };
    negotiating.step({ offer: offer(first), local });
    negotiating.step({ offer: offer(first), local });
    const restart = negotiating.step({ offer: offer(first, { local: changed }), local });
    negotiating.step({ offer: offer(first, { local: changed }), local });
    expect(restarts).toEqual([false, false, true, false]);
    expect(restart).toMatchObject({ isIceRestart: true, remote: { ice: changed.ice } });
    expect(answerOf(restart).sections[0].ice?.ufrag).toBe('fresh');
  });

  it('change nothing before they are committed', () => {
    const negotiating = new Negotiating();
    const wanted = [track('a')];
    negotiating.negotiate({ offer: offer([receive('x')]), wanted });
    expect(negotiating.negotiator.sectionsNeeded(wanted)).toEqual({ offer: true, audio: 0, video: 1 });
    const negotiation = negotiating.step({ offer: offer([receive('0')]), wanted });
    expect(answerOf(negotiation).sessionVersion).toBe(0);
    expect(negotiation.isIceRestart).toBe(false);
  });
});

it.each([
  ['no description', 'hello', 'sdp-malformed'],
  ['without sections', offer([]), 'sdp-no-sections'],
  ['without a bundle', offer([receive('0')]).replace(/a=group.*\r\n/, ''), 'sdp-no-bundle'],
  ['of an ICE-lite peer', offer([receive('0')], { local: server }), 'sdp-ice-lite'],
  ['of more sections than are read', offer(Array.from({ length: 129 }, (_, i) => receive(String(i)))), 'sdp-too-large'],
])('refuses what is %s, with its code', (_, text, code) => {
  expect(() => new Negotiating().negotiate({ offer: text })).toThrow(
    expect.objectContaining({ name: 'CodedError', code }),
  );
});
