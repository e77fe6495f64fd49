import { plainEndpointSettings } from '@rivero/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type EngineEvent, type RunningEngine, startEngine, type TurnServer } from '../src/index.ts';
import { loopbackIp, loopbackNames, RealPeer } from './real-peer.ts';
import { Turnserver } from './turnserver.ts';

const closers: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** An engine with one room, and all that it told. */
class Scene {
  readonly engine: RunningEngine;
  readonly events: EngineEvent[] = [];
  readonly lines: string[] = [];

  private constructor(engine: RunningEngine, lines: string[]) {
    this.engine = engine;
    this.lines = lines;
    engine.onEvent((event) => this.events.push(event));
  }

  static async open(): Promise<Scene> {
    const lines: string[] = [];
    const write = (text: string): void => void lines.push(text);
    const log = { debug: write, info: write, warn: write, error: write };
    const engine = await startEngine({ workers: 1, mediaPort: 0, udp: true, tcp: true, log });
    closers.push(() => engine.stop());
    await engine.openRoom('room');
    return new Scene(engine, lines);
  }

  async openEndpoint(endpointId: string, turnServer: TurnServer): Promise<void> {
    const trackIds = { audio: `${endpointId}/audio`, video: `${endpointId}/video` };
    const options = { type: 'webrtc', trackIds, direction: 'sendrecv', certificate: 'ecdsa' } as const;
    await this.engine.openEndpoint('room', endpointId, options);
    const settings = { ...plainEndpointSettings, networkInterfaces: loopbackNames, turnServer };
    await this.engine.configureEndpoint('room', endpointId, settings);
  }

  /** An endpoint with a peer that is told of the relayed address alone. */
  async join(endpointId: string, turnServer: TurnServer): Promise<RealPeer> {
    const { engine } = this;
    const real = await RealPeer.open();
    closers.push(() => real.close());
    await this.openEndpoint(endpointId, turnServer);
    // One before, one after gathering.
    await engine.addRemoteCandidate('room', endpointId, real.candidate);
    await engine.gatherCandidates('room', endpointId);
    const answer = await engine.answerOffer('room', endpointId, real.peer.createOffer(0));
    real.handleAnswer(answer.replaceAll(/a=candidate:.* typ (?!relay).*\r\n/g, ''));
    return real;
  }

  changes(endpointId: string): readonly object[] {
    return this.events.flatMap((event) =>
      event.type === 'endpoint' && event.endpointId === endpointId ? [event.change] : [],
    );
  }
}

async function startTurn(...options: readonly string[]): Promise<Turnserver> {
  const server = await Turnserver.start(...options);
  closers.push(() => server.stop());
  return server;
}

function asTurnServer(server: Turnserver, more: Partial<TurnServer> = {}): TurnServer {
  const { port, username, password } = server;
  return { host: loopbackIp, port, transport: 'udp', username, password, ...more };
}

async function gather({ engine }: Scene, endpointId: string): Promise<readonly string[]> {
  return (await engine.gatherCandidates('room', endpointId)).map(({ candidate }) => candidate);
}

describe('endpoints with a TURN server', () => {
  it.each(['udp', 'tcp'] as const)(
    'carry media through it alone, reached by %s, and give it back',
    async (transport) => {
      const turn = await startTurn();
      const scene = await Scene.open();
      const { engine } = scene;
      const server = asTurnServer(turn, { transport, host: 'localhost' });
      await scene.join('ann', server);
      const bob = await scene.join('bob', server);
      await engine.setSource('room', 'bob', 'video', 'ann/video');
      await expect.poll(() => bob.shown, { timeout: 10_000, interval: 20 }).toBeGreaterThan(25);
      for (const endpointId of ['ann', 'bob']) {
        const { transport: used } = await engine.endpointStatistics('room', endpointId);
        expect(used.selectedPair?.local).toMatch(/ udp \d+ 127\.0\.0\.1 \d+ typ relay raddr 127\.0\.0\.1 rport \d+$/);
      }
      for (const method of ['CREATE_PERMISSION', 'CHANNEL_BIND'])
        expect(turn.log).toContain(`${method} processed, success`);
      await engine.closeEndpoint('room', 'ann');
      await engine.closeRoom('room');
      await expect.poll(() => turn.log.match(/refreshed.*lifetime=0/g)?.length).toBe(2);
      const [{ sizes }] = await engine.workerStatistics();
      expect(sizes).toMatchObject({ rooms: 0, sessions: 0, streams: 0 });
      expect(scene.lines.join('\n')).not.toContain(turn.password);
    },
  );

  it('say who refuses them, and go on with the candidates of the machine', async () => {
    const turn = await startTurn('--user-quota=1');
    const secured = await Turnserver.startWithTls();
    closers.push(() => secured.stop());
    const scene = await Scene.open();
    const refusals: readonly [string, string, Partial<TurnServer>][] = [
      ['wrong', 'turn-unauthorized', { password: 'another secret' }],
      ['nobody', 'turn-unreachable', { port: 9 }],
      ['closed', 'turn-unreachable', { port: 9, transport: 'tcp' }],
      ['nowhere', 'turn-unreachable', { host: 'nowhere.invalid' }],
      ['self-signed', 'turn-unreachable', { transport: 'tls', host: 'localhost', port: secured.port }],
    ];
    await Promise.all(
      refusals.map(async ([endpointId, code, more]) => {
        await scene.openEndpoint(endpointId, asTurnServer(turn, more));
        const candidates = await gather(scene, endpointId);
        expect(candidates.some((line) => line.includes(' typ host'))).toBe(true);
        expect(candidates.some((line) => line.includes(' typ relay'))).toBe(false);
        expect(scene.changes(endpointId)).toContainEqual(expect.objectContaining({ type: 'relay-failed', code }));
      }),
    );
    await scene.openEndpoint('first', asTurnServer(turn));
    expect((await gather(scene, 'first')).at(-1)).toContain(' typ relay');
    await scene.openEndpoint('second', asTurnServer(turn));
    await gather(scene, 'second');
    expect(scene.changes('second')).toContainEqual(expect.objectContaining({ code: 'turn-quota-reached' }));
    const told = JSON.stringify([scene.events, scene.lines]);
    for (const secret of ['another secret', turn.password]) expect(told).not.toContain(secret);
  });

  it('tell when it is away, and are not connected any more', async () => {
    const turn = await startTurn();
    const scene = await Scene.open();
    await scene.join('ann', asTurnServer(turn, { transport: 'tcp' }));
    await expect.poll(() => scene.changes('ann')).toContainEqual({ type: 'dtls-state', state: 'connected' });
    await turn.stop();
    const lost = expect.objectContaining({ type: 'relay-failed', code: 'turn-lost' });
    await expect.poll(() => scene.changes('ann')).toContainEqual(lost);
    await expect.poll(() => scene.changes('ann')).toContainEqual({ type: 'ice-state', state: 'disconnected' });
    const [{ sizes }] = await scene.engine.workerStatistics();
    expect(sizes).toMatchObject({ sessions: 1, paths: 0 });
  });

  it('keep their relayed address when they gather again, and take another one with another server', async () => {
    const turn = await startTurn();
    const scene = await Scene.open();
    await scene.openEndpoint('ann', asTurnServer(turn));
    const [first, second] = await Promise.all([gather(scene, 'ann'), gather(scene, 'ann')]);
    expect(second).toEqual(first);
    expect(await gather(scene, 'ann')).toEqual(first);
    const settings = { ...plainEndpointSettings, turnServer: asTurnServer(turn, { transport: 'tcp' }) };
    await scene.engine.configureEndpoint('room', 'ann', settings);
    const third = await gather(scene, 'ann');
    expect(third.at(-1)).toContain(' typ relay');
    expect(third.at(-1)).not.toBe(first.at(-1));
    await scene.engine.configureEndpoint('room', 'ann', plainEndpointSettings);
    expect((await gather(scene, 'ann')).join()).not.toContain('relay');
    await expect.poll(() => turn.log.match(/refreshed.*lifetime=0/g)?.length).toBe(2);
  });
});
