import { defaultDescription, mediaTypes } from './media-type.ts';
import type { Connection } from './graph-change.ts';
import type { MediaGraph } from './media-graph.ts';

/** How an element is drawn. */
export interface ElementLabel {
  readonly id: string;
  /** Lines of text. */
  readonly lines: readonly string[];
  /** The hub that it is a port of. */
  readonly hub?: { readonly id: string; readonly label: string };
}

/**
 * A graph in the dot language (Graphviz): elements, what is connected to what, what hubs connect within, and through
 * which of these connections media flows now. Of `elements` only, and of what joins two of them.
 */
export function graphDot(name: string, graph: MediaGraph, elements: readonly ElementLabel[]): string {
  const drawn = new Set(elements.map(({ id }) => id));
  return [
    `digraph ${quoted([name])} {`,
    '  rankdir=LR;',
    '  node [shape=box];',
    ...elements.filter(({ hub }) => hub === undefined).map((element) => `  ${nodeText(graph, element)}`),
    ...hubTexts(graph, elements),
    ...elements.flatMap(({ id }) => graph.sinks(id)).flatMap((each) => edgeTexts(graph, each, drawn)),
    ...elements.flatMap(({ id }) => innerEdgeTexts(graph, id, drawn)),
    '}',
    '',
  ].join('\n');
}

function nodeText(graph: MediaGraph, { id, lines }: ElementLabel): string {
  return `${quoted([id])} [label=${quoted([...lines, ...flowLines(graph, id)])}];`;
}

/** What flows through it: `in AUDIO VIDEO`. */
function flowLines(graph: MediaGraph, id: string): readonly string[] {
  const directions = ['in', 'out'] as const;
  return directions.flatMap((direction) => {
    const types = mediaTypes.filter((type) => graph.isFlowing(id, direction, type, defaultDescription));
    return types.length === 0 ? [] : [`${direction} ${types.join(' ')}`];
  });
}

function hubTexts(graph: MediaGraph, elements: readonly ElementLabel[]): readonly string[] {
  return [...Map.groupBy(elements, ({ hub }) => hub?.id)].flatMap(([hubId, ports]) =>
    hubId === undefined
      ? []
      : [
          `  subgraph ${quoted([`cluster_${hubId}`])} {`,
          `    label=${quoted([ports[0]?.hub?.label ?? ''])};`,
          ...ports.map((port) => `    ${nodeText(graph, port)}`),
          '  }',
        ],
  );
}

function edgeTexts(graph: MediaGraph, connection: Connection, drawn: ReadonlySet<string>): readonly string[] {
  const { source, sink, type, sourceDescription, sinkDescription } = connection;
  if (!drawn.has(sink)) return [];
  const flows = graph.isFlowing(sink, 'in', type, sinkDescription);
  const pads = [sourceDescription, sinkDescription];
  const lines = pads.every((pad) => pad === defaultDescription) ? [type] : [type, pads.join(' to ')];
  return [`  ${quoted([source])} -> ${quoted([sink])} [label=${quoted(lines)}, style=${flows ? 'bold' : 'solid'}];`];
}

/** What a hub gives to a port of another one. */
function innerEdgeTexts(graph: MediaGraph, id: string, drawn: ReadonlySet<string>): readonly string[] {
  const source = graph.outputFrom(id);
  // What passes media through by itself needs no line.
  if (source === undefined || source === id || !drawn.has(source)) return [];
  return [`  ${quoted([source])} -> ${quoted([id])} [style=dashed];`];
}

/** A quoted string of the dot language, of several lines. */
function quoted(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    line
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')
      .replaceAll(/[\r\n\0]/g, ' '),
  );
  return `"${escaped.join('\\n')}"`;
}
