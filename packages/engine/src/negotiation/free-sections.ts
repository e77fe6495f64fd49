import { codecIdentity, type MediaSection, type RtpCodec } from '@rivero/protocol/sdp';
import type { MediaKind } from '../contract.ts';

/** A section that can take a track, and the codec with which it does. */
export interface FreeSection {
  readonly section: MediaSection;
  readonly codec: RtpCodec;
}

/** The codec of the section that receives what `sent` is; `undefined` when there is none. */
export function codecFor(section: MediaSection, sent: RtpCodec): RtpCodec | undefined {
  const identity = codecIdentity(sent);
  return identity === undefined ? undefined : section.codecs.find((offered) => codecIdentity(offered) === identity);
}

/**
 * The free receive sections of one kind, given out in their order. What a section cannot take is looked at once a codec,
 * so that tracks times sections times codecs of a hostile offer are no work.
 */
export class FreeSections {
  readonly #sections: readonly { readonly section: MediaSection; readonly codecs: ReadonlyMap<string, RtpCodec> }[];
  readonly #taken = new Set<MediaSection>();
  /** For each codec, the first section that it has not been tried on. */
  readonly #next = new Map<string, number>();

  constructor(kind: MediaKind, sections: readonly MediaSection[]) {
    this.#sections = sections
      .filter((section) => section.kind === kind)
      .map((section) => ({ section, codecs: codecsByIdentity(section) }));
  }

  get count(): number {
    return this.#sections.length - this.#taken.size;
  }

  /** The first free section that has the codec; it is free no more. */
  take(codec: RtpCodec): FreeSection | undefined {
    const identity = codecIdentity(codec);
    if (identity === undefined) return undefined;
    for (let i = this.#next.get(identity) ?? 0; i < this.#sections.length; i++) {
      const { section, codecs } = this.#sections[i];
      this.#next.set(identity, i + 1);
      const offered = codecs.get(identity);
      if (offered === undefined || this.#taken.has(section)) continue;
      this.#taken.add(section);
      return { section, codec: offered };
    }
    return undefined;
  }
}

/** The peer's preferred one of each. */
function codecsByIdentity(section: MediaSection): ReadonlyMap<string, RtpCodec> {
  const codecs = new Map<string, RtpCodec>();
  for (const codec of section.codecs) {
    const identity = codecIdentity(codec);
    if (identity !== undefined && !codecs.has(identity)) codecs.set(identity, codec);
  }
  return codecs;
}
