import type { IncomingMessage } from 'node:http';
import type { IceConfiguration } from '@rivero/api';
import { askedHostName } from './origin.ts';

/** Who asks for ICE servers. */
export interface IceRequester {
  /** The host name or IP address by which the client asked for us; undefined: what it sent is none. */
  readonly host: string | undefined;
  /** Whose credentials they are: quotas of the TURN server count names. No client has a say in it. */
  readonly name: string;
}

/** Knows this server's STUN and TURN servers, and makes credentials for them. */
export interface IceServerSource {
  /** There is a TURN server. */
  readonly hasRelay: boolean;
  issue(requester: IceRequester): IceConfiguration;
}

/** Asks a source for one socket, for a participant of it or for the socket alone. */
export type SocketIceServers = (participantId?: string) => IceConfiguration;

export interface SocketIceServersOptions {
  readonly source: IceServerSource;
  readonly trustProxy: boolean;
  /** Of the socket without a participant; nobody else's. */
  readonly socketName: string;
}

/** The ICE servers of the socket that this request opened. */
export function socketIceServers(
  request: IncomingMessage,
  { source, trustProxy, socketName }: SocketIceServersOptions,
): SocketIceServers {
  const host = askedHostName(request, trustProxy);
  return (participantId) => source.issue({ host, name: participantId ?? socketName });
}
