import { describe, expect, it } from 'vitest';
import { monotonicMs, never } from '@rivero/core';
import { audio, Scene } from '../test/scene.ts';
import type { ProducerParameters } from './parameters.ts';
import { flowGapMax } from './receive/flow.ts';

const watched = { ...audio, watchesFlow: true };

/** A watched track, what was told of it, and a packet of it every `interval` for `span` ms. */
function scene(parameters: ProducerParameters = watched) {
  const made = new Scene();
  const publisher = made.publish(parameters);
  const told: string[] = [];
  let sequence = 1;
  const note = (): void => {
    for (let change = made.router.pollFlowChange(); change; change = made.router.pollFlowChange())
      told.push(`${made.now} ${change.producerId} ${change.isFlowing}`);
  };
  const send = (): void => {
    made.send(publisher.id, { sequence: sequence++, ssrc: 3_000, payloadType: 111 });
    note();
  };
  /** Turns the clock, and notes at every deadline. */
  const run = (span: number): void => {
    const end = made.now + span;
    for (let at = made.router.deadline(); at <= end; at = made.router.deadline()) {
      made.run(Math.max(0, at - made.now));
      note();
    }
    made.now = monotonicMs(end);
  };
  return { made, publisher, told, send, run, note };
}

describe('the flow of a watched track', () => {
  it(`begins with the first packet and ends ${flowGapMax} ms after the last, to the millisecond`, () => {
    const { made, told, send, run } = scene();
    run(700);
    expect(told).toEqual([]);
    send();
    run(1_999);
    send();
    run(1_000);
    send();
    run(10_000);
    expect(told).toEqual(['700 track true', `${700 + 1_999 + 1_000 + 2_000} track false`]);
    send();
    expect(told.at(-1)).toBe(`${made.now} track true`);
  });

  it('has no part in the deadlines once it ended, nor of a track that is not watched', () => {
    const { made, publisher, told, send, run } = scene(audio);
    send();
    run(5_000);
    expect(told).toEqual([]);
    const { made: other, send: sendOther, run: runOther } = scene();
    sendOther();
    runOther(5_000);
    expect(other.router.deadline()).toBe(made.router.deadline());
    made.router.closeSession(publisher.id);
    made.router.handleTimeout(made.now);
    expect(made.router.deadline()).toBe(never);
  });

  it('is not told when it came and went since somebody asked, nor when the track ended', () => {
    const { made, publisher, told, run, note } = scene();
    const packet = { ssrc: 3_000, payloadType: 111 };
    made.send(publisher.id, { ...packet, sequence: 1 });
    made.run(2_000);
    note();
    expect(told).toEqual([]);
    made.send(publisher.id, { ...packet, sequence: 2 });
    made.router.closeProducer('track');
    run(3_000);
    expect(told).toEqual([]);
  });

  it('begins with nothing that is dropped', () => {
    const { made, publisher, told, run } = scene();
    made.send(publisher.id, { sequence: 1, ssrc: 3_000, payloadType: 50 });
    run(3_000);
    expect(told).toEqual([]);
  });
});
