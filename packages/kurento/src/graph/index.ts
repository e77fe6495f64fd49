export type { Connection, GraphChange } from './graph-change.ts';
export { type ElementLabel, graphDot } from './graph-dot.ts';
export { MediaGraph } from './media-graph.ts';
export { defaultDescription, type MediaType, mediaTypes } from './media-type.ts';
