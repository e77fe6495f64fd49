import { answeredCodec, type RtpCodec } from '@rivero/protocol/sdp';
import type { CodecParameters, ConsumerParameters, Feedback, ProducerParameters } from '@rivero/router';
import type { ReceivedParameters, SentParameters } from '../negotiation/index.ts';

/** What the router needs to receive a negotiated track. */
export function producerParameters(received: ReceivedParameters): ProducerParameters {
  const { kind, mid, ssrc, rtxSsrc, extensions } = received;
  return {
    kind,
    codec: codecParameters(received),
    mid,
    ...(ssrc === undefined ? {} : { ssrc }),
    ...(rtxSsrc === undefined ? {} : { rtxSsrc }),
    extensions,
    feedback: feedbackOf(answeredCodec(received.codec, true)),
  };
}

/** What the router needs to send a negotiated track. */
export function consumerParameters(sent: SentParameters): ConsumerParameters {
  const { mid, ssrc, rtxSsrc, cname, extensions } = sent;
  return {
    codec: codecParameters(sent),
    mid,
    ssrc,
    ...(rtxSsrc === undefined ? {} : { rtxSsrc }),
    cname,
    extensions,
    feedback: feedbackOf(answeredCodec(sent.codec, false)),
  };
}

function codecParameters({
  codecName,
  codec,
}: {
  readonly codecName: string;
  readonly codec: RtpCodec;
}): CodecParameters {
  const { clockRate, payloadType, rtxPayloadType } = codec;
  return { name: codecName, clockRate, payloadType, ...(rtxPayloadType === undefined ? {} : { rtxPayloadType }) };
}

function feedbackOf({ feedback }: RtpCodec): Feedback {
  return {
    nack: feedback.includes('nack'),
    pli: feedback.includes('nack pli'),
    fir: feedback.includes('ccm fir'),
    transportCc: feedback.includes('transport-cc'),
  };
}
