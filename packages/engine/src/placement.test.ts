import { describe, expect, it } from 'vitest';
import { placeForRoom, placeForSession } from './placement.ts';
import { loadPerSession, WorkerLoad } from './worker-load.ts';

const rules = { loadMax: 0.6, roomSessionsMax: 150 };
const worker = (load: number, rooms = 0, sessions = 0) => ({ load, rooms, sessions });

describe('a new room', () => {
  it.each([
    { what: 'the least busy worker', workers: [worker(0.5), worker(0.1, 9), worker(0.3)], expected: 1 },
    {
      what: 'of workers about as busy the one with the fewest rooms',
      workers: [worker(0.01, 2), worker(0.04, 1)],
      expected: 1,
    },
    { what: 'of equal ones the first', workers: [worker(0), worker(0)], expected: 0 },
    { what: 'one that can hold another', workers: [worker(0, 10_000), worker(0.9, 9_999)], expected: 1 },
    { what: 'one that refuses it where all are full', workers: [worker(0, 10_000), worker(0, 10_000)], expected: 0 },
  ])('goes to $what', ({ workers, expected }) => {
    expect(placeForRoom(workers)).toBe(workers[expected]);
  });

  it('goes nowhere when there is no worker', () => {
    expect(placeForRoom([])).toBeUndefined();
  });
});

describe('a peer of a room that has to grow', () => {
  const home = worker(0.9, 10_000, 200);

  it('goes to no worker that has as many rooms as it can hold', () => {
    const other = worker(0.5, 9_999);
    expect(placeForSession([home], [home, worker(0, 10_000), other], rules)).toBe(other);
    expect(placeForSession([home], [home, worker(0, 10_000)], rules)).toBe(home);
  });
});

describe('a peer or an endpoint', () => {
  const place = (branches: readonly number[], workers: readonly ReturnType<typeof worker>[]) => {
    const chosen = placeForSession(
      branches.map((index) => workers[index]),
      workers,
      rules,
    );
    return chosen === undefined ? undefined : workers.indexOf(chosen);
  };

  it.each([
    {
      where: 'stays in its room’s home, though that is busier',
      branches: [1],
      loads: [worker(0), worker(0.59, 1, 149)],
      expected: 1,
    },
    {
      where: 'goes to the least busy worker when the home is busy',
      branches: [0],
      loads: [worker(0.6, 1, 5), worker(0.3), worker(0.1)],
      expected: 2,
    },
    {
      where: 'goes elsewhere when the home has many of the room',
      branches: [0],
      loads: [worker(0, 1, 150), worker(0)],
      expected: 1,
    },
    {
      where: 'prefers a branch that is there',
      branches: [0, 2],
      loads: [worker(0.7, 1, 9), worker(0), worker(0.5, 1, 3)],
      expected: 2,
    },
    { where: 'fills the home up first', branches: [0, 1], loads: [worker(0.1, 1, 149), worker(0, 1, 3)], expected: 0 },
    {
      where: 'goes to the least busy one when all are busy',
      branches: [0],
      loads: [worker(0.9, 1, 9), worker(0.7, 4), worker(0.8)],
      expected: 1,
    },
    {
      where: 'goes where the fewest of the room are when all have many',
      branches: [0, 1],
      loads: [worker(0, 1, 152), worker(0, 1, 151)],
      expected: 1,
    },
    {
      where: 'rather goes where many are than where it is busy',
      branches: [0, 1],
      loads: [worker(0.9, 1, 10), worker(0.2, 1, 150)],
      expected: 1,
    },
  ])('$where', ({ branches, loads, expected }) => {
    expect(place(branches, loads)).toBe(expected);
  });
});

describe('the load of a worker', () => {
  it('grows with what is placed there, until it is measured, and half of that counts a little longer', () => {
    const load = new WorkerLoad();
    load.measure(0.2);
    for (let i = 0; i < 20; i++) load.handlePlaced();
    expect(load.share).toBeCloseTo(0.2 + 20 * loadPerSession);
    load.measure(0.25);
    expect(load.share).toBeCloseTo(0.25 + 10 * loadPerSession);
    for (let i = 0; i < 10; i++) load.measure(0.3);
    expect(load.share).toBeCloseTo(0.3, 3);
  });

  it('is never more than all of its time', () => {
    const load = new WorkerLoad();
    for (let i = 0; i < 1_000; i++) load.handlePlaced();
    expect(load.share).toBe(1);
  });
});
