import { createOffer, type MediaSection, type RtpCodec } from '@rivero/protocol/sdp';
import { describe, expect, it } from 'vitest';
import { FreeSections } from './free-sections.ts';
import { codecOf, peer, receive } from './test/negotiating.ts';

function sectionsWith(...codecs: readonly (readonly string[])[]): readonly MediaSection[] {
  const sections = codecs.map((names, i) => ({ ...receive(String(i)), codecs: names.map(codecOf) }));
  return createOffer({ sessionId: '1', sessionVersion: 1, local: peer, sections }).sections;
}

const midOf = (free: FreeSections, name: string): string | undefined => free.take(codecOf(name))?.section.mid;

describe('free sections', () => {
  it('are given out in their order to the tracks whose codec they have, each once', () => {
    const free = new FreeSections('video', sectionsWith(['VP8'], ['VP9', 'VP8'], ['AV1'], ['VP8']));
    const taken = ['VP9', 'VP8', 'VP8', 'VP8', 'AV1', 'VP9'].map((name) => midOf(free, name));
    expect(taken).toEqual(['1', '0', '3', undefined, '2', undefined]);
    expect(free.count).toBe(0);
  });

  it('are only those of their kind', () => {
    const sections = sectionsWith(['VP8']);
    expect(new FreeSections('audio', sections).count).toBe(0);
    expect(new FreeSections('video', sections).take(codecOf('opus'))).toBeUndefined();
  });

  it('name the codec with the payload type of the peer, the one it prefers', () => {
    const [section] = sectionsWith(['VP8']);
    const codecs: readonly RtpCodec[] = [120, 121].map((payloadType) => ({ ...section.codecs[0], payloadType }));
    expect(new FreeSections('video', [{ ...section, codecs }]).take(codecOf('VP8'))?.codec.payloadType).toBe(120);
  });

  it('are looked into once each, however many tracks find none that fits', () => {
    let looks = 0;
    const sections = sectionsWith(...Array.from({ length: 100 }, () => ['VP8'])).map((section) => ({
      ...section,
      get codecs() {
        looks += 1;
        return section.codecs;
      },
    }));
    const free = new FreeSections('video', sections);
    for (let i = 0; i < 1_000; i++) expect(free.take(codecOf('AV1'))).toBeUndefined();
    expect(looks).toBe(100);
    expect(free.count).toBe(100);
  });
});
