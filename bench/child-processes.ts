import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';

/** What this process starts, whichever benchmark or library does it. */
export class ChildProcesses {
  readonly #children = new Set<ChildProcess>();

  /** From now on; what was started before is not known. */
  constructor() {
    subscribe('child_process', (message) => {
      const { process: child } = message as { readonly process: ChildProcess };
      this.#children.add(child);
      child.once('exit', () => this.#children.delete(child));
    });
  }

  /** Ends those that run; does not wait for it, so that it can be the last thing that is done. */
  end(): void {
    for (const child of this.#children) child.kill('SIGTERM');
  }
}
