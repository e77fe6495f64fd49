import { describe, expect, it } from 'vitest';
import { en } from './en/index.ts';
import { zhCN } from './zh-CN/index.ts';

const documents: Readonly<Record<string, string>> = import.meta.glob('../../../../docs/**/troubleshooting.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** What a text says whatever its placeholders hold: its longest piece, without the stop. */
function essence(text: string): string {
  const pieces = text.split(/\{\w+\}/).map((piece) => piece.replaceAll(/[.。…]+/g, '').trim());
  return pieces.toSorted((one, other) => other.length - one.length)[0] ?? '';
}

describe.each([
  ['en', en, '../../../../docs/troubleshooting.md'],
  ['zh-CN', zhCN, '../../../../docs/zh/troubleshooting.md'],
] as const)('the page on troubles in %s', (_language, { device, server, state, notes, ending }, file) => {
  const names = new Set([device.camera, device.microphone, device.both, device.either]);
  const problems = Object.values(device).filter((text) => !names.has(text));
  const { reconnecting, mediaDisconnected, mediaBlocked } = state;

  it.each([...problems, server.offline, server.down, server.starting, ending.locked, ending.full].map(essence))(
    'has %s in its words',
    (text) => {
      expect(text.length).toBeGreaterThan(1);
      expect(documents[file]).toContain(text);
    },
  );

  it('begins with the first sentence of each state of the connection', () => {
    for (const text of [reconnecting, mediaDisconnected, mediaBlocked, notes.relayUnreachable, notes.relayMissing]) {
      expect(documents[file]).toContain(text.split(/[.,，。]/)[0]);
    }
  });
});
