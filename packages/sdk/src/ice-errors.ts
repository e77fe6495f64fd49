/** What a STUN or TURN server failed with, or the way to it: an RTCPeerConnectionIceErrorEvent. */
export interface IceError {
  /** Of STUN and TURN (300 to 699), or 701: the server was not reached. */
  readonly code: number;
  /** The browser's own words; Firefox has none. */
  readonly text: string;
  /** Of the server. */
  readonly url: string;
}

/** Browsers tell the same error for each network of the machine; of different ones that many are kept, the first. */
const errorsMax = 32;

/** Remembers the errors of one peer connection. */
export class IceErrors {
  readonly #onChange: (all: readonly IceError[]) => void;
  #all: readonly IceError[] = [];

  /** `onChange`: another one came. */
  constructor(peerConnection: RTCPeerConnection, onChange: (all: readonly IceError[]) => void) {
    this.#onChange = onChange;
    peerConnection.addEventListener('icecandidateerror', ({ errorCode, errorText, url }) =>
      this.#add({ code: errorCode, text: errorText, url: url ?? '' }),
    );
  }

  /** Each once, in the order in which they came. */
  get all(): readonly IceError[] {
    return this.#all;
  }

  forget(): void {
    this.#all = [];
  }

  #add(error: IceError): void {
    const isKnown = this.#all.some(
      ({ code, text, url }) => code === error.code && text === error.text && url === error.url,
    );
    if (isKnown || this.#all.length === errorsMax) return;
    this.#all = [...this.#all, error];
    this.#onChange(this.#all);
  }
}
