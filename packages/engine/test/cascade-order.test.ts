import { milliseconds, type SendBatch } from '@rivero/core';
import { SimulatedRoom } from '@rivero/testkit';
import { expect, it, vi } from 'vitest';

it('packets are shown to another worker, which is woken for them, before they are sent to receivers here', () => {
  const room = new SimulatedRoom(1, 2);
  const [ann, bob, eve] = ['ann', 'bob', 'eve'].map((id) => room.join(id));
  // Ann is seen by Bob, who is in the other worker, and by Eve, who is in hers; nobody else is seen.
  room.pause(ann, [bob, eve]);
  room.pause(bob, [eve]);
  room.pause(eve, [bob]);
  room.simulation.run(milliseconds(1_000));
  const { datapath, plane } = room;
  const woken = (): number => plane.counters()['cascade/woken'];
  const before = woken();
  const wokenBySend: number[] = [];
  const send = datapath.send.bind(datapath);
  vi.spyOn(datapath, 'send').mockImplementation((batch: SendBatch) => {
    if (batch.count > 0) wokenBySend.push(woken() - before);
    send(batch);
  });
  room.simulation.run(milliseconds(500));
  expect(wokenBySend.length).toBeGreaterThan(10);
  expect(wokenBySend).toEqual(wokenBySend.map((_, i) => i + 1));
});
