import { sendFlag } from '@rivero/core';
import { type SrtpProfile, srtpProfiles } from '@rivero/protocol/srtp';
import * as fc from 'fast-check';
import type { PortName } from './implementations.ts';

/** Peers of a datapath under test. */
export const peersMax = 3;

/** What happens to a packet on its way. */
export type Mutation =
  | { readonly type: 'none' }
  | { readonly type: 'flip'; readonly at: number; readonly bits: number }
  | { readonly type: 'cut'; readonly length: number }
  | { readonly type: 'append'; readonly bytes: Uint8Array };

/** A packet that the other side of a session makes. */
export interface PeerPacket {
  readonly isRtcp: boolean;
  readonly ssrc: number;
  readonly sequence: number;
  readonly rolloverCounter: number;
  readonly csrcs: number;
  readonly extension: Uint8Array | undefined;
  readonly payload: Uint8Array;
}

/** One row of a batch. `stream`: which of those that were opened, the closed ones too. */
export interface SendRow {
  readonly stream: number;
  readonly sequence: number;
  readonly rolloverCounter: number;
  readonly flags: number;
  readonly originalSequence: number;
  readonly payloadLength: number;
  /** Where the payload begins in its slot: which one it is. */
  readonly payloadStart: number;
  readonly elements: Uint8Array;
}

/** A row that was sent before. `back`: how many rows ago. `change`: what it says now besides. */
export interface Resend {
  readonly back: number;
  readonly change: Partial<SendRow>;
}

/** One thing that is done to a datapath. Numbers of sessions and streams count those that were opened before. */
export type Step =
  | {
      readonly type: 'open-session';
      readonly peer: number;
      readonly profile: SrtpProfile;
      readonly seed: number;
      readonly lifetime: number | undefined;
    }
  | {
      readonly type: 'open-ports';
      readonly peer: number;
      /** `none`: in the clear. */
      readonly profile: SrtpProfile | 'none';
      readonly seed: number;
      readonly isNamed: boolean;
      readonly rtcpMux: boolean;
    }
  | { readonly type: 'close-session'; readonly session: number }
  | { readonly type: 'set-remote-key'; readonly session: number; readonly seed: number }
  | { readonly type: 'set-session-path'; readonly session: number; readonly peer: number | undefined }
  | { readonly type: 'bind' | 'unbind'; readonly session: number; readonly peer: number }
  | { readonly type: 'close-path'; readonly peer: number }
  | {
      readonly type: 'open-stream';
      readonly session: number;
      readonly ssrc: number;
      readonly elements: Uint8Array;
      readonly resendMax: number;
    }
  | { readonly type: 'close-stream'; readonly stream: number }
  | {
      readonly type: 'receive';
      readonly session: number;
      /** By whose address it comes; left out: by the session's own peer's. */
      readonly peer: number | undefined;
      /** To which port; left out: to the shared one. */
      readonly port: PortName | undefined;
      readonly packet: PeerPacket;
      readonly mutation: Mutation;
    }
  | { readonly type: 'replay'; readonly packet: number; readonly mutation: Mutation }
  | { readonly type: 'receive-bytes'; readonly peer: number; readonly bytes: Uint8Array }
  /** As far as the system can, in one wake-up. */
  | { readonly type: 'receive-burst'; readonly peer: number; readonly packets: readonly Uint8Array[] }
  | { readonly type: 'send'; readonly rows: readonly SendRow[] }
  /** Rows of those that were sent last, once more. */
  | { readonly type: 'resend'; readonly rows: readonly Resend[] }
  | { readonly type: 'send-rtcp'; readonly session: number; readonly compound: Uint8Array }
  | { readonly type: 'send-datagram'; readonly peer: number; readonly bytes: Uint8Array };

const session = fc.nat({ max: 5 });
const stream = fc.nat({ max: 7 });
const peer = fc.nat({ max: peersMax - 1 });
const ssrc = fc.constantFrom(0, 7, 0xff);
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

/** Those near the ends of a cycle, and any. */
const sequence = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 20 }) },
  fc.integer({ min: 65_520, max: 65_535 }),
  fc.integer({ min: 0, max: 65_535 }),
);
const rolloverCounter = fc.constantFrom(0, 0, 0, 1, 2, 0xffffffff);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ type: 'none' as const }) },
  fc.record({
    type: fc.constant('flip' as const),
    at: fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 2_048 })),
    bits: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({ type: fc.constant('cut' as const), length: fc.nat({ max: 60 }) }),
  fc.record({ type: fc.constant('append' as const), bytes: bytes(30) }),
);

const packet: fc.Arbitrary<PeerPacket> = fc.record({
  isRtcp: fc.boolean(),
  ssrc,
  sequence,
  rolloverCounter: fc.constantFrom(0, 0, 0, 1),
  csrcs: fc.constantFrom(0, 0, 0, 1, 15),
  extension: fc.option(bytes(40), { nil: undefined }),
  payload: fc.oneof({ weight: 4, arbitrary: bytes(60) }, bytes(1_900)),
});

const row: fc.Arbitrary<SendRow> = fc.record({
  stream,
  sequence,
  rolloverCounter,
  flags: fc.oneof(fc.constantFrom(0, sendFlag.marker, sendFlag.rtx, sendFlag.resend), fc.nat({ max: 255 })),
  originalSequence: sequence,
  payloadLength: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(0, 1, 100, 1_100) },
    fc.integer({ min: 0, max: 2_048 }),
    fc.integer({ min: 1_900, max: 1_925 }),
  ),
  payloadStart: fc.constant(0),
  elements: fc.oneof({ weight: 3, arbitrary: bytes(12) }, fc.uint8Array({ minLength: 100, maxLength: 255 })),
});

const resend: fc.Arbitrary<Resend> = fc.record({
  back: fc.nat({ max: 5 }),
  change: fc.oneof(
    { weight: 5, arbitrary: fc.constant({}) },
    fc.record({ flags: fc.constantFrom(0, sendFlag.marker, sendFlag.rtx) }),
    fc.record({ payloadStart: fc.constant(1) }),
    fc.record({ payloadLength: fc.constantFrom(0, 1, 100, 1_900) }),
    fc.record({ elements: bytes(4) }),
    fc.record({ originalSequence: sequence }),
    fc.record({ rolloverCounter }),
    fc.record({ sequence }),
    fc.record({ stream }),
  ),
});

const eachStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('open-session' as const),
      peer,
      profile: fc.constantFrom(...(Object.keys(srtpProfiles) as SrtpProfile[])),
      seed: fc.nat({ max: 200 }),
      lifetime: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined, freq: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('open-ports' as const),
      peer,
      profile: fc.constantFrom('none' as const, ...(Object.keys(srtpProfiles) as SrtpProfile[])),
      seed: fc.nat({ max: 200 }),
      isNamed: fc.boolean(),
      rtcpMux: fc.boolean(),
    }),
  },
  fc.record({ type: fc.constant('close-session' as const), session }),
  fc.record({ type: fc.constant('set-remote-key' as const), session, seed: fc.nat({ max: 200 }) }),
  fc.record({
    type: fc.constant('set-session-path' as const),
    session,
    peer: fc.option(peer, { nil: undefined }),
  }),
  fc.record({ type: fc.constantFrom('bind' as const, 'unbind' as const), session, peer }),
  fc.record({ type: fc.constant('close-path' as const), peer }),
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('open-stream' as const),
      session,
      ssrc,
      elements: fc.oneof({ weight: 4, arbitrary: bytes(9) }, bytes(300)),
      resendMax: fc.constantFrom(0, 1, 4),
    }),
  },
  fc.record({ type: fc.constant('close-stream' as const), stream }),
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('receive' as const),
      session,
      peer: fc.option(peer, { nil: undefined, freq: 6 }),
      port: fc.constantFrom(undefined, undefined, 'rtp' as const, 'rtcp' as const),
      packet,
      mutation,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('replay' as const), packet: fc.nat({ max: 10 }), mutation }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('receive-bytes' as const),
      peer,
      bytes: fc.oneof(bytes(40), fc.uint8Array({ minLength: 2_040, maxLength: 2_056 })),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant('send' as const), rows: fc.array(row, { minLength: 1, maxLength: 16 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('resend' as const),
      rows: fc.array(resend, { minLength: 1, maxLength: 8 }),
    }),
  },
  fc.record({
    type: fc.constant('send-rtcp' as const),
    session,
    compound: fc.oneof(
      { weight: 4, arbitrary: fc.uint8Array({ minLength: 8, maxLength: 60 }) },
      fc.uint8Array({ minLength: 1_970, maxLength: 2_060 }),
    ),
  }),
  fc.record({
    type: fc.constant('send-datagram' as const),
    peer,
    bytes: fc.oneof(bytes(60), fc.uint8Array({ minLength: 2_040, maxLength: 2_056 })),
  }),
);

/** Of each kind that the first byte tells, and of none. */
const packetOfKind = fc
  .tuple(fc.constantFrom(0, 1, 3, 22, 100, 128, 144), fc.constantFrom(96, 200), bytes(30))
  .map(([first, second, rest]) => Uint8Array.of(first, second, ...rest));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: eachStep },
  fc.record({
    type: fc.constant('receive-burst' as const),
    peer,
    packets: fc.array(packetOfKind, { minLength: 2, maxLength: 6 }),
  }),
);

/** A life of a datapath: two sessions with a stream each, and then anything. */
export const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(srtpProfiles) as SrtpProfile[])),
    fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }),
  )
  .map(([profile, rest]) => {
    const start = [0, 1].flatMap((number): Step[] => [
      { type: 'open-session', peer: number, profile, seed: number, lifetime: undefined },
      {
        type: 'open-stream',
        session: number,
        ssrc: 7,
        elements: new Uint8Array(number * 3),
        resendMax: 4 - number * 2,
      },
    ]);
    return [...start, ...rest];
  });
