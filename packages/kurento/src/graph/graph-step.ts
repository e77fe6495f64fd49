import type { Connection, GraphChange } from './graph-change.ts';
import { defaultDescription } from './media-type.ts';
import { type GraphElement, isFlowing, type Pad, padBefore, padsAfter } from './pad.ts';

/** One operation on a graph: it carries changes on along the pads, and tells at the end what became different. */
export class GraphStep {
  readonly #connections: GraphChange[] = [];
  /** Every pad that was touched, as it was before. */
  readonly #before = new Map<Pad, { readonly origin: GraphElement | undefined; readonly isFlowing: boolean }>();

  connected(connection: Connection): void {
    this.#connections.push({ type: 'connected', connection });
  }

  disconnected(connection: Connection): void {
    this.#connections.push({ type: 'disconnected', connection });
  }

  /** What comes before a pad became another one: finds its origin, and tells it on. Loops carry nothing. */
  follow(pad: Pad): void {
    const before = padBefore(pad);
    this.#carry(pad, before === undefined || isLoop(pad, before) ? undefined : before.origin);
  }

  /** Media of an endpoint begins or ceases to arrive. Called before it is so. */
  touch(pad: Pad): void {
    const pads = [pad];
    for (let next = pads.pop(); next !== undefined; next = pads.pop()) {
      this.#note(next);
      pads.push(...padsAfter(next));
    }
  }

  /** An element goes: nothing is told of it. */
  forget(element: GraphElement): void {
    for (const pad of [...element.inputs.values(), ...element.outputs.values()]) this.#before.delete(pad);
  }

  changes(): readonly GraphChange[] {
    const sources: GraphChange[] = [];
    const flows: GraphChange[] = [];
    for (const [pad, before] of this.#before) {
      const { element, direction, type, description, origin } = pad;
      if (isSink(pad) && origin !== before.origin) {
        sources.push({ type: 'source', element: element.id, mediaType: type, origin: origin?.id });
      }
      if (isFlowing(pad) !== before.isFlowing) {
        const names = { element: element.id, direction, mediaType: type, description };
        flows.push({ type: 'flow', ...names, isFlowing: isFlowing(pad) });
      }
    }
    return [...this.#connections, ...sources, ...flows];
  }

  #carry(pad: Pad, origin: GraphElement | undefined): void {
    const pads = [pad];
    for (let next = pads.pop(); next !== undefined; next = pads.pop()) {
      if (next.origin === origin) continue;
      this.#note(next);
      next.origin = origin;
      pads.push(...padsAfter(next));
    }
  }

  #note(pad: Pad): void {
    if (!this.#before.has(pad)) this.#before.set(pad, { origin: pad.origin, isFlowing: isFlowing(pad) });
  }
}

/** Only through the pad of the default name an endpoint sends. */
function isSink({ element, direction, description }: Pad): boolean {
  return element.isEndpoint && direction === 'in' && description === defaultDescription;
}

/**
 * Whether the media of `before` comes from the pad itself. Looks back from the one and on from the other, until either way
 * ends: the way back does, as what has an origin is in no loop yet.
 */
function isLoop(pad: Pad, before: Pad): boolean {
  if (before.origin === undefined) return false;
  const after = [pad];
  for (let back: Pad | undefined = before; back !== undefined; back = padBefore(back)) {
    const next = after.pop();
    if (next === undefined) return false;
    if (next === before || back === pad) return true;
    after.push(...padsAfter(next));
  }
  return false;
}
