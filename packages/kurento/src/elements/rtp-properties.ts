import { type BitsPerSecond, bitsPerSecond } from '@rivero/core';
import type { EndpointSettings } from '@rivero/engine';
import type { JsonRecord } from '../objects/arguments.ts';
import type { Operations } from '../objects/kurento-object.ts';
import { complexValue } from '../schema/complex-value.ts';
import { illegalParameter, type NumberProperties, numberProperties } from './number-properties.ts';

/** In kbit/s; 0: no limit. */
const bandwidths = {
  maxAudioRecvBandwidth: 0,
  maxVideoRecvBandwidth: 0,
  minVideoRecvBandwidth: 100,
  minVideoSendBandwidth: 100,
  maxVideoSendBandwidth: 500,
};

/** What fits into an IP packet. */
const mtuMax = 65_535;

/** Bandwidths and packets of an endpoint that speaks RTP. */
export class RtpProperties {
  readonly #bandwidths: NumberProperties<keyof typeof bandwidths>;
  /** What clients set: the default of what is sent limits nothing. */
  #isSendMaxSet = false;
  #mtu = 1200;
  #rembParams: JsonRecord = {};
  readonly operations: Operations;

  constructor(onSet: () => Promise<void>) {
    this.#bandwidths = numberProperties(bandwidths, async (name) => {
      if (name === 'maxVideoSendBandwidth') this.#isSendMaxSet = true;
      await onSet();
    });
    this.operations = {
      ...this.#bandwidths.operations,
      // Kept for those who ask: packets go on as they came, and estimates are what receivers say.
      getMtu: () => this.#mtu,
      setMtu: (args) => {
        const mtu = args.number('mtu');
        if (mtu < 1 || mtu > mtuMax) throw illegalParameter("'mtu' is no size of packets");
        this.#mtu = mtu;
      },
      getRembParams: () => complexValue('RembParams', this.#rembParams),
      setRembParams: (args) => {
        this.#rembParams = args.record('rembParams');
      },
    };
  }

  get settings(): Pick<
    EndpointSettings,
    'audioReceiveMax' | 'videoReceiveMax' | 'videoReceiveMin' | 'videoSendMax' | 'videoSendMin'
  > {
    const { values } = this.#bandwidths;
    const sendMax = this.#isSendMaxSet ? values.maxVideoSendBandwidth : 0;
    return {
      audioReceiveMax: fromKilobits(values.maxAudioRecvBandwidth),
      videoReceiveMax: fromKilobits(values.maxVideoRecvBandwidth),
      videoReceiveMin: fromKilobits(atMost(values.minVideoRecvBandwidth, values.maxVideoRecvBandwidth)),
      videoSendMax: fromKilobits(sendMax),
      videoSendMin: fromKilobits(atMost(values.minVideoSendBandwidth, sendMax)),
    };
  }
}

function fromKilobits(kilobits: number): BitsPerSecond {
  return bitsPerSecond(kilobits * 1000);
}

/** A maximum goes before a minimum; 0: there is none. */
function atMost(min: number, max: number): number {
  return max === 0 ? min : Math.min(min, max);
}
