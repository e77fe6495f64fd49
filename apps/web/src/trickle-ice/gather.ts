import { readCandidate } from './gathered-candidate.ts';
import type { IceConnection, OpenIceConnection } from './ice-connection.ts';
import type { IceServerChoice, ProbeEnd, ProbeEvent } from './probe.ts';

export interface GatherOptions {
  readonly open: OpenIceConnection;
  readonly server: IceServerChoice;
  readonly isRelayOnly: boolean;
  /** Milliseconds since the start. */
  readonly since: () => number;
}

/** Ends it before the browser does. */
export type EndGather = (type: 'expired' | 'stopped') => void;

/** Has the browser ask one server; nothing is told after the end. */
export function gather(options: GatherOptions, tell: (event: ProbeEvent) => void): EndGather {
  const { open, server, since } = options;
  let connection: IceConnection | undefined;
  let isOver = false;

  function tellNow(event: ProbeEvent): void {
    if (!isOver) tell(event);
  }

  function finish(end: ProbeEnd): void {
    if (isOver) return;
    isOver = true;
    connection?.close();
    tell({ type: 'end', end });
  }

  function refuse(error: unknown): void {
    finish({ type: 'refused', atMs: since(), message: error instanceof Error ? error.message : String(error) });
  }

  try {
    connection = open(configurationOf(options), {
      handleCandidate: (told) => {
        const candidate = readCandidate(told);
        if (candidate !== undefined) tellNow({ type: 'candidate', seen: { atMs: since(), candidate } });
      },
      handleError: ({ errorCode: code, errorText: text, url, port }) => {
        const seen = { atMs: since(), code, text, url: url || server.url.text, port: port ?? undefined };
        tellNow({ type: 'error', seen });
      },
      handleComplete: () => finish({ type: 'complete', atMs: since() }),
    });
    connection.start().catch(refuse);
  } catch (error) {
    refuse(error);
  }
  return (type) => finish({ type, atMs: since() });
}

function configurationOf({ server, isRelayOnly }: GatherOptions): RTCConfiguration {
  const { url, username, credential } = server;
  const iceServer = url.scheme === 'stun' ? { urls: url.text } : { urls: url.text, username, credential };
  return { iceServers: [iceServer], iceTransportPolicy: isRelayOnly ? 'relay' : 'all' };
}
