import type { MediaType } from './media-type.ts';

/** Media of one type goes from an output of one element to an input of another one. */
export interface Connection {
  /** Ids of elements. */
  readonly source: string;
  readonly sink: string;
  readonly type: MediaType;
  /** Names of the pads; `default` are those through which media really goes. */
  readonly sourceDescription: string;
  readonly sinkDescription: string;
}

/** What became different in a graph, in the order in which it is told. */
export type GraphChange =
  | { readonly type: 'connected'; readonly connection: Connection }
  /** Also told of a connection that was asked to end and was none. */
  | { readonly type: 'disconnected'; readonly connection: Connection }
  /** An endpoint gets this type of media from another endpoint now, or from none. */
  | {
      readonly type: 'source';
      readonly element: string;
      readonly mediaType: MediaType;
      readonly origin: string | undefined;
    }
  /** Media began or ceased to go into an element or out of it. */
  | {
      readonly type: 'flow';
      readonly element: string;
      readonly direction: 'in' | 'out';
      readonly mediaType: MediaType;
      readonly description: string;
      readonly isFlowing: boolean;
    };
