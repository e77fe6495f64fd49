import type { Producer } from './producer.ts';

/** That a track began to come, or stopped. */
export interface FlowChange {
  readonly producerId: string;
  readonly isFlowing: boolean;
}

/** What changed at producers by itself and was not told yet. What is undone before it is told is not told. */
export class ProducerChanges {
  readonly #codecs = new Set<Producer>();
  readonly #flows = new Set<Producer>();

  noteCodec(producer: Producer): void {
    this.#codecs.add(producer);
  }

  noteFlow(producer: Producer): void {
    this.#flows.add(producer);
  }

  forget(producer: Producer): void {
    this.#codecs.delete(producer);
    this.#flows.delete(producer);
  }

  /** A producer whose codec is another than was told. */
  pollCodec(): string | undefined {
    if (this.#codecs.size === 0) return undefined;
    for (const producer of this.#codecs) {
      this.#codecs.delete(producer);
      if (producer.codec === producer.toldCodec) continue;
      producer.toldCodec = producer.codec;
      return producer.id;
    }
    return undefined;
  }

  pollFlow(): FlowChange | undefined {
    if (this.#flows.size === 0) return undefined;
    for (const producer of this.#flows) {
      this.#flows.delete(producer);
      const isFlowing = producer.flow?.takeChange();
      if (isFlowing !== undefined) return { producerId: producer.id, isFlowing };
    }
    return undefined;
  }
}
