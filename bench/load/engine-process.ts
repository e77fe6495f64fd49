import { createInterface } from 'node:readline';
import { CodedError } from '@rivero/core';
import { startEngine } from '@rivero/engine';
import type { EngineRequest, EngineResponse } from './remote-engine.ts';

/**
 * An engine on the native datapath in a process of its own: so many media workers, and so many peers of a room in one before it
 * grows into the next. It is asked by lines of JSON on its standard input, and ends with it.
 */
const [workers, roomSessionsMax] = process.argv.slice(2).map(Number);
const engine = await startEngine({
  workers,
  mediaPort: 0,
  datapath: 'native',
  udp: true,
  tcp: false,
  // How busy they are says nothing about where peers shall be.
  placement: { roomSessionsMax, loadOf: () => 0 },
  log: { debug: () => {}, info: () => {}, warn: console.error, error: console.error },
}).catch((error) => {
  refuse(0, error);
  process.exit(1);
});

function reply(response: EngineResponse): void {
  process.stdout.write(`${JSON.stringify(response)}\n`);
}

function refuse(id: number, error: unknown): void {
  if (!(error instanceof CodedError)) throw error;
  reply({ id, refused: { code: error.code, message: error.message } });
}

async function answer({ id, call }: EngineRequest): Promise<void> {
  try {
    switch (call.method) {
      case 'openRoom':
        await engine.openRoom(...call.words);
        return reply({ id, result: null });
      case 'openPeer':
        await engine.openPeer(...call.words);
        return reply({ id, result: null });
      case 'subscribe':
        return reply({ id, result: await engine.subscribe(...call.words) });
      case 'negotiate':
        return reply({ id, result: await engine.negotiate(...call.words) });
      case 'workerStatistics':
        return reply({ id, result: await engine.workerStatistics() });
    }
  } catch (error) {
    refuse(id, error);
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void answer(JSON.parse(line)));
lines.on('close', () => process.exit(0));
reply({ id: 0, result: null });
