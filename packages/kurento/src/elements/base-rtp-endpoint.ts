import type { EndpointChange, EndpointDirection, EndpointOptions, EndpointSettings } from '@rivero/engine';
import { allEnded } from '../all-ended.ts';
import type { KurentoObject, ObjectBody, Operations } from '../objects/kurento-object.ts';
import { raiseCodecError } from './codec-error.ts';
import { elementOperations } from './element-operations.ts';
import type { ElementsContext } from './elements-context.ts';
import { EngineEndpoint } from './engine-endpoint.ts';
import { endpointStatisticsOperation } from './endpoint-statistics.ts';
import { RtpProperties } from './rtp-properties.ts';
import { SdpNegotiation } from './sdp-negotiation.ts';
import { SessionStates } from './session-states.ts';

/** What an endpoint that speaks RTP has beside what all of them have. */
export interface RtpEndpointParts {
  readonly options: EndpointOptions;
  /** What an offer of ours says at most. */
  readonly direction: EndpointDirection;
  readonly settings: () => Omit<EndpointSettings, keyof RtpProperties['settings']>;
  readonly operations: Operations;
  readonly onDescribed: () => Promise<void>;
  readonly onNegotiated: () => void;
  readonly handleChange: (change: TransportChange) => void;
}

/** What happens to the transport of an endpoint. */
export type TransportChange = Exclude<EndpointChange, { type: 'codecs-differ' }>;

/** What the parts of an endpoint work on. */
export interface RtpEndpointBase {
  readonly endpoint: EngineEndpoint;
  readonly states: SessionStates;
  /** Tells the engine the settings of this moment. */
  readonly configure: () => Promise<void>;
}

/** Opens an endpoint that speaks RTP, in the engine and in the graph of its pipeline. */
export async function openRtpEndpoint(
  context: ElementsContext,
  object: KurentoObject,
  makeParts: (base: RtpEndpointBase & { readonly isDescribed: () => boolean }) => RtpEndpointParts,
): Promise<ObjectBody> {
  const pipeline = context.pipelines.open(object);
  const endpoint = new EngineEndpoint(context.engine, pipeline.id, object.id);
  const states = new SessionStates(object);
  const settings = (): EndpointSettings => ({ ...parts.settings(), ...properties.settings });
  const configure = async (): Promise<void> => endpoint.configure(settings());
  const properties = new RtpProperties(configure);
  const parts = makeParts({ endpoint, states, configure, isDescribed: () => negotiation.isDescribed });
  const negotiation = new SdpNegotiation({ endpoint, ...parts });
  pipeline.add(object, {
    type: 'endpoint',
    listener: {
      handleChange: (change) => {
        if (change.type === 'codecs-differ') raiseCodecError(object, change);
        else parts.handleChange(change);
      },
      handleFlow: (direction, type, isFlowing) => {
        states.handleFlow(direction, type, isFlowing);
      },
    },
  });
  try {
    await endpoint.open(parts.options, settings());
  } catch (error) {
    await pipeline.remove(object);
    throw error;
  }
  return {
    operations: {
      ...elementOperations(object, pipeline),
      ...endpointStatisticsOperation(context, object, endpoint),
      ...properties.operations,
      ...states.operations,
      ...negotiation.operations,
      requestKeyframe: async () => {
        // Of whom it gets pictures from, or else of its own remote side.
        await endpoint.requestKeyframe(pipeline.origin(object.id, 'VIDEO') ?? object.id);
        return undefined;
      },
      ...parts.operations,
    },
    close: async () => {
      // Both at once, and both whatever becomes of the other.
      await allEnded([pipeline.remove(object), endpoint.close()]);
    },
  };
}
