import { bitsPerSecond, type MonotonicMs, monotonicMs } from '@rivero/core';
import type { IceCandidate } from '@rivero/protocol/ice';
import type { ReflexiveAddress, Relay, RelayHandlers, RelayServer } from '@rivero/transport';
import { describe, expect, it } from 'vitest';
import type { EndpointChange, EndpointSettings, TurnServer } from '../../endpoint-contract.ts';
import { EndpointServers } from './endpoint-servers.ts';

const now = monotonicMs(0);
/** A server took its time. */
const answeredAt = monotonicMs(1_500);
const stunServer = { host: 'stun.example', port: 3_478 };
const turnServer: TurnServer = { host: 'turn.example', port: 3_479, transport: 'tcp', username: 'ann', password: 'pw' };
const reflexive = { base: { ip: '10.0.0.1', port: 4_000 }, mapped: { ip: '203.0.113.7', port: 4_001 } };
const relayed = { ip: '198.51.100.9', port: 50_000 };

function settings(servers: Pick<EndpointSettings, 'stunServer' | 'turnServer'>): EndpointSettings {
  const none = bitsPerSecond(0);
  const limits = { audioReceiveMax: none, videoReceiveMax: none, videoReceiveMin: none };
  return { networkInterfaces: [], iceTcp: true, ...limits, videoSendMax: none, videoSendMin: none, ...servers };
}

function candidate(address: string, more: Partial<IceCandidate> = {}): IceCandidate {
  return { foundation: '1', component: 1, protocol: 'udp', priority: 1, address, port: 9, type: 'host', ...more };
}

interface Opened {
  readonly server: RelayServer;
  readonly handlers: RelayHandlers;
  readonly permitted: string[];
  isClosed: boolean;
}

/** Servers that answer when the test says so. */
class Scene {
  readonly resolving: ((ip: string | undefined, at: MonotonicMs) => void)[] = [];
  readonly asked: ((address: ReflexiveAddress | undefined, at: MonotonicMs) => void)[] = [];
  readonly relays: Opened[] = [];
  readonly punched: string[] = [];
  readonly punchedAt: MonotonicMs[] = [];
  readonly changes: EndpointChange[] = [];
  readonly lines: string[] = [];
  remoteCandidates: IceCandidate[] = [];
  isFull = false;
  ready = 0;
  readonly servers = new EndpointServers({
    endpointId: 'ann',
    remoteCandidates: () => this.remoteCandidates,
    onChange: (change) => this.changes.push(change),
    surroundings: {
      resolve: (_host, onResolved) => this.resolving.push(onResolved),
      askStun: (_server, onAsked) => this.asked.push(onAsked),
      openRelay: (server, handlers) => this.#openRelay(server, handlers),
      punch: ({ ip }, at) => {
        this.punched.push(ip);
        this.punchedAt.push(at);
      },
      log: (level, text) => this.lines.push(`${level}: ${text}`),
    },
  });

  gather(servers: Pick<EndpointSettings, 'stunServer' | 'turnServer'>): void {
    this.servers.gather(settings(servers), () => (this.ready += 1), now);
  }

  /** All names that are looked up; `isKnown`: they have an address. */
  resolve(isKnown = true): void {
    for (const onResolved of this.resolving.splice(0)) onResolved(isKnown ? '192.0.2.1' : undefined, now);
  }

  told(): readonly string[] {
    return this.servers.candidates([], () => true).map(({ type, address, port }) => `${type} ${address}:${port}`);
  }

  #openRelay(server: RelayServer, handlers: RelayHandlers): Relay | undefined {
    if (this.isFull) return undefined;
    const opened: Opened = { server, handlers, permitted: [], isClosed: false };
    this.relays.push(opened);
    const relay: Pick<Relay, 'permit' | 'close'> = {
      permit: (ip) => void opened.permitted.push(ip),
      close: () => void (opened.isClosed = true),
    };
    return relay as Relay;
  }
}

describe('the servers of an endpoint', () => {
  it('are waited for, both, and then tell their candidates', () => {
    const scene = new Scene();
    scene.gather({ stunServer, turnServer });
    scene.resolve();
    scene.asked[0](reflexive, answeredAt);
    expect(scene.ready).toBe(0);
    scene.relays[0].handlers.onAllocated(relayed, undefined);
    expect(scene.ready).toBe(1);
    expect(scene.told()).toEqual(['srflx 203.0.113.7:4001', 'relay 198.51.100.9:50000']);
    expect(scene.relays[0].server).toMatchObject({ address: { ip: '192.0.2.1', port: 3_479 }, host: 'turn.example' });
  });

  it('are none without settings: nobody waits', () => {
    const scene = new Scene();
    scene.gather({});
    expect([scene.ready, scene.resolving.length]).toEqual([1, 0]);
  });

  it('are a TURN server in place of a STUN server only when it is reached by UDP', () => {
    for (const transport of ['udp', 'tcp'] as const) {
      const scene = new Scene();
      scene.gather({ turnServer: { ...turnServer, transport } });
      scene.resolve();
      expect(scene.asked).toHaveLength(transport === 'udp' ? 1 : 0);
    }
  });

  it('hear of the UDP candidates of the peer, those of before as well', () => {
    const scene = new Scene();
    scene.remoteCandidates = [candidate('192.0.2.20'), candidate('192.0.2.21', { protocol: 'tcp' })];
    scene.gather({ stunServer, turnServer });
    scene.resolve();
    scene.asked[0](reflexive, answeredAt);
    for (const one of [candidate('192.0.2.22'), candidate('192.0.2.23', { protocol: 'tcp' })]) {
      scene.servers.addRemoteCandidate(one, now);
    }
    expect([scene.relays[0].permitted, scene.punched]).toEqual([
      ['192.0.2.20', '192.0.2.22'],
      ['192.0.2.20', '192.0.2.22'],
    ]);
    expect(scene.punchedAt).toEqual([answeredAt, now]);
  });

  it('punch no holes where there is no NAT to know of', () => {
    const scene = new Scene();
    scene.gather({ stunServer });
    scene.resolve();
    scene.asked[0](undefined, answeredAt);
    scene.servers.addRemoteCandidate(candidate('192.0.2.22'), now);
    expect([scene.punched, scene.ready]).toEqual([[], 1]);
    expect(scene.lines).toEqual([
      'debug: Endpoint ann goes on without the STUN server stun.example:3478: it did not answer.',
    ]);
  });

  it('without an address, or with a port that is none, are gone on without', () => {
    for (const [isKnown, port] of [
      [false, 3_478],
      [true, 0],
      [true, 70_000],
    ] as const) {
      const scene = new Scene();
      scene.gather({ stunServer: { ...stunServer, port }, turnServer: { ...turnServer, port } });
      scene.resolve(isKnown);
      expect([scene.ready, scene.asked.length, scene.relays.length]).toEqual([1, 0, 0]);
      expect(scene.changes).toMatchObject([{ type: 'relay-failed', code: 'turn-unreachable' }]);
    }
  });

  it('tell when the worker has no place for another relay', () => {
    const scene = new Scene();
    scene.isFull = true;
    scene.gather({ turnServer });
    scene.resolve();
    expect(scene.ready).toBe(1);
    expect(scene.changes).toMatchObject([{ code: 'turn-relays-used-up' }]);
  });

  it('that others take the place of are let go, also while their names are looked up', () => {
    const scene = new Scene();
    scene.gather({ turnServer });
    const [first] = scene.resolving.splice(0);
    scene.gather({ turnServer: { ...turnServer, username: 'bob' } });
    expect(scene.ready).toBe(1);
    first('192.0.2.1', now);
    expect(scene.relays).toHaveLength(0);
    scene.resolve();
    scene.gather({ turnServer });
    expect(scene.relays.map(({ isClosed }) => isClosed)).toEqual([true]);
    // What it still tells is nobody's.
    scene.relays[0].handlers.onFailed({ type: 'no-answer' });
    expect(scene.changes).toEqual([]);
    scene.resolve();
    scene.relays[1].handlers.onAllocated(relayed, undefined);
    scene.gather({});
    expect([scene.told(), scene.relays[1].isClosed]).toEqual([[], true]);
  });

  it('are asked again after they were lost', () => {
    const scene = new Scene();
    scene.gather({ turnServer });
    scene.resolve();
    scene.relays[0].handlers.onAllocated(relayed, undefined);
    scene.relays[0].handlers.onFailed({ type: 'lost', code: 437 });
    expect(scene.changes).toMatchObject([{ code: 'turn-lost' }]);
    expect(scene.told()).toEqual([]);
    scene.gather({ turnServer });
    scene.resolve();
    expect(scene.relays).toHaveLength(2);
  });

  it('are waited for by nobody once the endpoint is closed, whenever they answer', () => {
    for (const isResolved of [false, true]) {
      const scene = new Scene();
      scene.gather({ stunServer, turnServer });
      scene.gather({ stunServer, turnServer });
      if (isResolved) scene.resolve();
      scene.servers.close(now);
      expect(scene.ready).toBe(2);
      scene.resolve();
      for (const onAsked of scene.asked) onAsked(reflexive, answeredAt);
      expect([scene.ready, scene.changes, scene.punched]).toEqual([2, [], []]);
      expect(scene.relays.every(({ isClosed }) => isClosed)).toBe(true);
    }
  });
});
