import { type EventDescription, required } from './description.ts';

function mediaEvent(name: string, types: Readonly<Record<string, string>>): EventDescription {
  return { name, extends: 'Media', properties: required(types) };
}

const connection = {
  sink: 'MediaElement',
  mediaType: 'MediaType',
  sourceMediaDescription: 'String',
  sinkMediaDescription: 'String',
};

/** Events of the classes of the module `core`. */
export const coreEvents: readonly EventDescription[] = [
  {
    name: 'RaiseBase',
    properties: required({ source: 'MediaObject', timestampMillis: 'String', tags: 'Tag[]' }),
  },
  {
    name: 'Error',
    extends: 'RaiseBase',
    properties: required({ description: 'String', errorCode: 'int', type: 'String' }),
  },
  { name: 'Media', extends: 'RaiseBase', properties: required({ type: 'String' }) },
  { name: 'ObjectCreated', extends: 'RaiseBase', properties: required({ object: 'MediaObject' }) },
  { name: 'ObjectDestroyed', extends: 'RaiseBase', properties: required({ objectId: 'String' }) },
  mediaEvent('MediaSessionStarted', {}),
  mediaEvent('MediaSessionTerminated', {}),
  mediaEvent('MediaStateChanged', { oldState: 'MediaState', newState: 'MediaState' }),
  mediaEvent('ConnectionStateChanged', { oldState: 'ConnectionState', newState: 'ConnectionState' }),
  mediaEvent('MediaFlowOutStateChanged', { state: 'MediaFlowState', padName: 'String', mediaType: 'MediaType' }),
  mediaEvent('MediaFlowInStateChanged', { state: 'MediaFlowState', padName: 'String', mediaType: 'MediaType' }),
  mediaEvent('MediaTranscodingStateChanged', {
    state: 'MediaTranscodingState',
    binName: 'String',
    mediaType: 'MediaType',
  }),
  mediaEvent('ElementConnected', connection),
  mediaEvent('ElementDisconnected', connection),
];
