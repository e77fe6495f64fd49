import { expect, it } from 'vitest';
import { RoomRequests } from './room-requests.ts';
import type { WorkerRequest } from './worker-protocol.ts';

/** Requests that wait where their room's name is written so, and the order in which all are taken. */
class Requests {
  readonly taken: number[] = [];
  readonly #ready: ((isDone: boolean) => void)[] = [];
  readonly #requests = new RoomRequests({
    prepare: ({ method }) =>
      method !== 'openRoom'
        ? undefined
        : new Promise((resolve, reject) => {
            this.#ready.push((isDone) => (isDone ? resolve() : reject(new Error('not done'))));
          }),
    take: ({ id }) => this.taken.push(id),
  });

  handle(call: WorkerRequest): void {
    this.#requests.handle(call);
  }

  async ready(isDone: boolean): Promise<void> {
    this.#ready.shift()?.(isDone);
    await new Promise((resolve) => void setImmediate(resolve));
  }
}

const waiting = (id: number, roomId: string): WorkerRequest => ({ id, method: 'openRoom', request: { roomId } });
const plain = (id: number, roomId: string): WorkerRequest => ({ id, method: 'closeRoom', request: { roomId } });

it('holds the requests of a room behind one that waits, and no others', async () => {
  const requests = new Requests();
  for (const call of [plain(1, 'a'), waiting(2, 'a'), plain(3, 'a'), plain(4, 'b')]) requests.handle(call);
  requests.handle({ id: 5, method: 'workerStatistics', request: {} });
  expect(requests.taken).toEqual([1, 4, 5]);
  await requests.ready(true);
  expect(requests.taken).toEqual([1, 4, 5, 2, 3]);
  requests.handle(plain(6, 'a'));
  expect(requests.taken.at(-1)).toBe(6);
});

it('holds those behind the next one that waits, and goes on when what was waited for did not come about', async () => {
  const requests = new Requests();
  for (const call of [waiting(1, 'a'), plain(2, 'a'), waiting(3, 'a'), plain(4, 'a')]) requests.handle(call);
  await requests.ready(false);
  expect(requests.taken).toEqual([1, 2]);
  requests.handle(plain(5, 'a'));
  await requests.ready(true);
  expect(requests.taken).toEqual([1, 2, 3, 4, 5]);
});
