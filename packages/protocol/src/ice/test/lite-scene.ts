import { assert, monotonicMs, type PathHandle } from '@rivero/core';
import { parseStunMessage, type StunMessage } from '../../stun/index.ts';
import { IceLiteAgent, type IceOutput } from '../index.ts';
import { address, check, type CheckOptions, drain, pathOf, peer, server } from './agents.ts';

/** Three paths to the agent. */
export const [a, b, c] = [pathOf(1), pathOf(2), pathOf(3)];

/** An agent and a clock that only the test turns. */
export class LiteScene {
  readonly agent = new IceLiteAgent(server);
  now = monotonicMs(1_000);

  constructor(knowsPeer = true) {
    if (knowsPeer) this.agent.setRemoteCredentials(peer);
  }

  /** What the agent says to a check that comes by the path. */
  check(path: PathHandle = a, options: CheckOptions = {}): readonly IceOutput[] {
    return this.handle(check(options), path);
  }

  handle(bytes: Uint8Array, path: PathHandle = a): readonly IceOutput[] {
    this.agent.handleStun(bytes, path, address, this.now);
    return drain(this.agent);
  }

  /** Turns the clock, letting the agent have each of its deadlines on the way. */
  turn(by: number): readonly IceOutput[] {
    const end = monotonicMs(this.now + by);
    while (this.agent.deadline() <= end) {
      const deadline = this.agent.deadline();
      this.now = deadline;
      this.agent.handleTimeout(deadline);
      assert(this.agent.deadline() > deadline, 'a deadline that passed is done with');
    }
    this.now = end;
    this.agent.handleTimeout(end);
    return drain(this.agent);
  }
}

/** Outputs by their type, states by their name. */
export function types(outputs: readonly IceOutput[]): readonly string[] {
  return outputs.map((output) => (output.type === 'state' ? output.state : output.type));
}

/** The response that the outputs begin with. */
export function answer(outputs: readonly IceOutput[], path = a): StunMessage {
  const [output] = outputs;
  assert(output?.type === 'send' && output.path === path, 'the answer goes first, by the same path');
  const message = parseStunMessage(output.bytes);
  assert(typeof message !== 'string', 'the answer is a message');
  return message;
}
