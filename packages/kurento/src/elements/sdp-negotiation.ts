import { CodedError } from '@rivero/core';
import type { EndpointDirection, MediaKind } from '@rivero/engine';
import { KurentoError } from '../kurento-error.ts';
import type { Arguments, JsonRecord } from '../objects/arguments.ts';
import type { Operations } from '../objects/kurento-object.ts';
import type { EngineEndpoint } from './engine-endpoint.ts';

export interface SdpNegotiationOptions {
  readonly endpoint: EngineEndpoint;
  /** What an offer of ours says at most. */
  readonly direction: EndpointDirection;
  /** We have described ourselves: the sections have their names now. */
  readonly onDescribed: () => Promise<void>;
  /** Both sides have described themselves, again if they did before. */
  readonly onNegotiated: () => void;
}

type State = 'new' | 'offered' | 'offer-answered' | 'answered';

/** Offers and answers of one endpoint, with Kurento's refusals. */
export class SdpNegotiation {
  readonly #options: SdpNegotiationOptions;
  #state: State = 'new';
  #remote: string | undefined;

  constructor(options: SdpNegotiationOptions) {
    this.#options = options;
  }

  get isDescribed(): boolean {
    return this.#state !== 'new';
  }

  readonly operations: Operations = {
    generateOffer: async (args) => this.#generateOffer(args),
    processOffer: async (args) => this.#processOffer(args.string('offer')),
    processAnswer: async (args) => this.#processAnswer(args.string('answer')),
    getLocalSessionDescriptor: async () => {
      if (!this.isDescribed) throw new KurentoError('SDP_END_POINT_NO_LOCAL_SDP_ERROR', 'No local SDP');
      return this.#options.endpoint.localDescription();
    },
    getRemoteSessionDescriptor: () => {
      if (this.#remote === undefined) throw new KurentoError('SDP_END_POINT_NO_REMOTE_SDP_ERROR', 'No remote SDP');
      return this.#remote;
    },
  };

  async #generateOffer(args: Arguments): Promise<string> {
    if (this.isDescribed) throw alreadyNegotiated();
    const options = args.has('options') ? args.record('options') : {};
    const { endpoint, direction } = this.#options;
    const offer = await endpoint.createOffer(offeredDirections(direction, options));
    this.#state = 'offered';
    await this.#options.onDescribed();
    return offer;
  }

  /** Again, it renegotiates: Kurento refuses that. */
  async #processOffer(offer: string): Promise<string> {
    if (offer === '') throw new KurentoError('SDP_PARSE_ERROR', 'Empty offer not valid');
    // The remote side has our offer, and is to answer it.
    if (this.#state === 'offered') throw alreadyNegotiated();
    const answer = await asKurentoSays(this.#options.endpoint.answerOffer(offer));
    if (this.#state === 'new') this.#state = 'answered';
    this.#remote = offer;
    this.#options.onNegotiated();
    await this.#options.onDescribed();
    return answer;
  }

  async #processAnswer(answer: string): Promise<string> {
    if (answer === '') throw new KurentoError('SDP_PARSE_ERROR', 'Empty answer not valid');
    if (this.#state === 'offer-answered') {
      throw new KurentoError('SDP_END_POINT_ANSWER_ALREADY_PROCCESED', 'Sdp Answer already processed');
    }
    if (this.#state !== 'offered') {
      const message = 'Offer not generated. It is not possible to process an answer.';
      throw new KurentoError('SDP_END_POINT_NOT_OFFER_GENERATED', message);
    }
    const { endpoint } = this.#options;
    await asKurentoSays(endpoint.applyAnswer(answer));
    this.#state = 'offer-answered';
    this.#remote = answer;
    this.#options.onNegotiated();
    return endpoint.localDescription();
  }
}

function alreadyNegotiated(): KurentoError {
  return new KurentoError('SDP_END_POINT_ALREADY_NEGOTIATED', 'Endpoint already negotiated');
}

/**
 * What is no description at all, and what another connection described, is refused as Kurento does; all other refusals
 * say what is wrong.
 */
async function asKurentoSays<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    if (error.code === 'sdp-certificate-changed') throw alreadyNegotiated();
    if (error.code !== 'sdp-malformed') throw error;
    throw new KurentoError('SDP_PARSE_ERROR', 'Invalid SDP');
  }
}

function offeredDirections(
  direction: EndpointDirection,
  options: JsonRecord,
): Readonly<Record<MediaKind, EndpointDirection | undefined>> {
  const offered = (receives: boolean): EndpointDirection | undefined => {
    if (receives) return direction;
    return direction === 'recvonly' ? undefined : 'sendonly';
  };
  return {
    audio: offered(options['offerToReceiveAudio'] !== false),
    video: offered(options['offerToReceiveVideo'] !== false),
  };
}
