import type { IceCandidate } from '@rivero/protocol/ice';
import { describe, expect, it } from 'vitest';
import { remoteCandidatesMax } from '../src/index.ts';
import { describe as describeSession, ServerPair } from './server-pair.ts';

const liteAddress = { ip: '198.51.100.1', port: 40_000 };

function candidate(address: string, more: Partial<IceCandidate> = {}): IceCandidate {
  return { foundation: '1', component: 1, protocol: 'udp', priority: 1, address, port: 40_000, type: 'host', ...more };
}

describe('candidates of a lite peer', () => {
  it('are checked when they come before the description, with it, or half a minute after it', () => {
    for (const delay of [-1, 0, 30_000]) {
      const pair = new ServerPair();
      const lite = pair.lite.transport.openSession();
      const controlling = pair.controlling.transport.openSession();
      pair.lite.run(lite, (now) => lite.setRemote({ ...describeSession(controlling), dtlsRole: 'client' }, now));
      const tell = (): void =>
        pair.controlling.run(controlling, (now) => controlling.addRemoteCandidate(candidate(liteAddress.ip), now));
      if (delay < 0) tell();
      pair.turn(100);
      pair.controlling.run(controlling, (now) =>
        controlling.setRemote({ ...describeSession(lite), dtlsRole: 'server', iceRole: 'controlling' }, now),
      );
      pair.turn(Math.max(delay, 0));
      if (delay >= 0) tell();
      pair.turn(300);
      expect(controlling.state, `${delay} ms after`).toBe('connected');
    }
  });

  it('may come as late as 39 s after others that do not work', () => {
    const pair = new ServerPair();
    const { controlling } = pair.join({ candidates: [candidate('192.0.2.66')] });
    pair.turn(39_000);
    expect(pair.controlling.told(controlling)).toEqual(['ice connecting']);
    pair.controlling.run(controlling, (now) => controlling.addRemoteCandidate(candidate(liteAddress.ip), now));
    pair.turn(2_000);
    expect(controlling.state).toBe('connected');
  });

  it('that all do not work are given up after 39.5 s, and their paths let go', () => {
    const pair = new ServerPair();
    const { controlling } = pair.join({ candidates: [candidate('192.0.2.66'), candidate('192.0.2.67')] });
    pair.turn(39_400);
    expect(pair.controlling.told(controlling)).toEqual(['ice connecting']);
    pair.turn(200);
    expect(pair.controlling.told(controlling)).toEqual(['ice connecting', 'ice failed', 'consent-expired']);
    const other = pair.join({ candidates: [candidate('192.0.2.66')] });
    expect(other.controlling.counters.get('candidate-path-taken')).toBe(0);
  });

  it('work beside others that do not, checked by priority', () => {
    const pair = new ServerPair();
    const dead = Array.from({ length: 10 }, (_, i) => candidate(`192.0.2.${i + 1}`));
    const joint = pair.join({ candidates: [...dead, candidate(liteAddress.ip, { priority: 2 })] });
    pair.turn(100);
    expect(joint.controlling.state).toBe('connected');
    pair.turn(60_000);
    expect(pair.isHeard(joint, 'hello')).toBe(true);
  });

  it('are passed over and counted when they cannot be used, and do no harm', () => {
    const pair = new ServerPair();
    const candidates = [
      candidate('0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.local'),
      candidate('SOME.LOCAL'),
      candidate('example.org'),
      candidate('fe80::1'),
      candidate('224.0.0.1'),
      candidate('127.0.0.1'),
      candidate(liteAddress.ip, { port: 0 }),
      candidate(liteAddress.ip, { protocol: 'tcp', tcpType: 'passive' }),
      candidate(liteAddress.ip, { component: 2 }),
      candidate(liteAddress.ip),
    ];
    const { controlling } = pair.join({ candidates });
    expect(controlling.counters.snapshot()).toMatchObject({
      'candidate-mdns': 2,
      'candidate-unreachable': 5,
      'candidate-unusable': 2,
    });
    pair.turn(300);
    expect(controlling.state).toBe('connected');
  });

  it(`are ${remoteCandidatesMax} at most, before the description and after it, each address once`, () => {
    const many = Array.from({ length: remoteCandidatesMax + 5 }, (_, i) => candidate(`192.0.2.${i + 1}`));
    const early = new ServerPair();
    const session = early.controlling.transport.openSession();
    early.controlling.run(session, (now) => {
      for (const one of many) session.addRemoteCandidate(one, now);
    });
    expect(session.counters.get('candidate-over-limit')).toBe(5);

    const pair = new ServerPair();
    const { controlling } = pair.join({ candidates: [...many, ...many.slice(0, 10)] });
    expect(controlling.counters.get('candidate-over-limit')).toBe(5);
    pair.turn(10_000);
    expect(pair.controlling.datapath.sizes().paths).toBe(remoteCandidatesMax);
  });

  it('are of the next description when they name its fragment, and of no use when they name another', () => {
    const pair = new ServerPair();
    const joint = pair.join({ candidates: [candidate(liteAddress.ip, { ufrag: 'other' })] });
    pair.turn(1_000);
    expect(pair.controlling.told(joint.controlling)).toEqual([]);
    const [local, remote] = [joint.controlling.nextCredentials(), joint.lite.nextCredentials()];
    pair.lite.run(joint.lite, (now) => joint.lite.restartIce(remote, local, now));
    pair.controlling.run(joint.controlling, (now) => {
      joint.controlling.addRemoteCandidate(candidate(liteAddress.ip, { ufrag: remote.ufrag }), now);
      joint.controlling.restartIce(local, remote, now);
    });
    pair.turn(300);
    expect(joint.controlling.state).toBe('connected');
  });

  it('are accepted by a lite session, which has no use for them', () => {
    const pair = new ServerPair();
    const joint = pair.join();
    pair.lite.run(joint.lite, (now) => joint.lite.addRemoteCandidate(candidate('203.0.113.9'), now));
    pair.turn(300);
    expect(joint.lite.state).toBe('connected');
    expect(pair.lite.datapath.sizes().paths).toBe(1);
  });

  it('lead to one session at a time: the second that would check the same address counts it', () => {
    const pair = new ServerPair();
    const [first, second] = [pair.join(), pair.join()];
    pair.turn(300);
    expect([first.controlling.state, second.controlling.state]).toEqual(['connected', 'connecting']);
    expect(second.controlling.counters.get('candidate-path-taken')).toBe(1);
    pair.controlling.close(first.controlling);
    pair.lite.close(first.lite);
    const third = pair.join();
    pair.turn(300);
    expect(pair.isHeard(third, 'hello')).toBe(true);
  });

  it('take no path from a session that is only silent, whoever names its address', () => {
    const pair = new ServerPair();
    const { lite: victim } = pair.join();
    pair.turn(300);
    pair.network.setLinks('203.0.113.1', { up: { loss: 1 } });
    pair.turn(15_000);
    expect(victim.state).toBe('disconnected');
    const hostile = pair.lite.transport.openSession();
    pair.lite.run(hostile, (now) => {
      const remote = { ...describeSession(victim), dtlsRole: 'server', iceRole: 'controlling' } as const;
      hostile.setRemote(remote, now);
      hostile.addRemoteCandidate(candidate('203.0.113.1'), now);
    });
    expect(hostile.counters.get('candidate-path-taken')).toBe(1);
    expect(victim.ice.selectedPath).toBeDefined();
    pair.network.setLinks('203.0.113.1', {});
    pair.turn(6_000);
    expect(victim.state).toBe('connected');
  });

  it('that no socket of ours reaches get none of their own either, as services of this machine would', () => {
    const pair = new ServerPair();
    const asked: string[] = [];
    pair.controlling.datapath.paths.setConnector(({ ip }) => void asked.push(ip));
    const { controlling } = pair.join({ candidates: [candidate('127.0.0.1'), candidate('::1')] });
    expect(asked).toEqual([]);
    expect(controlling.counters.get('candidate-unreachable')).toBe(2);
  });

  it('may be of the same server, reached from another address of it', () => {
    const pair = new ServerPair();
    const server = pair.openServer(['192.0.2.1', '192.0.2.2']);
    const [lite, controlling] = [server.transport.openSession(), server.transport.openSession()];
    server.run(lite, (now) => lite.setRemote({ ...describeSession(controlling), dtlsRole: 'client' }, now));
    server.run(controlling, (now) => {
      controlling.setRemote({ ...describeSession(lite), dtlsRole: 'server', iceRole: 'controlling' }, now);
      for (const one of server.candidates) controlling.addRemoteCandidate(one, now);
    });
    pair.turn(1_000);
    server.sendRtp(lite, 'from lite');
    server.sendRtp(controlling, 'from controlling');
    pair.turn(60_000);
    expect(server.received.get(controlling)).toEqual(['from lite']);
    expect(server.received.get(lite)).toEqual(['from controlling']);
    expect([lite.state, controlling.state]).toEqual(['connected', 'connected']);
  });
});
