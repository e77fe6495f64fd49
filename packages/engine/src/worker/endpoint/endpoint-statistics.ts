import type { MonotonicMs } from '@rivero/core';
import type { Router } from '@rivero/router';
import type { ReceivedStreamStatistics, SentStreamStatistics } from '../../endpoint-contract.ts';
import type { EndpointMedia } from './endpoint-media.ts';

export interface StreamStatistics {
  readonly received: readonly ReceivedStreamStatistics[];
  readonly sent: readonly SentStreamStatistics[];
}

const kinds = ['audio', 'video'] as const;

/** What an endpoint receives and sends at this moment. */
export function streamStatistics(media: EndpointMedia, router: Router, now: MonotonicMs): StreamStatistics {
  const all = [...new Set(Object.values(media.sessions))].map((session) => router.sessionStatistics(session, now));
  const producers = all.flatMap((one) => one.producers);
  const carriers = all.flatMap(({ consumers, senders }) => [...consumers, ...senders]);
  const received = kinds.flatMap((kind): readonly ReceivedStreamStatistics[] => {
    const trackId = media.received(kind);
    const found = producers.find(({ id }) => id === trackId);
    if (trackId === undefined || found === undefined) return [];
    const { ssrc, codec, payloadType, clockRate, packets, bytes, bitrate, fractionLost, jitterMs, remb } = found;
    const counts = {
      packetsLost: found.lost,
      nackCount: found.nacks,
      pliCount: found.pliCount,
      firCount: found.firCount,
    };
    const stream = { kind, trackId, ssrc, codec, payloadType, clockRate };
    return [{ ...stream, ...counts, packets, bytes, bitrate, fractionLost, jitterMs, remb }];
  });
  const sent = kinds.flatMap((kind): readonly SentStreamStatistics[] => {
    const { senderId, carried } = media.source(kind);
    const found = carriers.find((one) => one.senderId === senderId);
    if (found === undefined) return [];
    const { ssrc, packets, bytes, bitrate, packetsLost, fractionLost, jitterMs, roundTripTime } = found;
    return [
      {
        kind,
        trackId: carried?.trackId,
        ssrc,
        codec: carried?.codec.name,
        payloadType: carried?.codec.payloadType,
        clockRate: carried?.codec.clockRate,
        packets,
        bytes,
        bitrate,
        packetsLost,
        fractionLost,
        jitterMs,
        roundTripTime,
        nackCount: found.nacks,
        pliCount: found.pliCount,
        firCount: found.firCount,
        remb: found.remb,
      },
    ];
  });
  return { received, sent };
}
