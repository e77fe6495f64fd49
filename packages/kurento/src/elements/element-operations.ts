import { type Connection, defaultDescription, type MediaType, mediaTypes } from '../graph/index.ts';
import { KurentoError } from '../kurento-error.ts';
import type { Arguments, JsonRecord } from '../objects/arguments.ts';
import type { KurentoObject, Operations } from '../objects/kurento-object.ts';
import { nameLengthMax } from '../objects/object-limits.ts';
import { complexValue } from '../schema/complex-value.ts';
import { illegalParameter, numberProperties } from './number-properties.ts';
import type { PipelineMedia } from './pipeline-media.ts';

/** What every media element does, but for its statistics. */
export function elementOperations(object: KurentoObject, pipeline: PipelineMedia): Operations {
  const { id } = object;
  return {
    // Of encoders: nothing is encoded, they are kept for those who ask.
    ...numberProperties({ encoderBitrate: 300_000, minEncoderBitrate: 0, maxEncoderBitrate: 2_147_483_647 }).operations,
    connect: async (args) => {
      await pipeline.connect(args.object('sink'), askedConnections(id, args));
      return undefined;
    },
    disconnect: async (args) => {
      await pipeline.disconnect(askedConnections(id, args));
      return undefined;
    },
    getSourceConnections: (args) =>
      connectionData(pipeline.sources(id), args, ({ sinkDescription }) => sinkDescription),
    getSinkConnections: (args) =>
      connectionData(pipeline.sinks(id), args, ({ sourceDescription }) => sourceDescription),
    isMediaFlowingIn: (args) =>
      pipeline.isFlowing(id, 'in', mediaTypeArgument(args), description(args, 'sinkMediaDescription')),
    isMediaFlowingOut: (args) =>
      pipeline.isFlowing(id, 'out', mediaTypeArgument(args), description(args, 'sourceMediaDescription')),
    isMediaTranscoding: () => false,
    setAudioFormat: refuseFormat,
    setVideoFormat: refuseFormat,
    getGstreamerDot: () => pipeline.dot(id, [id]),
    // Files are the server's own.
    dumpGstreamerDot: () => undefined,
  };
}

/** The type of media that an operation is asked for; undefined: for all. */
export function optionalMediaType(args: Arguments): MediaType | undefined {
  return args.has('mediaType') ? mediaTypeArgument(args) : undefined;
}

function mediaTypeArgument(args: Arguments): MediaType {
  return args.oneOf('mediaType', mediaTypes);
}

function description(args: Arguments, name: string): string {
  const text = args.has(name) ? args.string(name) : '';
  if (text.length > nameLengthMax)
    throw illegalParameter(`'${name}' parameter has more than ${nameLengthMax} characters`);
  return text === '' ? defaultDescription : text;
}

function askedConnections(source: string, args: Arguments): readonly Connection[] {
  const type = optionalMediaType(args);
  const pads = {
    sink: args.object('sink').id,
    sourceDescription: description(args, 'sourceMediaDescription'),
    sinkDescription: description(args, 'sinkMediaDescription'),
  };
  return (type === undefined ? mediaTypes : [type]).map((each) => ({ source, type: each, ...pads }));
}

/** In the order of the types' names, as Kurento lists them. */
function connectionData(
  connections: readonly Connection[],
  args: Arguments,
  descriptionOf: (connection: Connection) => string,
): readonly JsonRecord[] {
  const type = optionalMediaType(args);
  const name = args.has('description') ? description(args, 'description') : undefined;
  return connections
    .filter((connection) => type === undefined || connection.type === type)
    .filter((connection) => name === undefined || descriptionOf(connection) === name)
    .toSorted((a, b) => (a.type < b.type ? -1 : Number(a.type > b.type)))
    .map((connection) => complexValue('ElementConnectionData', { ...connection }));
}

function refuseFormat(): never {
  throw new KurentoError(
    'MEDIA_OBJECT_OPERATION_NOT_SUPPORTED',
    'Media is not transcoded: agree on formats by the codecs of the SDP',
  );
}
