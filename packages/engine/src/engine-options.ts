import type { PortRange } from '@rivero/core';
import type { DatapathChoice } from '@rivero/datapath';
import type { PlacementOptions } from './placement.ts';

/** What the engine writes its log to; a pino logger fits. */
export interface EngineLog {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

export interface EngineOptions {
  readonly workers: number;
  /** Port of the first worker; the next ones count up. 0: any free ports. */
  readonly mediaPort: number;
  /** What handles packets; left out: the native datapath where it is built. */
  readonly datapath?: DatapathChoice;
  readonly udp: boolean;
  readonly tcp: boolean;
  readonly externalIpv4?: string;
  readonly externalIpv6?: string;
  /** UDP ports of endpoints without ICE, both ends included, shared by all workers; left out: 20000 to 20999. */
  readonly rtpPorts?: PortRange;
  /** DTLS certificates for endpoints, each with its key in one PEM text; of a kind left out, each worker makes its own. */
  readonly dtlsPems?: Readonly<Partial<Record<'rsa' | 'ecdsa', string>>>;
  /** When a room grows beyond one worker; what is left out is as it is by default. */
  readonly placement?: PlacementOptions;
  readonly log: EngineLog;
}
