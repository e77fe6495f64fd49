import { describe, expect, it } from 'vitest';
import { offers } from '../../test/sdp-offers.ts';
import { parseSessionDescription, serializeSessionDescription } from './index.ts';
import { bandwidthsMax } from './limits.ts';

/** The first section of a recorded offer with these lines behind its mid. */
function withLines(lines: readonly string[]): string {
  return offers['chromium156-room'].replace('a=mid:0\r\n', (line) =>
    [line, ...lines.map((added) => `${added}\r\n`)].join(''),
  );
}

function bandwidthOf(...lines: readonly string[]): number | undefined {
  return parseSessionDescription(withLines(lines)).sections[0].bandwidth;
}

describe('the bandwidth of a section (RFC 8866 section 5.8)', () => {
  it('is TIAS in bit/s, or AS in kbit/s without it (RFC 3890)', () => {
    expect(bandwidthOf('b=TIAS:500000')).toBe(500_000);
    expect(bandwidthOf('b=AS:500')).toBe(500_000);
    expect(bandwidthOf('b=AS:900', 'b=TIAS:500000')).toBe(500_000);
  });

  it('is none without lines, with 0, and with modifiers that say something else', () => {
    expect(bandwidthOf()).toBeUndefined();
    expect(bandwidthOf('b=AS:0')).toBeUndefined();
    expect(bandwidthOf('b=CT:500', 'b=RS:0', 'b=X-YZ:128')).toBeUndefined();
  });

  it('is refused when it is no number, and when there are too many', () => {
    const refused = (...lines: readonly string[]) => expect(() => bandwidthOf(...lines));
    refused('b=AS:').toThrow(expect.objectContaining({ code: 'sdp-malformed' }));
    refused('b=TIAS:99999999999').toThrow(expect.objectContaining({ code: 'sdp-malformed' }));
    const lines = (count: number) => Array.from({ length: count }, () => 'b=AS:1');
    expect(bandwidthOf(...lines(bandwidthsMax))).toBe(1_000);
    refused(...lines(bandwidthsMax + 1)).toThrow(expect.objectContaining({ code: 'sdp-too-large' }));
  });

  it('is written both ways, and reads the same', () => {
    const parsed = parseSessionDescription(withLines(['b=TIAS:499999']));
    const text = serializeSessionDescription(parsed);
    expect(text).toContain('b=AS:500\r\nb=TIAS:499999\r\n');
    expect(parseSessionDescription(text)).toEqual(parsed);
  });
});
