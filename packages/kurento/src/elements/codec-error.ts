import type { EndpointChange } from '@rivero/engine';
import type { KurentoObject } from '../objects/kurento-object.ts';

/** Tells that a source cannot be sent, as its codec is none that the remote side takes: nothing is transcoded. */
export function raiseCodecError(
  object: KurentoObject,
  { kind, sourceCodec, sinkCodecs }: Extract<EndpointChange, { type: 'codecs-differ' }>,
): void {
  const taken = sinkCodecs.length === 0 ? `no ${kind}` : sinkCodecs.join(', ');
  object.raise('Error', {
    description:
      `The source sends ${sourceCodec}, and the remote side of this endpoint takes ${taken}: media is not transcoded. ` +
      'Negotiate a codec that both sides have, by the order of codecs in the offers.',
    // As GStreamer numbers and names it when there is no codec for a stream.
    errorCode: 6,
    type: 'STREAM_ERROR_CODEC_NOT_FOUND',
  });
}
