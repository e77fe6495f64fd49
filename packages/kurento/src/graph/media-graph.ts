import { assert } from '@rivero/core';
import type { Connection, GraphChange } from './graph-change.ts';
import { GraphStep } from './graph-step.ts';
import { defaultDescription, type MediaType } from './media-type.ts';
import { addPad, createElement, type GraphElement, isFlowing, type Pad, padKey, padsOf } from './pad.ts';

/** Pads with names of their own that one element has in one direction. */
export const namedPadsMax = 64;

/**
 * The elements of one pipeline and what is connected to what. Each input has one output before it at most, so that each
 * endpoint gets each type of media from one endpoint or none: from which, and whether media flows, is told by each
 * operation in its changes. An operation costs what it changes, not what there is. To name an element that is not there
 * is a bug.
 */
export class MediaGraph {
  readonly #elements = new Map<string, GraphElement>();

  /** Brings media of its own and takes media away. */
  addEndpoint(id: string): void {
    this.#add(id, true);
  }

  /** What goes in comes out. */
  addPassThrough(id: string): void {
    const element = this.#add(id, false);
    setOutputFrom(element, element);
  }

  /** What goes in goes to its hub; what comes out, the hub says. */
  addHubPort(id: string): void {
    this.#add(id, false);
  }

  /** Its connections end. */
  remove(id: string): readonly GraphChange[] {
    const element = this.#element(id);
    const step = new GraphStep();
    for (const connection of [...this.sources(id), ...this.sinks(id)]) this.#disconnect(step, connection);
    for (const port of new Set(element.outputTo)) feed(step, port, undefined);
    setOutputFrom(element, undefined);
    step.forget(element);
    this.#elements.delete(id);
    return step.changes();
  }

  /**
   * Connects one type of media. What the input was connected to before is disconnected, even if it was the same.
   * Undefined: an element has too many named pads.
   */
  connect(connection: Connection): readonly GraphChange[] | undefined {
    const output = this.#openPad('out', connection);
    if (output === undefined) return undefined;
    const input = this.#openPad('in', connection);
    if (input === undefined) {
      closeUnused(output);
      return undefined;
    }
    const step = new GraphStep();
    const former = input.source;
    if (former !== undefined) {
      step.disconnected(connectionOf(former, input));
      unlink(former, input);
      if (former !== output) closeUnused(former);
    }
    link(output, input);
    step.connected(connection);
    step.follow(input);
    return step.changes();
  }

  disconnect(connection: Connection): readonly GraphChange[] {
    const step = new GraphStep();
    this.#disconnect(step, connection);
    return step.changes();
  }

  /** What comes out of a port of a hub: what goes into another one, or itself, or nothing. */
  setPortSource(port: string, source: string | undefined): readonly GraphChange[] {
    const step = new GraphStep();
    feed(step, this.#element(port), source === undefined ? undefined : this.#element(source));
    return step.changes();
  }

  /** Whether media arrives from the remote side of an endpoint. */
  setArriving(endpoint: string, type: MediaType, isArriving: boolean): readonly GraphChange[] {
    const element = this.#element(endpoint);
    const output = element.outputs.get(padKey(type, defaultDescription));
    assert(element.isEndpoint && output !== undefined, 'media arrives at endpoints');
    const step = new GraphStep();
    step.touch(output);
    if (isArriving) element.arriving.add(type);
    else element.arriving.delete(type);
    return step.changes();
  }

  /** What is connected to its inputs. */
  sources(id: string): readonly Connection[] {
    return [...this.#element(id).inputs.values()].flatMap((input) =>
      input.source === undefined ? [] : [connectionOf(input.source, input)],
    );
  }

  /** What its outputs are connected to. */
  sinks(id: string): readonly Connection[] {
    return [...this.#element(id).outputs.values()].flatMap((output) =>
      [...output.sinks].map((input) => connectionOf(output, input)),
    );
  }

  /** Whose input comes out of its output: its own, another port's, or nothing. */
  outputFrom(id: string): string | undefined {
    return this.#element(id).outputFrom?.id;
  }

  /** The endpoint whose media goes into it, or out of it. */
  origin(id: string, direction: 'in' | 'out', type: MediaType): string | undefined {
    return this.#findPad(id, direction, type, defaultDescription)?.origin?.id;
  }

  isFlowing(id: string, direction: 'in' | 'out', type: MediaType, description: string): boolean {
    const pad = this.#findPad(id, direction, type, description);
    return pad !== undefined && isFlowing(pad);
  }

  #add(id: string, isEndpoint: boolean): GraphElement {
    assert(!this.#elements.has(id), `element ${id} is added once`);
    const element = createElement(id, isEndpoint);
    this.#elements.set(id, element);
    return element;
  }

  #element(id: string): GraphElement {
    const element = this.#elements.get(id);
    assert(element !== undefined, `element ${id} is in the graph`);
    return element;
  }

  #findPad(id: string, direction: 'in' | 'out', type: MediaType, description: string): Pad | undefined {
    return padsOf(this.#element(id), direction).get(padKey(type, description));
  }

  #openPad(direction: 'in' | 'out', connection: Connection): Pad | undefined {
    const isInput = direction === 'in';
    const id = isInput ? connection.sink : connection.source;
    const description = isInput ? connection.sinkDescription : connection.sourceDescription;
    const found = this.#findPad(id, direction, connection.type, description);
    if (found !== undefined) return found;
    const element = this.#element(id);
    const pads = padsOf(element, direction);
    const namedPads = [...pads.values()].filter((pad) => pad.description !== defaultDescription);
    if (namedPads.length >= namedPadsMax) return undefined;
    const pad = addPad(element, direction, connection.type, description);
    // What goes into a pad of this name already comes out of the new one.
    if (!isInput) new GraphStep().follow(pad);
    return pad;
  }

  #disconnect(step: GraphStep, connection: Connection): void {
    const { source, sink, type } = connection;
    step.disconnected(connection);
    const output = this.#findPad(source, 'out', type, connection.sourceDescription);
    const input = this.#findPad(sink, 'in', type, connection.sinkDescription);
    if (output === undefined || input === undefined || input.source !== output) return;
    unlink(output, input);
    step.follow(input);
    closeUnused(output);
    closeUnused(input);
  }
}

function connectionOf(output: Pad, input: Pad): Connection {
  return {
    source: output.element.id,
    sink: input.element.id,
    type: output.type,
    sourceDescription: output.description,
    sinkDescription: input.description,
  };
}

function link(output: Pad, input: Pad): void {
  output.sinks.add(input);
  input.source = output;
}

function unlink(output: Pad, input: Pad): void {
  output.sinks.delete(input);
  input.source = undefined;
}

/** Pads of the default name stay. */
function closeUnused(pad: Pad): void {
  if (pad.description === defaultDescription || pad.source !== undefined || pad.sinks.size > 0) return;
  padsOf(pad.element, pad.direction).delete(padKey(pad.type, pad.description));
}

function feed(step: GraphStep, port: GraphElement, source: GraphElement | undefined): void {
  setOutputFrom(port, source);
  for (const output of port.outputs.values()) step.follow(output);
}

function setOutputFrom(element: GraphElement, source: GraphElement | undefined): void {
  element.outputFrom?.outputTo.delete(element);
  element.outputFrom = source;
  source?.outputTo.add(element);
}
