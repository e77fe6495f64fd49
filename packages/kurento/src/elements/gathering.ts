import { CodedError } from '@rivero/core';
import { KurentoError } from '../kurento-error.ts';

/** Gatherings of one endpoint that wait for servers at once: each is a call that the media worker keeps. */
export const gatheringsMax = 8;

export interface GatheringOptions {
  /** Whether servers are asked, which takes seconds. */
  readonly asksServers: () => boolean;
  /** Told of bugs at what nobody waits for. */
  readonly tellBug: (error: unknown) => void;
}

/** Lets nothing wait for servers, at the endpoint and elsewhere in its pipeline: what becomes of these is told by events. */
export class Gathering {
  readonly #options: GatheringOptions;
  #underWay = 0;

  constructor(options: GatheringOptions) {
    this.#options = options;
  }

  /** Resolves when it has gathered, or when servers are being asked. Refused with `NOT_ENOUGH_RESOURCES` at the limit. */
  async ask(gather: () => Promise<void>): Promise<void> {
    if (this.#underWay >= gatheringsMax) {
      throw new KurentoError('NOT_ENOUGH_RESOURCES', 'Candidates are being gathered; wait for IceGatheringDone');
    }
    await this.go(gather);
  }

  /** The same, however many are under way. */
  async go(gather: () => Promise<void>): Promise<void> {
    if (this.#options.asksServers()) void this.#gather(gather);
    else await gather();
  }

  async #gather(gather: () => Promise<void>): Promise<void> {
    this.#underWay += 1;
    try {
      await gather();
    } catch (error) {
      // The endpoint may have gone meanwhile.
      if (!(error instanceof CodedError)) this.#options.tellBug(error);
    } finally {
      this.#underWay -= 1;
    }
  }
}
