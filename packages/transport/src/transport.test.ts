import { BrokenInvariant, never } from '@rivero/core';
import { unboundPathsMax } from '@rivero/datapath';
import { describe, expect, it, vi } from 'vitest';
import { Scene } from '../test/scene.ts';
import type { TransportSession } from './session/transport-session.ts';
import { transportSessionsMax } from './transport.ts';

const strangerAddress = { ip: '198.51.100.66', port: 666 };
const victimAddress = { ip: '198.51.100.99', port: 999 };
const clientHello = Uint8Array.from([22, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

describe('Transport', () => {
  it('connects a peer through ICE and DTLS and opens what it sends with the same keys', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    expect(session.state).toBe('connected');
    expect(scene.events.map(({ type }) => type)).toContain('connected');
    peer.sendRtp(1);
    scene.settle();
    expect(scene.rtp).toEqual([session]);
  });

  it('begins DTLS once as a client, however often the peer nominates another path meanwhile', () => {
    const scene = new Scene();
    const { peer } = scene.join();
    const session = scene.transport.openSession();
    const sent = vi.spyOn(scene.datapath, 'sendDatagram');
    const remote = { ice: peer.ice, fingerprints: [session.localCertificate.fingerprint], dtlsRole: 'client' } as const;
    scene.transport.run(session, () => session.setRemote(remote, scene.now));
    for (const port of [6_001, 6_002, 6_003]) {
      scene.sendFrom({ ip: '203.0.113.9', port }, peer.check(session.localCredentials, true, scene.now));
      scene.settle();
    }
    scene.run(2_000);
    const hellos = sent.mock.calls.map(([, bytes]) => bytes).filter((bytes) => bytes[0] === 22);
    // Repeated after 200, 600 and 1400 ms, and always the first message.
    expect(hellos.map((bytes) => (bytes[17] << 8) | bytes[18])).toEqual([0, 0, 0, 0]);
  });

  it('tells peers apart by ufrag first and by address then', () => {
    const scene = new Scene();
    const first = scene.join();
    const second = scene.join();
    second.peer.sendRtp(1);
    first.peer.sendRtp(1);
    scene.settle();
    expect(scene.rtp).toEqual([second.session, first.session]);
  });

  it('drops DTLS from an address that ICE has not validated', () => {
    const scene = new Scene();
    scene.join();
    scene.sendFrom(strangerAddress, Uint8Array.of(0, 1, 0, 0));
    scene.sendFrom(strangerAddress, clientHello);
    scene.settle();
    expect(scene.transport.counters.get('dtls-unknown-session')).toBe(1);
  });

  it('keeps a peer in its handshake while strangers flood the sockets', () => {
    const scene = new Scene();
    const { peer, session } = scene.join({
      onOpen: (opened) => {
        const earlyAddress = { ip: '203.0.113.1', port: 5_001 };
        scene.sendFrom(earlyAddress, scene.peers[0].check(opened.localCredentials, false, scene.now));
        for (let i = 0; i <= unboundPathsMax; i++)
          scene.sendFrom({ ip: `10.0.${i >> 8}.${i & 0xff}`, port: 1 }, Uint8Array.of(0, 1, 0, 0));
        scene.settle();
        const [path] = opened.ice.validatedPaths();
        expect(scene.datapath.paths.remote(path)).toEqual(earlyAddress);
      },
    });
    expect(session.state).toBe('connected');
    expect(scene.sendMedia(session)).toEqual(peer.addresses[0]);
    scene.transport.closeSession(session);
    for (let i = 0; i <= unboundPathsMax; i++)
      scene.sendFrom({ ip: `10.1.${i >> 8}.${i & 0xff}`, port: 1 }, Uint8Array.of(0, 1, 0, 0));
    scene.settle();
    expect(scene.datapath.sizes().paths).toBe(unboundPathsMax);
  });

  it('counts checks for a session that is not there', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    scene.transport.closeSession(session);
    scene.run(6_000, [peer]);
    expect(scene.transport.counters.get('stun-unknown-session')).toBeGreaterThan(0);
    expect(scene.transport.sessionCount).toBe(0);
    expect(peer.closeReason).toBe('close-notify');
  });

  it('follows a peer to another address, and its media with it', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    const moved = { ip: '198.51.100.7', port: 7_000 };
    scene.move(peer, moved);
    const selected = session.ice.selectedPath;
    expect(selected === undefined ? undefined : scene.datapath.paths.remote(selected)).toEqual(moved);
    peer.addresses[0] = moved;
    peer.sendRtp(1);
    scene.settle();
    expect(scene.rtp).toEqual([session]);
    expect(session.state).toBe('connected');
  });

  it('tells the selected pair at once and then once a second, however often the peer nominates another one', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    const told = (): number => scene.events.splice(0).filter(({ type }) => type === 'pair-selected').length;
    expect(told()).toBe(1);
    scene.run(1_000, [peer]);
    for (let i = 0; i < 200; i++) {
      scene.sendFrom(
        { ip: '203.0.113.9', port: 6_000 + (i % 2) },
        peer.check(session.localCredentials, true, scene.now),
      );
      scene.settle();
    }
    expect(told()).toBe(1);
    scene.run(950);
    expect(told()).toBe(0);
    scene.run(50);
    expect(told()).toBe(1);
    expect(session.selectedPair()?.remote.port).toBe(6_001);
    scene.run(5_000);
    expect(told()).toBe(0);
  });

  it('gives an address to the session that proves to be there now when the one before fell silent', () => {
    const scene = new Scene();
    const first = scene.join();
    const second = scene.join();
    scene.run(10_000, [second.peer]);
    scene.move(second.peer, first.peer.addresses[0]);
    expect([...first.session.ice.validatedPaths()]).toEqual([]);
    expect(scene.sendMedia(first.session)).toBeUndefined();
    second.peer.addresses[0] = first.peer.addresses[0];
    second.peer.sendRtp(1);
    scene.settle();
    expect(scene.rtp).toEqual([second.session]);
  });

  it('leaves an address to its peer, though another session proves its password from there', () => {
    const scene = new Scene();
    const first = scene.join();
    const second = scene.join();
    for (let i = 1; i < 4; i++) {
      scene.run(9_000);
      first.peer.sendRtp(i);
      scene.settle();
      scene.sendFrom(first.peer.addresses[0], second.peer.check(second.session.localCredentials, true, scene.now));
      scene.settle();
    }
    expect(scene.transport.counters.get('path-taken')).toBe(3);
    expect(scene.rtp).toEqual([first.session, first.session, first.session]);
    expect(scene.sendMedia(first.session)).toEqual(first.peer.addresses[0]);
  });

  it('gives the address of a session that has ended to another at once', () => {
    const scene = new Scene();
    const first = scene.join();
    const second = scene.join();
    first.peer.close(scene.now);
    scene.settle();
    scene.move(second.peer, first.peer.addresses[0]);
    expect(scene.sendMedia(second.session)).toEqual(first.peer.addresses[0]);
  });

  it('is disconnected after 10 s of silence, back when the peer checks again, and failed after 30 s (RFC 7675)', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    scene.run(9_900);
    expect(scene.states(session)).toEqual(['connected']);
    scene.run(200);
    expect(scene.states(session)).toEqual(['connected', 'disconnected']);
    scene.run(100, [peer]);
    expect(scene.states(session)).toEqual(['connected', 'disconnected', 'connected']);
    scene.run(30_100);
    expect(scene.states(session).slice(3)).toEqual(['disconnected', 'consent-expired']);
  });

  it('is disconnected 10 s after its last media, where no check comes, and back with the next', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    scene.run(5_000);
    const tenSecondsAfter = (sequence: number): readonly string[] => {
      peer.sendRtp(sequence);
      scene.settle();
      scene.run(9_900);
      const before = scene.states(session);
      scene.run(200);
      return before;
    };
    expect(tenSecondsAfter(1)).toEqual(['connected']);
    expect(tenSecondsAfter(2)).toEqual(['connected', 'disconnected', 'connected']);
    expect(scene.states(session).slice(3)).toEqual(['disconnected']);
  });

  it('has each session do what is due once at a time, also one that is due again at once', () => {
    const scene = new Scene();
    const sessions = [scene.join().session, scene.join().session];
    const done = sessions.map((session) => {
      vi.spyOn(session, 'deadline').mockReturnValue(scene.now);
      scene.transport.run(session, () => {});
      return vi.spyOn(session, 'handleTimeout');
    });
    for (const times of [1, 2]) {
      scene.transport.handleTimeout(scene.now);
      expect(done.map(({ mock }) => mock.calls.length)).toEqual([times, times]);
    }
  });

  it('sends nothing more once consent has expired, and lets go of the paths', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    expect(scene.sendMedia(session)).toEqual(peer.addresses[0]);
    scene.run(31_000);
    expect(scene.states(session).at(-1)).toBe('consent-expired');
    expect(scene.sendMedia(session)).toBeUndefined();
    expect(scene.datapath.counters()['send-no-path']).toBe(1);
    peer.sendRtp(1);
    scene.settle();
    expect(scene.rtp).toEqual([]);
  });

  it('goes on with the same keys after an ICE restart that follows a failure', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    scene.run(31_000);
    const local = session.nextCredentials();
    peer.ice = { ufrag: 'restarted', pwd: 'passwordOfTheRestart0001' };
    scene.transport.run(session, () => session.restartIce(local, peer.ice, scene.now));
    peer.restart(local, scene.now);
    scene.run(1_000, [peer]);
    expect(scene.states(session).slice(-2)).toEqual(['consent-expired', 'connected']);
    expect(scene.sendMedia(session)).toEqual(peer.addresses[0]);
    peer.sendRtp(1);
    scene.settle();
    expect(scene.rtp).toEqual([session]);
  });

  it('aims media at a forged address for 30 s at most, however long the forger checks from its own', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    scene.sendFrom(victimAddress, peer.check(session.localCredentials, true, scene.now));
    scene.settle();
    expect(scene.sendMedia(session)).toEqual(victimAddress);
    for (let i = 0; i < 62; i++) {
      scene.run(500);
      scene.sendFrom(peer.addresses[0], peer.check(session.localCredentials, false, scene.now));
      scene.settle();
    }
    expect(scene.sendMedia(session)).not.toEqual(victimAddress);
    expect(scene.states(session)).toEqual(['connected']);
  });

  it('sends nothing from when the selected path closed until the peer nominates again', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    const [path] = session.ice.validatedPaths();
    scene.transport.handlePathClosed(path, scene.now);
    expect(scene.sendMedia(session)).toBeUndefined();
    scene.run(6_000, [peer]);
    expect(scene.sendMedia(session)).toEqual(peer.addresses[0]);
  });

  it('stays connected as long as the peer checks', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    scene.run(120_000, [peer]);
    expect(scene.states(session)).toEqual(['connected']);
  });

  it('refuses a peer with another certificate than its description names', () => {
    const scene = new Scene();
    const { peer, session } = scene.join({ certificate: 'stranger' });
    expect(scene.states(session)).toEqual(['fingerprint-mismatch']);
    expect(peer.keys).toBeUndefined();
    expect(scene.datapath.sizes().sessions).toBe(0);
  });

  it('ends a session whose peer says good-bye', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    peer.close(scene.now);
    scene.settle();
    expect(scene.states(session)).toEqual(['connected', 'close-notify']);
  });

  it('closes one session when its invariant breaks, and no other', () => {
    const scene = new Scene();
    const broken = scene.join();
    const sound = scene.join();
    scene.onRtp = (session) => {
      if (session === broken.session) throw new BrokenInvariant('a bug');
      scene.rtp.push(session);
    };
    broken.peer.sendRtp(1);
    sound.peer.sendRtp(1);
    scene.settle();
    expect(scene.states(broken.session)).toEqual(['connected', 'broken-invariant']);
    expect(scene.rtp).toEqual([sound.session]);
    expect(scene.transport.counters.get('broken-invariant')).toBe(1);
    expect(scene.events.filter(({ type }) => type === 'bug')).toMatchObject([{ session: broken.session }]);
  });

  it('says good-bye to the peer of a broken session and answers nothing of it any more', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    const fails = () => {
      throw new BrokenInvariant('a bug');
    };
    scene.transport.run(session, fails);
    scene.transport.run(session, fails);
    scene.settle();
    expect(peer.closeReason).toBe('close-notify');
    expect(scene.events.filter(({ type }) => type === 'bug')).toHaveLength(1);
    expect(scene.transport.counters.get('broken-invariant')).toBe(2);
    const answered = session.ice.counters.get('check-answered');
    scene.run(6_000, [peer]);
    expect(session.ice.counters.get('check-answered')).toBe(answered);
    expect(session.counters.get('after-end')).toBeGreaterThan(0);
    expect(scene.states(session)).toEqual(['connected', 'broken-invariant']);
    expect(session.deadline()).toBe(never);
  });

  it('never connects a session that broke before DTLS', () => {
    const scene = new Scene();
    let session: TransportSession | undefined;
    scene.join({
      onOpen: (opened) => {
        session = opened;
        scene.transport.run(opened, () => {
          throw new BrokenInvariant('a bug');
        });
      },
    });
    scene.run(1_000);
    expect(session?.state).toBe('failed');
    expect(scene.events.map(({ type }) => type)).toEqual(['bug', 'state']);
    expect(scene.datapath.sizes().sessions).toBe(0);
  });

  it('ends a broken session though the good-bye breaks too', () => {
    const scene = new Scene();
    const { session } = scene.join();
    scene.datapath.sendDatagram = () => {
      throw new BrokenInvariant('a bug');
    };
    scene.run(6_000);
    scene.transport.run(session, () => {
      throw new BrokenInvariant('a bug');
    });
    expect(session.state).toBe('failed');
    expect(scene.datapath.sizes().sessions).toBe(0);
  });

  it('restarts ICE without losing the session: old checks are answered until the new credentials are used', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    scene.transport.run(session, () => session.restartIce(session.nextCredentials(), peer.ice, scene.now));
    scene.run(6_000, [peer]);
    expect(scene.states(session)).toEqual(['connected']);
    expect(scene.transport.counters.get('stun-unknown-session')).toBe(0);
  });

  it('knows two username fragments of a session at most, however often it restarts', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    for (let i = 0; i < 3; i++)
      scene.transport.run(session, () => session.restartIce(session.nextCredentials(), peer.ice, scene.now));
    scene.run(6_000, [peer]);
    expect(scene.transport.counters.get('stun-unknown-session')).toBeGreaterThan(0);
  });

  it('leaves nothing behind when a session closes', () => {
    const scene = new Scene();
    const { peer, session } = scene.join();
    peer.sendRtp(1);
    scene.settle();
    scene.transport.closeSession(session);
    expect(scene.transport.deadline()).toBe(never);
    expect(scene.datapath.sizes()).toMatchObject({ sessions: 0, streams: 0 });
    expect(scene.datapath.pool.freeCount).toBe(scene.datapath.pool.slotsMax);
    peer.sendRtp(2);
    scene.settle();
    expect(scene.datapath.counters()['receive-unbound-path']).toBe(1);
  });

  it(`holds ${transportSessionsMax} sessions and refuses more by code`, () => {
    const { transport } = new Scene();
    for (let i = 0; i < transportSessionsMax; i++) transport.openSession();
    expect(() => transport.openSession()).toThrow(expect.objectContaining({ code: 'worker-full' }));
  });
});
