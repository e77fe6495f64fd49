import { readFileSync } from 'node:fs';
import type { LocalTransport, RtpCodec } from '../src/sdp/index.ts';

const names = [
  'chromium156-room',
  'chromium156-simulcast',
  'firefox153-room',
  'firefox153-simulcast',
  'safari18-room',
] as const;

export type OfferName = (typeof names)[number];

function read(name: OfferName): string {
  return readFileSync(new URL(`../src/sdp/fixtures/${name}.sdp`, import.meta.url), 'utf8');
}

/** What browsers offer; where each comes from is in the folder's README. */
export const offers: Readonly<Record<OfferName, string>> = {
  'chromium156-room': read('chromium156-room'),
  'chromium156-simulcast': read('chromium156-simulcast'),
  'firefox153-room': read('firefox153-room'),
  'firefox153-simulcast': read('firefox153-simulcast'),
  'safari18-room': read('safari18-room'),
};

export const offerNames: readonly OfferName[] = names;

/** Our side in these tests. */
export const local: LocalTransport = {
  ice: { ufrag: 'ourUfrag', pwd: 'ourPasswordOf24Character' },
  iceLite: true,
  fingerprint: { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'A7').join(':') },
  candidates: [
    {
      foundation: '1',
      component: 1,
      protocol: 'udp',
      priority: 2_130_706_431,
      address: '192.0.2.1',
      port: 40_000,
      type: 'host',
    },
    {
      foundation: '2',
      component: 1,
      protocol: 'tcp',
      priority: 2_105_458_943,
      address: '192.0.2.1',
      port: 40_001,
      type: 'host',
      tcpType: 'passive',
    },
  ],
};

/** A codec with what a test does not care about filled in. */
export function codec(name: string, parameters: Readonly<Record<string, string>> = {}): RtpCodec {
  const isAudio = name === 'opus';
  return {
    payloadType: 96,
    name,
    clockRate: isAudio ? 48_000 : 90_000,
    ...(isAudio ? { channels: 2 } : {}),
    parameters,
    feedback: [],
  };
}

/** The lines of one section of a text, its `m=` line first. */
export function linesOfSection(text: string, mid: string): readonly string[] {
  const sections = text.split(/^(?=m=)/m).slice(1);
  const section = sections.map((part) => part.trimEnd().split(/\r?\n/)).find((lines) => lines.includes(`a=mid:${mid}`));
  if (section === undefined) throw new Error(`no section ${mid}`);
  return section;
}
