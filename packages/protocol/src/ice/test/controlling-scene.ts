import { assert, monotonicMs, type PathHandle } from '@rivero/core';
import { attributeType, findAttribute, parseStunMessage, type StunMessage } from '../../stun/index.ts';
import { serializeCheckSuccess } from '../binding-message.ts';
import { IceControllingAgent, type IceOutput } from '../index.ts';
import { address, drain, pathOf, peer, seeded, server } from './agents.ts';

export const serverKey = new TextEncoder().encode(server.pwd);
/** Three paths to the peer. */
export const [a, b, c] = [pathOf(1), pathOf(2), pathOf(3)];

export interface Sent {
  readonly at: number;
  readonly path: PathHandle;
  readonly message: StunMessage;
  readonly nominates: boolean;
}

/** A controlling agent, its clock, and a server that answers on some paths or is silent. */
export class ControllingScene {
  readonly agent = new IceControllingAgent({ local: peer, remote: server, random: seeded(5) });
  now = monotonicMs(0);
  readonly sent: Sent[] = [];
  readonly told: (string | PathHandle)[] = [];
  readonly answering = new Set<PathHandle>();

  add(...paths: readonly PathHandle[]): void {
    for (const path of paths) this.agent.addPath(path, this.now);
    this.collect();
  }

  /** Fetches what the agent says and lets the server answer. */
  collect(): void {
    for (let outputs = drain(this.agent); outputs.length > 0; outputs = drain(this.agent)) {
      for (const output of outputs) this.#hear(output);
    }
  }

  #hear(output: IceOutput): void {
    if (output.type !== 'send') return void this.told.push(output.type === 'state' ? output.state : output.type);
    const message = parseStunMessage(output.bytes);
    assert(typeof message !== 'string', 'what is sent is a message');
    const nominates = findAttribute(message, attributeType.useCandidate) !== undefined;
    this.sent.push({ at: this.now, path: output.path, message, nominates });
    if (this.answering.has(output.path)) this.answer(output.path, message);
  }

  answer(path: PathHandle, { transactionId }: StunMessage, key = serverKey): void {
    this.agent.handleStun(serializeCheckSuccess(transactionId, address, key), path, address, this.now);
  }

  turnTo(end: number): void {
    for (let at = this.agent.deadline(); at <= end; at = this.agent.deadline()) {
      this.now = at > this.now ? at : this.now;
      this.agent.handleTimeout(this.now);
      this.collect();
      assert(this.agent.deadline() > this.now, 'a deadline that passed is done with');
    }
    this.now = monotonicMs(end);
  }

  timesOf(path: PathHandle): readonly number[] {
    return this.sent.filter((sent) => sent.path === path).map(({ at }) => at);
  }

  last(path: PathHandle): Sent {
    const sent = this.sent.findLast((one) => one.path === path);
    assert(sent !== undefined, 'something was sent by the path');
    return sent;
  }
}
