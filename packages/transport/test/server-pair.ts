import { milliseconds } from '@rivero/core';
import type { DtlsCertificate } from '@rivero/protocol/dtls';
import type { IceCandidate } from '@rivero/protocol/ice';
import { type HostLinks, SeededRandom, SimulatedNetwork, Simulation } from '@rivero/testkit';
import type { RemoteDescription, TransportSession } from '../src/index.ts';
import { SimulatedServer } from './simulated-server.ts';

export interface Joint {
  readonly lite: TransportSession;
  readonly controlling: TransportSession;
}

export interface JoinOptions {
  /** Who begins DTLS; the lite side when left out. */
  readonly dtlsClient?: 'lite' | 'controlling';
  readonly certificates?: { readonly lite: DtlsCertificate; readonly controlling: DtlsCertificate };
  /** What the controlling side hears of the lite one, at once; its own when left out. */
  readonly candidates?: readonly IceCandidate[];
}

/** Two servers in one network, of which the second is told that the first is lite. */
export class ServerPair {
  readonly simulation = new Simulation();
  readonly network: SimulatedNetwork;
  readonly random: SeededRandom;
  readonly lite: SimulatedServer;
  readonly controlling: SimulatedServer;

  constructor(links: HostLinks = { up: { delay: milliseconds(10) } }, seed = 1) {
    this.random = new SeededRandom(seed);
    this.network = new SimulatedNetwork(this.simulation, this.random);
    this.lite = this.openServer(['198.51.100.1'], links);
    this.controlling = this.openServer(['203.0.113.1', '2001:db8::1'], links);
  }

  openServer(ips: readonly string[], links: HostLinks = {}): SimulatedServer {
    const { simulation, network, random } = this;
    return new SimulatedServer({ simulation, network, random, ips, links });
  }

  /** A session on each, which have heard of each other. */
  join({ dtlsClient = 'lite', certificates, candidates = this.lite.candidates }: JoinOptions = {}): Joint {
    const lite = this.lite.transport.openSession(certificates && { certificate: certificates.lite });
    const controlling = this.controlling.transport.openSession(
      certificates && { certificate: certificates.controlling },
    );
    this.lite.run(lite, (now) =>
      lite.setRemote({ ...describe(controlling), dtlsRole: dtlsClient === 'lite' ? 'client' : 'server' }, now),
    );
    const dtlsRole = dtlsClient === 'lite' ? 'server' : 'client';
    this.controlling.run(controlling, (now) => {
      controlling.setRemote({ ...describe(lite), dtlsRole, iceRole: 'controlling' }, now);
      for (const candidate of candidates) controlling.addRemoteCandidate(candidate, now);
    });
    return { lite, controlling };
  }

  turn(ms: number): void {
    this.simulation.run(milliseconds(ms));
  }

  /** Says something both ways by SRTP; true when both arrived. */
  isHeard({ lite, controlling }: Joint, text: string): boolean {
    this.lite.sendRtp(lite, `${text} from lite`);
    this.controlling.sendRtp(controlling, `${text} from controlling`);
    this.turn(200);
    return (
      this.lite.received.get(lite)?.at(-1) === `${text} from controlling` &&
      this.controlling.received.get(controlling)?.at(-1) === `${text} from lite`
    );
  }
}

/** What a session's description says of it. */
export function describe(session: TransportSession): Pick<RemoteDescription, 'ice' | 'fingerprints'> {
  return { ice: session.localCredentials, fingerprints: [session.localCertificate.fingerprint] };
}
