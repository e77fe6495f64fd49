import { defaultDescription, type MediaType, mediaTypes } from './media-type.ts';

/** Where media of one type goes into an element or out of it. */
export interface Pad {
  readonly element: GraphElement;
  readonly direction: 'in' | 'out';
  readonly type: MediaType;
  readonly description: string;
  /** The endpoint whose media comes here. */
  origin: GraphElement | undefined;
  /** Of an input: the output that it is connected to. */
  source: Pad | undefined;
  /** Of an output: the inputs that are connected to it. */
  readonly sinks: Set<Pad>;
}

/** An element with its pads. */
export interface GraphElement {
  readonly id: string;
  /** Only an endpoint brings media of its own, and takes media away. */
  readonly isEndpoint: boolean;
  readonly inputs: Map<string, Pad>;
  readonly outputs: Map<string, Pad>;
  /** Of an endpoint: what arrives from its remote side now. */
  readonly arriving: Set<MediaType>;
  /** Whose inputs come out of its outputs: its own, or those of another port of its hub. */
  outputFrom: GraphElement | undefined;
  /** Elements that have it for `outputFrom`. */
  readonly outputTo: Set<GraphElement>;
}

/** The name of a pad within its element and direction. */
export function padKey(type: MediaType, description: string): string {
  return `${type}/${description}`;
}

/** An element with all pads of the default name. */
export function createElement(id: string, isEndpoint: boolean): GraphElement {
  const element: GraphElement = {
    id,
    isEndpoint,
    inputs: new Map(),
    outputs: new Map(),
    arriving: new Set(),
    outputFrom: undefined,
    outputTo: new Set(),
  };
  for (const type of mediaTypes) {
    addPad(element, 'in', type, defaultDescription);
    addPad(element, 'out', type, defaultDescription).origin = isEndpoint ? element : undefined;
  }
  return element;
}

export function addPad(element: GraphElement, direction: 'in' | 'out', type: MediaType, description: string): Pad {
  const pad: Pad = { element, direction, type, description, origin: undefined, source: undefined, sinks: new Set() };
  padsOf(element, direction).set(padKey(type, description), pad);
  return pad;
}

/** The pads of one direction. */
export function padsOf(element: GraphElement, direction: 'in' | 'out'): Map<string, Pad> {
  return direction === 'in' ? element.inputs : element.outputs;
}

export function isFlowing({ origin, type }: Pad): boolean {
  return origin !== undefined && origin.arriving.has(type);
}

/** Where the media of a pad comes from; undefined: from outside, or from nowhere. */
export function padBefore(pad: Pad): Pad | undefined {
  if (pad.direction === 'in') return isDead(pad) ? undefined : pad.source;
  return pad.element.outputFrom?.inputs.get(padKey(pad.type, pad.description));
}

/** Where the media of a pad goes on to. */
export function* padsAfter(pad: Pad): Generator<Pad> {
  if (pad.direction === 'out') {
    for (const sink of pad.sinks) if (!isDead(sink)) yield sink;
    return;
  }
  const key = padKey(pad.type, pad.description);
  for (const element of pad.element.outputTo) {
    const output = element.outputs.get(key);
    if (output !== undefined) yield output;
  }
}

/** Endpoints have one section of each type: what else is connected to one ends there. */
function isDead({ element, direction, description }: Pad): boolean {
  return element.isEndpoint && direction === 'in' && description !== defaultDescription;
}
