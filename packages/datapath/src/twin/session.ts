import { assert, type PathHandle, type SessionHandle, type StreamHandle } from '@rivero/core';
import { SrtpReceiver, SrtpSender } from '@rivero/protocol/srtp';
import type { PortProtection, RemoteKey } from '../contract.ts';
import { plainPackets } from './plain-packets.ts';
import type { SentTags } from './sent-tags.ts';
import type { SessionPorts } from '../paths/session-ports.ts';
import type { PacketTemplate } from './write-packet.ts';

/** What seals and opens the packets of one session. */
interface Protection {
  readonly sender: Pick<
    SrtpSender,
    'protectRtp' | 'protectRtpAgain' | 'sealTag' | 'protectRtcp' | 'retireSsrc' | 'isNearlyUsedUp'
  >;
  readonly receiver: Pick<SrtpReceiver, 'unprotectRtp' | 'unprotectRtcp' | 'isNearlyUsedUp'>;
}

/** One peer's session in the twin. */
export interface Session {
  readonly sender: Protection['sender'];
  receiver: Protection['receiver'];
  readonly streams: Set<StreamHandle>;
  /** Ports of its own, which shared paths never lead to. */
  readonly ports: SessionPorts | undefined;
  /** Where packets go; none while nothing may be sent. */
  path: PathHandle | undefined;
  bytesSent: number;
  bytesReceived: number;
  /** That its key is nearly used up was told. */
  isKeyLimitTold: boolean;
}

/** One outgoing SSRC of a session. */
export interface Stream extends PacketTemplate {
  readonly session: SessionHandle;
  /** Left out where RTX repairs. */
  readonly sent: SentTags | undefined;
}

function openProtection(protection: PortProtection): Protection {
  if (protection.type === 'none') return { sender: plainPackets, receiver: plainPackets };
  const { profile, localKey, localSalt, remoteKey, remoteSalt, remoteLifetime } = protection.keys;
  const lifetime = remoteLifetime === undefined ? {} : { lifetime: remoteLifetime };
  return {
    sender: new SrtpSender({ profile, masterKey: localKey, masterSalt: localSalt }),
    receiver: new SrtpReceiver({ profile, masterKey: remoteKey, masterSalt: remoteSalt, ...lifetime }),
  };
}

/** Packets under other keys than this one are not believed any more. */
export function replaceRemoteKey(session: Session, { profile, key, salt, lifetime }: RemoteKey): void {
  const { receiver: before } = session;
  assert(before instanceof SrtpReceiver, 'a plain session has no keys');
  const life = lifetime === undefined ? {} : { lifetime };
  session.receiver = new SrtpReceiver({ profile, masterKey: key, masterSalt: salt, ...life }, before);
  session.isKeyLimitTold = false;
}

export function openSession(
  protection: PortProtection,
  { path, ports }: { readonly path?: PathHandle | undefined; readonly ports?: SessionPorts },
): Session {
  return {
    ...openProtection(protection),
    streams: new Set(),
    ports,
    path,
    bytesSent: 0,
    bytesReceived: 0,
    isKeyLimitTold: false,
  };
}
