import type { RtpCodec } from '@rivero/protocol/sdp';
import type { ExportedClock, ExportWish, ProducerParameters } from '@rivero/router';
import type { MediaKind } from '../../contract.ts';

/** A track as its worker tells the others of it. */
export interface TrackDescription {
  readonly trackId: string;
  readonly kind: MediaKind;
  readonly codecs: readonly RtpCodec[];
  /** Place in `codecs` of the one in which it comes. */
  readonly codecIndex: number;
  readonly isHeard: boolean;
  readonly cname: string;
  /** Tracks with the same number here are one publisher's. */
  readonly publisher: number;
  readonly isVoice: boolean;
  readonly parameters: ProducerParameters;
}

/** What the branches of one room in two workers tell each other; tracks are told by the number of their worker. */
export type BranchMessage =
  /** To those who may receive it. `isRenewed`: it takes the place of one of that name just withdrawn. */
  | {
      readonly type: 'published';
      readonly track: number;
      readonly description: TrackDescription;
      readonly isRenewed: boolean;
    }
  | { readonly type: 'withdrawn'; readonly track: number }
  /** Its packets come, with this payload type. */
  | { readonly type: 'heard'; readonly track: number; readonly payloadType: number }
  | { readonly type: 'voice'; readonly track: number; readonly isVoice: boolean }
  | { readonly type: 'clock'; readonly track: number; readonly clock: ExportedClock }
  /** To the worker of the publisher. */
  | { readonly type: 'wish'; readonly track: number; readonly wish: ExportWish }
  | { readonly type: 'keyframe-wanted'; readonly track: number }
  /** In bits per second. */
  | { readonly type: 'limit'; readonly track: number; readonly takes: number };

/** From one media worker to another. `null`: there is something in the ring; that is said often. */
export type LinkMessage = { readonly room: number; readonly message: BranchMessage } | null;
