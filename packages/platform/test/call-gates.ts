import { CodedError } from '@rivero/core';

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

/** Holds calls back and refuses them, by their method, as a test tells it. */
export class CallGates<Method extends string> {
  readonly #gates = new Map<Method, Gate>();
  readonly #refusals = new Map<Method, CodedError[]>();

  hold(method: Method): () => void {
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    this.#gates.set(method, { opened, open });
    return () => {
      this.#gates.delete(method);
      open();
    };
  }

  refuse(method: Method, code: string): void {
    this.#refusals.set(method, [...(this.#refusals.get(method) ?? []), new CodedError(code, `It says ${code}.`)]);
  }

  forgive(): void {
    this.#refusals.clear();
  }

  async passed(method: Method): Promise<void> {
    await this.#gates.get(method)?.opened;
  }

  refusalOf(method: Method): CodedError | undefined {
    return this.#refusals.get(method)?.shift();
  }
}
