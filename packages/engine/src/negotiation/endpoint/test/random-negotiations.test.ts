import { CodedError } from '@rivero/core';
import { parseSessionDescription, type SessionDescription } from '@rivero/protocol/sdp';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EndpointNegotiation } from '../endpoint-negotiator.ts';
import { answerTo, Endpoint, recorded, sendrecv, textOf } from './endpoint-negotiating.ts';

const names = ['chromium156-room', 'chromium156-simulcast', 'firefox153-room', 'firefox153-simulcast', 'safari18-room'];
const texts = [...names.map((name) => sendrecv(recorded(name))), answerTo(new Endpoint().offer())];

/** Whatever is refused is refused with a code. */
function attempt<Answer>(action: () => Answer): Answer | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}

/** A description with lines left out, doubled, swapped and cut. */
const mutated = fc
  .record({
    text: fc.constantFrom(...texts),
    edits: fc.array(
      fc.record({ at: fc.nat(), to: fc.nat(), how: fc.constantFrom('leave', 'double', 'swap', 'cut', 'move') }),
      { maxLength: 6 },
    ),
  })
  .map(({ text, edits }) => {
    const lines = text.split(/\r?\n/);
    for (const { at, to, how } of edits) {
      const [i, j] = [at % lines.length, to % lines.length];
      if (how === 'leave') lines.splice(i, 1);
      else if (how === 'double') lines.splice(i, 0, lines[i]);
      else if (how === 'swap') [lines[i], lines[j]] = [lines[j], lines[i]];
      else if (how === 'cut') lines[i] = lines[i].slice(0, to % (lines[i].length + 1));
      else lines.splice(j, 0, ...lines.splice(i, 1));
      if (lines.length < 3) break;
    }
    return lines.join('\r\n');
  });

type Step =
  | { readonly type: 'offer'; readonly text: string }
  | { readonly type: 'answer'; readonly text: string }
  | { readonly type: 'answer-rightly' }
  | { readonly type: 'create'; readonly hasAudio: boolean; readonly hasVideo: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('offer' as const), text: fc.oneof(mutated, fc.constantFrom(...texts)) }),
  fc.record({ type: fc.constant('answer' as const), text: mutated }),
  fc.constant({ type: 'answer-rightly' } as const),
  fc.record({ type: fc.constant('create' as const), hasAudio: fc.boolean(), hasVideo: fc.boolean() }),
);

function negotiationOf(endpoint: Endpoint, step: Step): EndpointNegotiation | undefined {
  switch (step.type) {
    case 'offer':
      return attempt(() => endpoint.answer(step.text));
    case 'answer':
      return attempt(() => endpoint.apply(step.text));
    case 'answer-rightly': {
      const { described } = endpoint.negotiator;
      const answer = described && attempt(() => answerTo(described));
      return answer === undefined ? undefined : attempt(() => endpoint.apply(answer));
    }
    case 'create': {
      const { hasAudio, hasVideo } = step;
      const audio = hasAudio ? 'sendrecv' : undefined;
      attempt(() => endpoint.offer({ audio, video: hasVideo ? 'recvonly' : undefined }));
      return undefined;
    }
  }
}

/** What we say can be read, and says one thing of each section. */
function expectReadable(description: SessionDescription): void {
  const read = parseSessionDescription(textOf(description), { isMidOptional: true });
  expect(read.sections).toHaveLength(description.sections.length);
  const used = read.sections.filter(({ isRejected }) => !isRejected);
  expect(used.length).toBeLessThanOrEqual(2);
  for (const { codecs, ice, fingerprints } of used) {
    expect(codecs.length).toBeGreaterThan(0);
    expect([ice !== undefined, fingerprints.length]).toEqual([true, 1]);
  }
}

it('any order of offers and answers, however broken, leaves an endpoint that answers rightly or with a code', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const endpoint = new Endpoint();
      /** What each of our SSRCs was ever announced with. */
      const places = new Map<number, string>();
      for (const one of steps) {
        const before = endpoint.negotiator.described;
        const negotiation = negotiationOf(endpoint, one);
        if (negotiation === undefined && one.type !== 'create') expect(endpoint.negotiator.described).toBe(before);
        if (endpoint.negotiator.described !== undefined) expectReadable(endpoint.negotiator.described);
        for (const { sent, received, sentCodecs, kind } of negotiation?.sections ?? []) {
          const { ssrc, ...place } = sent;
          expect(places.get(ssrc) ?? JSON.stringify(place)).toBe(JSON.stringify(place));
          places.set(ssrc, JSON.stringify(place));
          expect(place.kind).toBe(kind);
          if (received !== undefined) expect(received.codecs.length).toBeGreaterThan(0);
          for (const { payloadType } of sentCodecs) expect(payloadType).toBeGreaterThanOrEqual(0);
        }
      }
    }),
    { numRuns: 150 },
  );
});

it.each(texts.map((text, i) => [names[i] ?? 'an answer', text]))(
  '%s, cut at any line, is read or refused with a code',
  (_, text) => {
    const lines = text.split(/\r?\n/);
    for (let length = 0; length <= lines.length; length++) {
      const endpoint = new Endpoint();
      const cut = lines.slice(0, length).join('\r\n');
      const negotiation = attempt(() => endpoint.answer(cut));
      if (negotiation !== undefined) expectReadable(negotiation.answer);
    }
  },
);
