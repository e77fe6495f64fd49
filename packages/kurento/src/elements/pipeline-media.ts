import { assert, CodedError, unreachable } from '@rivero/core';
import type { EndpointChange, EndpointEngine } from '@rivero/engine';
import { allEnded } from '../all-ended.ts';
import {
  type Connection,
  defaultDescription,
  type ElementLabel,
  type GraphChange,
  graphDot,
  MediaGraph,
  type MediaType,
} from '../graph/index.ts';
import { KurentoError } from '../kurento-error.ts';
import type { KurentoObject } from '../objects/kurento-object.ts';
import { engineKind, trackIdOf } from './track-id.ts';

/** What a pipeline tells the endpoint behind an element. */
export interface EndpointListener {
  handleChange(change: EndpointChange): void;
  handleFlow(direction: 'in' | 'out', type: MediaType, isFlowing: boolean): void;
}

export type ElementRole =
  | { readonly type: 'endpoint'; readonly listener: EndpointListener }
  | { readonly type: 'pass-through' }
  | { readonly type: 'hub-port' };

interface Element {
  readonly object: KurentoObject;
  readonly role: ElementRole;
  readonly number: number;
  /** Types of which was told that they are not transcoded. */
  readonly toldTypes: Set<MediaType>;
}

/** A number that nothing else has: what the names of inner parts say tells them apart by it. */
export type NextNumber = () => number;

export interface PipelineMediaOptions {
  /** Of the pipeline, and of its room. */
  readonly id: string;
  readonly engine: Pick<EndpointEngine, 'setSource'>;
  readonly nextNumber: NextNumber;
  /** Nothing is left in it. */
  readonly onEmpty: () => void;
}

/** The media of one pipeline: its graph, and what follows from it for the engine and for those who listen. */
export class PipelineMedia {
  readonly #options: PipelineMediaOptions;
  readonly #graph = new MediaGraph();
  readonly #elements = new Map<string, Element>();
  readonly #hubs = new Set<string>();

  constructor(options: PipelineMediaOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#options.id;
  }

  add(object: KurentoObject, role: ElementRole): void {
    const element = { object, role, number: this.#options.nextNumber(), toldTypes: new Set<MediaType>() };
    this.#elements.set(object.id, element);
    if (role.type === 'endpoint') this.#graph.addEndpoint(object.id);
    else if (role.type === 'pass-through') this.#graph.addPassThrough(object.id);
    else this.#graph.addHubPort(object.id);
  }

  /** Its connections end. */
  async remove(object: KurentoObject): Promise<void> {
    const applied = this.#apply(this.#graph.remove(object.id));
    this.#elements.delete(object.id);
    this.#closeIfEmpty();
    await applied;
  }

  addHub(hub: KurentoObject): void {
    this.#hubs.add(hub.id);
  }

  removeHub(hub: KurentoObject): void {
    this.#hubs.delete(hub.id);
    this.#closeIfEmpty();
  }

  /** Refused with a `KurentoError`: a sink of elsewhere, or too many names. */
  async connect(sink: KurentoObject, connections: readonly Connection[]): Promise<void> {
    if (sink.pipeline?.id !== this.id) throw new KurentoError('CONNECT_ERROR', 'Media elements do not share pipeline');
    // It may have gone while others were waited for.
    if (!this.#elements.has(sink.id)) throw new KurentoError('MEDIA_OBJECT_NOT_FOUND', `Object '${sink.id}' not found`);
    const applied = connections.map(async (connection) => {
      const changes = this.#graph.connect(connection);
      if (changes === undefined) throw new KurentoError('NOT_ENOUGH_RESOURCES', 'An element has too many named pads');
      await this.#apply(changes);
    });
    await allEnded(applied);
  }

  /** What is not connected is told as disconnected too. */
  async disconnect(connections: readonly Connection[]): Promise<void> {
    const applied = connections.map(async (connection) =>
      this.#apply(
        this.#elements.has(connection.sink)
          ? this.#graph.disconnect(connection)
          : [{ type: 'disconnected', connection }],
      ),
    );
    await allEnded(applied);
  }

  async setPortSource(portId: string, sourceId: string | undefined): Promise<void> {
    await this.#apply(this.#graph.setPortSource(portId, sourceId));
  }

  sources(id: string): readonly Connection[] {
    return this.#graph.sources(id);
  }

  sinks(id: string): readonly Connection[] {
    return this.#graph.sinks(id);
  }

  /** The endpoint whose media goes into an element. */
  origin(id: string, type: MediaType): string | undefined {
    return this.#graph.origin(id, 'in', type);
  }

  isFlowing(id: string, direction: 'in' | 'out', type: MediaType, description: string): boolean {
    return this.#graph.isFlowing(id, direction, type, description);
  }

  /** In the dot language: of these elements and what they are connected to, or of all. */
  dot(name: string, ids?: readonly string[]): string {
    const near = (id: string): readonly string[] => [
      id,
      ...this.#graph.sources(id).map(({ source }) => source),
      ...this.#graph.sinks(id).map(({ sink }) => sink),
    ];
    const drawn = new Set(ids === undefined ? this.#elements.keys() : ids.flatMap((id) => near(id)));
    const labels = [...drawn].map((id) => labelOf(this.#element(id).object));
    return graphDot(name, this.#graph, labels);
  }

  /** Media of an endpoint arrives, or does no more. */
  handleFlow(endpointId: string, type: MediaType, isFlowing: boolean): void {
    if (this.#elements.get(endpointId)?.role.type !== 'endpoint') return;
    for (const change of this.#graph.setArriving(endpointId, type, isFlowing)) this.#tell(change);
  }

  handleChange(endpointId: string, change: EndpointChange): void {
    const role = this.#elements.get(endpointId)?.role;
    if (role?.type === 'endpoint') role.listener.handleChange(change);
  }

  /** The room is no more. */
  handleLoss(): void {
    for (const { object } of this.#elements.values()) {
      object.raise('Error', {
        description:
          'The media of the pipeline of this element is lost: its media worker ended. Make the pipeline anew.',
        errorCode: 40_003,
        type: 'UNEXPECTED_ERROR',
      });
    }
  }

  #closeIfEmpty(): void {
    if (this.#elements.size === 0 && this.#hubs.size === 0) this.#options.onEmpty();
  }

  #element(id: string): Element {
    const element = this.#elements.get(id);
    assert(element !== undefined, `element ${id} is in its pipeline`);
    return element;
  }

  async #apply(changes: readonly GraphChange[]): Promise<void> {
    const calls: Promise<void>[] = [];
    for (const change of changes) {
      this.#tell(change);
      if (change.type === 'source') calls.push(this.#setSource(change));
    }
    await allEnded(calls);
  }

  async #setSource({ element, mediaType, origin }: Extract<GraphChange, { type: 'source' }>): Promise<void> {
    const kind = engineKind(mediaType);
    if (kind === undefined || this.#element(element).object.isReleased) return;
    try {
      const trackId = origin === undefined ? undefined : trackIdOf(origin, kind);
      await this.#options.engine.setSource(this.id, element, kind, trackId);
    } catch (error) {
      // The sink went meanwhile.
      if (!(error instanceof CodedError) || error.code !== 'endpoint-unknown') throw error;
    }
  }

  #tell(change: GraphChange): void {
    switch (change.type) {
      case 'connected':
        this.#tellConnection('ElementConnected', change.connection);
        break;
      case 'disconnected':
        this.#tellConnection('ElementDisconnected', change.connection);
        break;
      case 'flow':
        this.#tellFlow(change);
        break;
      case 'source':
        break;
      default:
        unreachable(change);
    }
  }

  #tellConnection(event: string, { source, sink, type, ...descriptions }: Connection): void {
    this.#elements.get(source)?.object.raise(event, {
      sink,
      mediaType: type,
      sourceMediaDescription: descriptions.sourceDescription,
      sinkMediaDescription: descriptions.sinkDescription,
    });
  }

  #tellFlow({
    element: id,
    direction,
    mediaType,
    description,
    isFlowing,
  }: Extract<GraphChange, { type: 'flow' }>): void {
    const element = this.#elements.get(id);
    if (element === undefined) return;
    const { object, role } = element;
    object.raise(direction === 'in' ? 'MediaFlowInStateChanged' : 'MediaFlowOutStateChanged', {
      state: isFlowing ? 'FLOWING' : 'NOT_FLOWING',
      padName: description,
      mediaType,
    });
    if (direction === 'out' && isFlowing) tellNotTranscoding(element, mediaType);
    if (role.type === 'endpoint' && description === defaultDescription) {
      role.listener.handleFlow(direction, mediaType, isFlowing);
    }
  }
}

/** Told once, when the first media of a type comes out: nothing is ever transcoded. */
function tellNotTranscoding({ object, number, toldTypes }: Element, mediaType: MediaType): void {
  if (toldTypes.has(mediaType)) return;
  toldTypes.add(mediaType);
  const part = mediaType === 'AUDIO' ? 0 : 1;
  object.raise('MediaTranscodingStateChanged', {
    state: 'NOT_TRANSCODING',
    binName: `kms${object.type.toLowerCase()}${number}_kmsagnosticbin2-${part}`,
    mediaType,
  });
}

function labelOf(object: KurentoObject): ElementLabel {
  const ownId = object.id.slice(object.id.lastIndexOf('/') + 1);
  const lines = [object.type, ownId.slice(0, ownId.indexOf('_'))];
  const { parent, pipeline } = object;
  const isPort = parent !== undefined && parent !== pipeline;
  return { id: object.id, lines, ...(isPort ? { hub: { id: parent.id, label: parent.type } } : {}) };
}
