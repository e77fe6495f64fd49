import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface TurnCredentials {
  readonly username: string;
  readonly credential: string;
}

/** What became of messages that clients sent to each other, each by its own relay. */
export interface RelayedMessages {
  readonly sent: number;
  readonly received: number;
  /** What coturn's client printed. */
  readonly text: string;
}

const turnUrl = /^(turns?):([^:]+):(\d+)\?transport=(udp|tcp)$/;

/** Sends messages through the TURN server at an IPv4 address with coturn's client. */
export async function relayThrough(url: string, { username, credential }: TurnCredentials): Promise<RelayedMessages> {
  const [, scheme, host, port, transport] = turnUrl.exec(url) ?? [];
  if (host === undefined || port === undefined) throw new Error(`no TURN server at an IPv4 address: ${url}`);
  const stream = [...(transport === 'tcp' ? ['-t'] : []), ...(scheme === 'turns' ? ['-S'] : [])];
  const words = ['-y', '-c', '-m', '2', '-n', '10', ...stream, '-p', port, '-u', username, '-w', credential, host];
  const child = spawn('turnutils_uclient', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk) => (text += String(chunk)));
  await once(child, 'close');
  const [, sent, received] = /tot_send_msgs=(\d+), tot_recv_msgs=(\d+)(?![\s\S]*tot_send_msgs)/.exec(text) ?? [];
  return { sent: Number(sent ?? 0), received: Number(received ?? 0), text };
}
