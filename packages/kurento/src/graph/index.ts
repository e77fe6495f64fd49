export type { Connection, GraphChange } from './graph-change.ts';
export { type ElementLabel, graphDot } from './graph-dot.ts';
export { MediaGraph, namedPadsMax } from './media-graph.ts';
export { defaultDescription, type MediaType, mediaTypes } from './media-type.ts';
