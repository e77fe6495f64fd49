import { describe, expect, it } from 'vitest';
import { type OfferName, offerNames, offers } from '../../test/sdp-offers.ts';
import {
  codecNameOf,
  isAnswerable,
  parseSessionDescription,
  readRemoteTransport,
  serializeSessionDescription,
} from './index.ts';

interface OfferFacts {
  readonly name: OfferName;
  /** mid, kind and direction of each section. */
  readonly sections: readonly string[];
  /** Codecs of the first video section that we route, with payload type and RTX. */
  readonly video: readonly string[];
  /** Payload type of Opus. */
  readonly opus: number;
}

const h264Of = (...pairs: readonly string[]): readonly string[] => pairs.map((pair) => `H264 ${pair}`);
const chromiumSent = [
  'VP8 96/97',
  ...h264Of('102/103', '104/107', '108/109', '114/115', '116/117', '39/40'),
  'AV1 45/46',
  'VP9 98/99',
  'VP9 100/101',
];
const firefoxSent = ['VP8 120/124', 'VP9 121/125', 'AV1 99/100'];
const room = ['0 audio sendonly', '1 video sendonly'];
const received = ['2 audio recvonly', '3 video recvonly', '4 audio recvonly', '5 video recvonly'];
const simulcast = [...room, '2 application sendrecv'];

const facts: readonly OfferFacts[] = [
  { name: 'chromium156-room', sections: [...room, ...received], video: chromiumSent, opus: 111 },
  { name: 'chromium156-simulcast', sections: simulcast, video: chromiumSent, opus: 111 },
  { name: 'firefox153-room', sections: [...room, ...received], video: firefoxSent, opus: 109 },
  { name: 'firefox153-simulcast', sections: simulcast, video: firefoxSent, opus: 109 },
  {
    name: 'safari18-room',
    sections: [...room, ...received.slice(0, 2)],
    video: [...h264Of('96/97', '98/99', '100/101', '102/103'), 'VP8 106/107', 'VP9 108/109', 'VP9 127/125'],
    opus: 111,
  },
];

describe.each(facts)('the offer $name', ({ name, sections, video, opus }) => {
  const offer = parseSessionDescription(offers[name]);

  it('is read with its sections, in order and in one bundle', () => {
    expect(offer.sections.map(({ mid, kind, direction }) => `${mid} ${kind} ${direction}`)).toEqual(sections);
    expect(offer.bundle).toEqual(offer.sections.map(({ mid }) => mid));
    expect(offer.sections.some(({ isRejected }) => isRejected)).toBe(false);
    expect(offer.iceLite).toBe(false);
  });

  it('is read with the codecs that we route and their RTX', () => {
    const routed = offer.sections[1].codecs.flatMap((codec) =>
      codecNameOf(codec) === undefined ? [] : [`${codec.name} ${codec.payloadType}/${codec.rtxPayloadType}`],
    );
    expect(routed).toEqual(video);
    const [audio] = offer.sections[0].codecs;
    expect(audio).toMatchObject({ payloadType: opus, name: 'opus', clockRate: 48_000, channels: 2 });
    expect(audio.feedback).toEqual(['transport-cc']);
    const [first] = offer.sections[1].codecs;
    expect(first.feedback).toEqual(expect.arrayContaining(['nack', 'nack pli', 'ccm fir', 'transport-cc']));
  });

  it('is answerable in every section of audio and video', () => {
    expect(offer.sections.map(isAnswerable)).toEqual(offer.sections.map(({ kind }) => kind !== 'application'));
  });

  it('names one transport, which leaves the DTLS server to us', () => {
    const transport = readRemoteTransport(offer);
    expect(transport.ice.ufrag.length).toBeGreaterThanOrEqual(4);
    expect(transport.ice.pwd.length).toBeGreaterThanOrEqual(22);
    expect(transport.fingerprints).toHaveLength(1);
    expect(transport.fingerprints[0].value).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(transport.dtlsRole).toBe('server');
  });

  it('announces what it sends: one SSRC for audio, a pair with RTX for video, or rids instead', () => {
    const [audio, camera] = offer.sections;
    expect(audio.ssrcs).toHaveLength(1);
    expect(audio.cname).toMatch(/.{8}/);
    if (name.includes('simulcast')) {
      expect(camera.rids).toEqual(['a', 'b', 'c']);
    } else {
      expect(camera.rids).toEqual([]);
      expect(camera.ssrcGroups).toEqual([{ semantics: 'FID', ssrcs: camera.ssrcs }]);
      expect(camera.ssrcs).toHaveLength(2);
    }
  });

  it('reads the same after it was written', () => {
    expect(parseSessionDescription(serializeSessionDescription(offer))).toEqual(offer);
  });

  it('has no candidate that is left out', () => {
    const lines = offers[name].match(/^a=candidate:/gm) ?? [];
    expect(offer.sections.flatMap(({ candidates }) => candidates)).toHaveLength(lines.length);
  });
});

it('every offer is described here', () => {
  expect(facts.map(({ name }) => name)).toEqual(offerNames);
});
