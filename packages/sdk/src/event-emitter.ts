type Listener<Args extends readonly unknown[]> = (...args: Args) => void;

/** Typed events: names with the arguments of their listeners. */
export class EventEmitter<Events extends Record<string, readonly unknown[]>> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Calls back at every such event until the returned function is called. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    let set = this.#listeners.get(name);
    if (set === undefined) this.#listeners.set(name, (set = new Set()));
    set.add(listener);
    return () => set.delete(listener);
  }

  /** Forgets every listener. */
  removeAllListeners(): void {
    this.#listeners.clear();
  }

  /** What a listener throws goes to the page's error handling; it keeps no other listener, nor us, from going on. */
  emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as Listener<Events[Name]>)(...args);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
