import { answeredCodec, endpointCodecNameOf, type RtpCodec } from '@rivero/protocol/sdp';
import type {
  CodecParameters,
  ConsumerParameters,
  Feedback,
  ProducerParameters,
  SenderParameters,
  SenderSource,
} from '@rivero/router';
import type { EndpointReceived, EndpointSent, ReceivedParameters, SentParameters } from '../negotiation/index.ts';

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

/** What the router needs to receive what an endpoint's section brings, in whatever codec that was negotiated. */
export function endpointProducerParameters(received: EndpointReceived): ProducerParameters {
  const { kind, mid, ssrc, rtxSsrc, otherSsrcs, extensions, codecs } = received;
  const [codec, ...alternatives] = codecs.map(endpointCodecParameters);
  return {
    kind,
    codec,
    alternatives,
    mid,
    ...(ssrc === undefined ? {} : { ssrc }),
    ...(rtxSsrc === undefined ? {} : { rtxSsrc }),
    ...(otherSsrcs === undefined ? {} : { otherSsrcs }),
    extensions,
    feedback: feedbackOf(answeredCodec(codecs[0], true)),
    watchesFlow: true,
  };
}

/** What the router needs to send by an endpoint's section. */
export function senderParameters({ kind, mid, ssrc, rtxSsrc, cname, extensions }: EndpointSent): SenderParameters {
  return { kind, mid, ssrc, ...(rtxSsrc === undefined ? {} : { rtxSsrc }), cname, extensions };
}

/** A track as an endpoint's remote side receives it: `codec` has its payload types. */
export function senderSource(producerId: string, codec: RtpCodec): SenderSource {
  return { producerId, codec: endpointCodecParameters(codec), feedback: feedbackOf(answeredCodec(codec, false)) };
}

function endpointCodecParameters(codec: RtpCodec): CodecParameters {
  return codecParameters({ codecName: endpointCodecNameOf(codec) ?? codec.name, codec });
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
