import { CodedError, type SessionHandle } from '@rivero/core';
import type { Datapath, OpenPortPair, PortProtection, TrafficCount } from '@rivero/datapath';
import type { RtpAddresses } from '@rivero/protocol/sdp';
import type { SrtpProfile } from '@rivero/protocol/srtp';
import type { CryptoSuite } from '../../endpoint-contract.ts';
import { isSame, type RtpKeys, type RtpSection } from '../../negotiation/index.ts';

const profiles: Readonly<Record<CryptoSuite, SrtpProfile>> = {
  AES_CM_128_HMAC_SHA1_80: 'AES128_CM_HMAC_SHA1_80',
  AES_CM_128_HMAC_SHA1_32: 'AES128_CM_HMAC_SHA1_32',
  AES_256_CM_HMAC_SHA1_80: 'AES256_CM_HMAC_SHA1_80',
  AES_256_CM_HMAC_SHA1_32: 'AES256_CM_HMAC_SHA1_32',
};

/** Nobody is heard and nothing is sent. */
const nowhere: RtpSection['remote'] = { rtp: undefined, rtcp: undefined, rtcpMux: false };

/**
 * The ports of one kind of an RTP endpoint, and the session on them. It stays until the endpoint closes: our key stays, so
 * its packet indices have to go on (RFC 3711 section 9.1).
 */
export class RtpLeg {
  readonly #datapath: Datapath;
  readonly #ports: OpenPortPair;
  readonly #suite: CryptoSuite | undefined;
  #handle: SessionHandle | undefined;
  #remote = nowhere;
  #remoteKey: RtpKeys['remote'] | undefined;

  constructor(datapath: Datapath, ports: OpenPortPair, suite: CryptoSuite | undefined) {
    this.#datapath = datapath;
    this.#ports = ports;
    this.#suite = suite;
  }

  /** Since the first negotiation. */
  get handle(): SessionHandle | undefined {
    return this.#handle;
  }

  /** As descriptions name them. */
  addresses(ip: string): RtpAddresses {
    const { rtp, rtcp } = this.#ports;
    return { rtp: { ip, port: rtp.local.port }, rtcp: { ip, port: rtcp.local.port } };
  }

  /** Opens the session; `undefined`: it is open. Refused: `worker-full`. */
  open(section: RtpSection): SessionHandle | undefined {
    if (this.#handle !== undefined) return undefined;
    this.#handle = this.#openSession(section);
    this.#remote = section.remote;
    return this.#handle;
  }

  /** Tells the session what is new; `undefined`: the section is not used any more. */
  negotiate(section: RtpSection | undefined): void {
    if (this.#handle === undefined) return;
    const remote = section?.remote ?? nowhere;
    if (!isSame(remote, this.#remote)) this.#datapath.setPortRemote(this.#handle, remote);
    if (section?.keys !== undefined) this.#setRemoteKey(this.#handle, section.keys.remote);
    this.#remote = remote;
  }

  traffic(): TrafficCount | undefined {
    return this.#handle === undefined ? undefined : this.#datapath.sessionTraffic(this.#handle);
  }

  /** For good, or one by which nothing was sent yet: the packet indices of the next begin anew. */
  closeSession(): void {
    if (this.#handle !== undefined) this.#datapath.closeSession(this.#handle);
    this.#handle = undefined;
  }

  close(): void {
    this.closeSession();
    this.#ports.close();
  }

  #openSession({ remote, keys }: RtpSection): SessionHandle {
    const protection = this.#protection(keys);
    const handle = this.#datapath.openPortSession({ ports: this.#ports, protection, remote });
    if (handle !== undefined) {
      this.#remoteKey = keys?.remote;
      return handle;
    }
    throw new CodedError('worker-full', 'This server has as many sessions as it can hold.');
  }

  /** The negotiator gives keys to endpoints that encrypt, and to no others. */
  #protection(keys: RtpKeys | undefined): PortProtection {
    if (this.#suite === undefined || keys === undefined) return { type: 'none' };
    const { local, remote } = keys;
    return {
      type: 'srtp',
      keys: {
        profile: profiles[this.#suite],
        localKey: local.masterKey,
        localSalt: local.masterSalt,
        remoteKey: remote.masterKey,
        remoteSalt: remote.masterSalt,
        ...(remote.lifetime === undefined ? {} : { remoteLifetime: remote.lifetime }),
      },
    };
  }

  #setRemoteKey(handle: SessionHandle, key: RtpKeys['remote']): void {
    if (this.#suite === undefined || (this.#remoteKey !== undefined && isSame(key, this.#remoteKey))) return;
    this.#remoteKey = key;
    const { masterKey, masterSalt: salt, lifetime } = key;
    const life = lifetime === undefined ? {} : { lifetime };
    this.#datapath.setRemoteKey(handle, { profile: profiles[this.#suite], key: masterKey, salt, ...life });
  }
}
