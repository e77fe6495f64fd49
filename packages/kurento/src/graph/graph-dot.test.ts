import { expect, it } from 'vitest';
import { graphDot } from './graph-dot.ts';
import { MediaGraph } from './media-graph.ts';
import { defaultDescription } from './media-type.ts';

function drawing(): string {
  const graph = new MediaGraph();
  graph.addEndpoint('a');
  graph.addEndpoint('b');
  graph.addHubPort('m');
  graph.addHubPort('n');
  const pads = { sourceDescription: defaultDescription, sinkDescription: defaultDescription };
  graph.connect({ source: 'a', sink: 'm', type: 'VIDEO', ...pads });
  graph.connect({ source: 'n', sink: 'b', type: 'VIDEO', ...pads });
  graph.connect({ source: 'a', sink: 'b', type: 'AUDIO', ...pads });
  graph.setPortSource('n', 'm');
  graph.setArriving('a', 'VIDEO', true);
  const hub = { id: 'h', label: 'Dispatcher' };
  return graphDot('the "pipeline"', graph, [
    { id: 'a', lines: ['WebRtcEndpoint', 'Anna\\ "x"\nz'] },
    { id: 'b', lines: ['WebRtcEndpoint'] },
    { id: 'm', lines: ['HubPort'], hub },
    { id: 'n', lines: ['HubPort'], hub },
  ]);
}

it('draws elements, hubs, connections and flow, with every text quoted', () => {
  expect(drawing().split('\n')).toEqual([
    'digraph "the \\"pipeline\\"" {',
    '  rankdir=LR;',
    '  node [shape=box];',
    '  "a" [label="WebRtcEndpoint\\nAnna\\\\ \\"x\\" z\\nout VIDEO"];',
    '  "b" [label="WebRtcEndpoint\\nin VIDEO"];',
    '  subgraph "cluster_h" {',
    '    label="Dispatcher";',
    '    "m" [label="HubPort\\nin VIDEO"];',
    '    "n" [label="HubPort\\nout VIDEO"];',
    '  }',
    '  "a" -> "b" [label="AUDIO", style=solid];',
    '  "a" -> "m" [label="VIDEO", style=bold];',
    '  "n" -> "b" [label="VIDEO", style=bold];',
    '  "m" -> "n" [style=dashed];',
    '}',
    '',
  ]);
});

it('keeps to the dot language, whatever the texts', () => {
  const text = '"(?:[^"\\\\]|\\\\.)*"';
  const attributes = `\\[\\w+=(?:${text}|\\w+)(?:, \\w+=\\w+)*\\]`;
  const statement = new RegExp(
    `^ *(?:digraph ${text} {|subgraph ${text} {|}|rankdir=LR;|label=${text};|node ${attributes};|${text}(?: -> ${text})? ${attributes};|)$`,
  );
  for (const line of drawing().split('\n')) expect(line).toMatch(statement);
});
