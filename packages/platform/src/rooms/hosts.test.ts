import { beforeEach, describe, expect, it } from 'vitest';
import { silentTimeout } from './participant.ts';
import { type Guest, Scene } from './test/scene.ts';

let scene: Scene;

function tokenOf({ snapshot: { hostToken } }: Guest): string {
  if (hostToken === null) throw new Error('it is no host');
  return hostToken;
}

beforeEach(() => {
  scene = new Scene();
});

describe('the host', () => {
  it('is who opens the room, and alone is told its token', () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    expect(ann.snapshot).toMatchObject({ role: 'host', hostToken: expect.any(String) });
    expect(bob.snapshot).toMatchObject({ role: 'guest', hostToken: null, participants: [{ role: 'host' }] });
    expect(JSON.stringify([bob.snapshot, ann.told(), bob.told()])).not.toContain(tokenOf(ann));
  });

  it('is also who joins with the token of the room, which the others see', () => {
    const ann = scene.join('Ann');
    const bob = scene.join('Bob', 'room', tokenOf(ann));
    expect(bob.snapshot).toMatchObject({ role: 'host', hostToken: tokenOf(ann) });
    expect(ann.told()).toMatchObject([['participant-joined', { participant: { name: 'Bob', role: 'host' } }]]);
  });

  it.each(['', 'x', 'x'.repeat(32), 'ä'.repeat(16)])('is not who joins with %j', (token) => {
    scene.join('Ann');
    expect(scene.join('Bob', 'room', token).snapshot).toMatchObject({ role: 'guest', hostToken: null });
  });

  it('is not who joins with the token of another room, or of a room of that name that is gone', () => {
    const ann = scene.join('Ann');
    scene.join('Carl', 'elsewhere');
    expect(scene.join('Bob', 'elsewhere', tokenOf(ann)).snapshot.role).toBe('guest');
    ann.leave();
    const dora = scene.join('Dora');
    expect(tokenOf(dora)).not.toBe(tokenOf(ann));
    expect(scene.join('Ann', 'room', tokenOf(ann)).snapshot.role).toBe('guest');
  });

  it('stays host when it resumes', () => {
    const ann = scene.join('Ann');
    scene.join('Bob');
    ann.loseSocket();
    expect(ann.resume()).toMatchObject({ role: 'host', hostToken: tokenOf(ann) });
  });
});

describe('when the last host is gone', () => {
  it('who is there longest becomes host, and alone is told the token, before that', () => {
    const [ann, bob, eve] = [scene.join('Ann'), scene.join('Bob'), scene.join('Eve')];
    bob.told();
    ann.leave();
    expect(bob.told()).toEqual([
      ['participant-left', { participantId: ann.id, reason: 'left' }],
      ['host-token', { hostToken: tokenOf(ann) }],
      ['role-changed', { participantId: bob.id, role: 'host' }],
    ]);
    expect(eve.toldNames()).toEqual(['participant-left', 'role-changed']);
    expect(scene.service.snapshot(bob.seat)).toMatchObject({ role: 'host', hostToken: tokenOf(ann) });
  });

  it('somebody who is away is passed over, unless all are', async () => {
    const [ann, bob, eve] = [scene.join('Ann'), scene.join('Bob'), scene.join('Eve')];
    bob.loseSocket();
    ann.leave();
    expect(scene.service.snapshot(eve.seat).role).toBe('host');
    expect(bob.resume()).toMatchObject({ role: 'guest', hostToken: null });
    bob.loseSocket();
    eve.leave();
    expect(bob.resume()).toMatchObject({ role: 'host', hostToken: tokenOf(ann) });
    expect(bob.told()).toEqual([]);
    await scene.pass(0);
  });

  it('nobody else becomes host while another one is there, or may come back', async () => {
    const ann = scene.join('Ann');
    const [bob, eve] = [scene.join('Bob', 'room', tokenOf(ann)), scene.join('Eve')];
    ann.leave();
    bob.loseSocket();
    await scene.pass(silentTimeout - 1);
    expect(eve.toldNames()).not.toContain('role-changed');
    await scene.pass(1);
    expect(eve.toldNames()).toEqual(['participant-left', 'host-token', 'role-changed']);
  });
});
